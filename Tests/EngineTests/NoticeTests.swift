import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What members are told, and what goods cost, on their way through the database.
@Suite struct NoticeTests {
  static let program = """
    program: card
    timezone: UTC
    money: EUR
    attributes: {member: [skin]}
    events: {flight: {fare: money, carrier: text}}
    currencies:
      stamps: {kind: stamps, expires: never}
    rules:
      wrapping: {when: {basket: {spend: at least 49.00}}, give: {perk: gift wrapping}}
      stamp: {earn: {stamps: 1 per 1.00}}
      rich:
        when: {basket: {margin: at least 4.00}}
        earn: {stamps: 100}
        limit: {times: 1 per day}
      fare: {event: flight, when: {consent: email}, earn: {stamps: 8 per 1.00 of fare}}
      full:
        when: {reach: {balance: 50}}
        give: {notice: {en: Your card is full, de: Ihre Karte ist voll}}
    """

  private func sale(_ id: String, _ minor: Int64, cost: Int64? = nil) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale, at: Instant(seconds: 1_750_000_000), offset: 0)
    sale.cards = ["C1"]
    var line = TransactionLine(sku: "A", total: Money(minor: minor))
    line.cost = cost.map { Money(minor: $0) }
    sale.lines = [line]
    return sale
  }

  private func shop() throws -> TestStore {
    let shop = try TestStore(Self.program)
    var member = MemberRecord(member: "M1")
    member.cards = ["C1"]
    member.attributes = [Attribute(name: "consent", value: .text("sms email"))]
    try shop.load([member])
    return shop
  }

  @Test func `a full card is told once, in all its languages`() throws {
    let shop = try shop()
    try shop.post([sale("1", 4_900), sale("2", 100), sale("3", 100)])
    try shop.run()
    let told = """
      SELECT count(*) FROM patron.outbox WHERE topic = 'notice' AND body #>> '{text,de}' =
        'Ihre Karte ist voll' AND body ->> 'rule' = 'full' AND seq = 2
      """
    #expect(try shop.number(told) == 1)
    #expect(try shop.number("SELECT count(*) FROM patron.outbox WHERE topic = 'notice'") == 1)
    let perk = """
      SELECT count(*) FROM patron.outbox WHERE topic = 'perk' AND body ->> 'rule' = 'wrapping'
        AND body ->> 'perk' = 'gift wrapping' AND seq = 1
      """
    #expect(try shop.number(perk) == 1)
    #expect(try shop.number("SELECT count(*) FROM patron.outbox WHERE topic = 'perk'") == 1)
  }

  @Test func `a margin is told by the feed's cost, and a fare by an event's money`() throws {
    let shop = try shop()
    var flight = Transaction(
      source: "air", id: "F1", kind: .event("flight"), at: Instant(seconds: 1_750_000_000),
      offset: 0)
    flight.cards = ["C1"]
    flight.attributes = [
      Attribute(name: "fare", value: .number(ExactDecimal(units: 1_099, places: 2))),
      Attribute(name: "carrier", value: .text("BA")),
    ]
    try shop.post([sale("1", 999, cost: 600), sale("2", 1_000, cost: 600), flight])
    try shop.run()
    let given = "SELECT sum(amount)::bigint FROM patron.postings WHERE seq = "
    #expect(try shop.number(given + "1") == 9)
    #expect(try shop.number(given + "2") == 110)
    #expect(try shop.number(given + "3") == 80)
    let store = try Store(shop.settings)
    #expect(try Audit(store).checks.filter { $0.wrong > 0 }.map(\.name) == [])
  }
}
