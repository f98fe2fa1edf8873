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
}
