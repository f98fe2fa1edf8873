import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What a member buys most of lies in her counters, and is kept with each rating that asked.
@Suite struct FavouriteTests {
  static let program = """
    program: cards
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
      liked: {items: {favourite: category}, multiply: {points: 3}}
    """

  private func sale(_ id: String, _ category: String, _ quantity: Int64) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale, at: Instant(seconds: 1_750_000_000), offset: 0)
    sale.cards = ["C0"]
    var line = TransactionLine(sku: "A", total: Money(minor: 1_000))
    line.category = category
    line.quantity = Quantity(quantity)
    sale.lines = [line]
    return sale
  }

  @Test func `the favourite of then explains the points of then`() throws {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(1))
    try shop.post([
      sale("1", "wedding", 2), sale("2", "wedding", 1), sale("3", "birthday", 9),
      sale("4", "wedding", 1),
    ])
    try shop.run(batch: 2)
    let store = try Store(shop.settings)
    for (id, points) in [("1", 10), ("2", 30), ("3", 10), ("4", 10)] {
      let report = try ExplainReport("till/" + id, store, language: "en")
      #expect(report.disagreements == [])
      #expect(report.lines.reduce(0) { $0 + $1.amount } == Int64(points), "sale \(id)")
    }
    #expect(try Audit(store).checks.flatMap(\.findings).map(\.what) == [])
  }
}
