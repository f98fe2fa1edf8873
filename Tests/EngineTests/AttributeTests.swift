import Engine
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// What members and products are known for lies in their tables, and rules ask for it.
@Suite struct AttributeTests {
  static let program = """
    program: beauty
    timezone: UTC
    money: EUR
    attributes: {item: [line], member: [skin]}
    currencies:
      points: {expires: never}
    rules:
      night-care: {items: {line: night}, earn: {points: 1 per 1.00}}
      dry: {when: {skin: dry, basket: {spend: at least 1.00}}, earn: {points: 100}}
      by-skin: {earn: {points: {by: skin, table: {dry: 1000, oily: 2000}}}}
    """

  private func sale(_ id: String, _ card: String, _ skus: [(String, String?)]) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale, at: Instant(seconds: 1_750_000_000), offset: 0)
    sale.cards = [card]
    sale.lines = skus.map { sku, line in
      var written = TransactionLine(sku: sku, total: Money(minor: 500))
      if let line { written.attributes = [Attribute(name: "line", value: .text(line))] }
      return written
    }
    return sale
  }

  private func shop() throws -> TestStore {
    let shop = try TestStore(Self.program)
    var dry = MemberRecord(member: "M1")
    dry.cards = ["C1"]
    dry.attributes = [Attribute(name: "skin", value: .text("dry"))]
    var oily = MemberRecord(member: "M2")
    oily.cards = ["C2"]
    oily.attributes = [Attribute(name: "skin", value: .text("oily"))]
    try shop.load([dry, oily])
    var cream = ProductRecord(sku: "cream")
    cream.attributes = [
      Attribute(name: "line", value: .text("night")), Attribute(name: "size", value: .text("50")),
    ]
    let store = try Store(shop.settings)
    _ = try store.load([cream], symbols: try store.symbols(["cream"]))
    return shop
  }

  private func points(_ shop: TestStore, _ id: String) throws -> Int64 {
    try shop.number(
      """
      SELECT sum(p.amount)::bigint
      FROM patron.postings p JOIN patron.events e USING (shard, account_id, seq)
      WHERE e.external_id = '\(id)'
      """)
  }

  @Test func `rules ask for what the tables know; the feed's own word goes first`() throws {
    let shop = try shop()
    try shop.post([
      sale("by the table", "C1", [("cream", nil), ("soap", nil)]),
      sale("by the feed", "C2", [("cream", "day"), ("soap", "night"), ("soap", "night")]),
    ])
    try shop.run()
    #expect(try points(shop, "by the table") == 5 + 100 + 1000)
    #expect(try points(shop, "by the feed") == 10 + 2000)
  }

  @Test func `what is asked is kept, and a change afterwards does not touch it`() throws {
    let shop = try shop()
    try shop.post([sale("before", "C1", [("cream", nil)])])
    try shop.run()
    let facts = try shop.number("SELECT cardinality(facts) FROM patron.outcomes")
    #expect(facts == 2)
    let db = try Connection(shop.settings)
    try db.execute("UPDATE patron.members SET attributes = '{\"skin\": \"oily\"}'")
    try db.execute("UPDATE patron.products SET attributes = NULL")
    try shop.post([sale("after", "C1", [("cream", nil)])])
    try shop.run()
    #expect(try points(shop, "before") == 1105)
    #expect(try points(shop, "after") == 2000)
  }

  // MARK: - What events carry

  private static let events = """
    program: events
    timezone: UTC
    money: EUR
    currencies: {points: {expires: never}}
    events:
      top-up: {amount: money}
      ride: {km: number, class: [first, second], guide: yes or no, until: date}
    rules:
      top-up: {event: top-up, earn: {points: 1 per 1.00 of amount}}
      far: {event: ride, when: {km: at least 10}, earn: {points: 2 per km}}
      guided: {event: ride, when: {guide: yes}, earn: {points: 1_000}}
    """

  private func event(_ id: String, _ name: String, _ attributes: [(String, Attribute.Value)])
    -> Transaction
  {
    var event = Transaction(
      source: "app", id: id, kind: .event(name), at: Instant(seconds: 1_750_000_000), offset: 0)
    event.cards = ["C1"]
    event.attributes = attributes.map { Attribute(name: $0.0, value: $0.1) }
    return event
  }

  @Test func `numbers and money of an event may be texts, and are read exactly`() throws {
    let shop = try TestStore(Self.events)
    try shop.load([Trade.members(1)[0]].map { Self.with(card: "C1", $0) })
    let number = ExactDecimal(units: 1_099, places: 2)
    let posted = try shop.post([
      event("number", "top-up", [("amount", .number(number))]),
      event("text", "top-up", [("amount", .text("10.00"))]),
      event("cent less", "top-up", [("amount", .text("9.99"))]),
      event("near", "ride", [("km", .text("9.9")), ("guide", .text("true"))]),
      event("far", "ride", [("km", .text("10.0")), ("guide", .boolean(false))]),
    ])
    #expect(posted.map(\.word) == Array(repeating: "accepted", count: 5))
    try shop.run()
    #expect(try points(shop, "number") == 10)
    #expect(try points(shop, "text") == 10)
    #expect(try points(shop, "cent less") == 9)
    #expect(try points(shop, "near") == 1_000)
    #expect(try points(shop, "far") == 20)
  }

  @Test func `a value that its declaration does not allow is parked and told`() throws {
    let shop = try TestStore(Self.events)
    try shop.load([Trade.members(1)[0]].map { Self.with(card: "C1", $0) })
    let wrong: [(String, String, Attribute.Value, String)] = [
      ("top-up", "amount", .text("ten"), "`amount` is `ten`, which is no amount of money"),
      (
        "top-up", "amount", .text("10.005"),
        "`amount` is `10.005`, which is no amount of EUR, which has 2 decimals"
      ),
      ("top-up", "amount", .text("10,00"), "`amount` is `10,00`, which is no amount of money"),
      ("ride", "km", .boolean(true), "`km` is `true`, which is no number"),
      ("ride", "class", .text("third"), "`class` is `third`, which is none of first, second"),
      ("ride", "guide", .text("perhaps"), "`guide` is `perhaps`, which is neither yes nor no"),
      (
        "ride", "until", .text("1.2.2026"),
        "`until` is `1.2.2026`, which is no date like 2026-02-14"
      ),
    ]
    for (place, (name, attribute, value, detail)) in wrong.enumerated() {
      let verdict = try shop.post([event("\(place)", name, [(attribute, value)])])
      #expect(verdict == [.parked(reason: "wrong attribute", detail: detail)])
    }
    // What is not declared is nobody's business.
    #expect(
      try shop.post([event("more", "ride", [("weather", .text("fine"))])]).map(\.word)
        == ["accepted"])
  }

  @Test func `how much is redeemed, captured or refunded is read strictly`() throws {
    let shop = try TestStore(
      Self.events + "\nrewards: {mug: {price: {points: 5}}}\n")
    try shop.load([Trade.members(1)[0]].map { Self.with(card: "C1", $0) })
    try shop.post([event("all", "top-up", [("amount", .text("20.00"))])])
    let two = event("two", "redeem", [("name", .text("mug")), ("times", .text("2"))])
    #expect(try shop.post([two]).map(\.word) == ["accepted"])
    try shop.run()
    #expect(
      try shop.number(
        "SELECT sum(amount)::bigint FROM patron.postings WHERE credited = 12") == 10)
    let wrong: [(String, String, Attribute.Value, String)] = [
      ("redeem", "times", .text("x"), "`times` is `x`, which is no whole number above 0"),
      ("redeem", "times", .text("1.5"), "`times` is `1.5`, which is no whole number above 0"),
      (
        "redeem", "times", .number(ExactDecimal(units: 0)),
        "`times` is `0`, which is no whole number above 0"
      ),
      ("capture", "points", .text("x"), "`points` is `x`, which is no amount above 0"),
      ("refund", "points", .text("-1"), "`points` is `-1`, which is no amount above 0"),
      ("capture", "pionts", .text("5"), "a capture has no attribute `pionts`: points, or times"),
    ]
    for (place, (name, attribute, value, detail)) in wrong.enumerated() {
      var step = event("w\(place)", name, [(attribute, value)])
      if name == "redeem" { step.attributes.append(Attribute(name: "name", value: .text("mug"))) }
      #expect(
        try shop.post([step]) == [.parked(reason: "wrong attribute", detail: detail)])
    }
  }

  private static func with(card: String, _ member: MemberRecord) -> MemberRecord {
    var member = member
    member.cards = [card]
    return member
  }
}
