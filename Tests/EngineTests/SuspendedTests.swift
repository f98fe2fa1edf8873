import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What a till lays aside: recorded, earns nothing, and in nobody's way.
@Suite struct SuspendedTests {
  private func shop() throws -> TestStore {
    let shop = try TestStore(Trade.program)
    try shop.load(Trade.members(3))
    return shop
  }

  private func suspended(_ sale: Transaction) -> Transaction {
    var suspended = sale
    suspended.isSuspended = true
    return suspended
  }

  private func explain(_ id: String, _ shop: TestStore) throws -> ExplainReport {
    try ExplainReport(id, try Store(shop.settings), language: "en")
  }

  @Test func `the sale that becomes of it earns, under the same id`() throws {
    let shop = try shop()
    let sale = try Trade.sale("S", "C1", "2025-03-01", 4_000)
    var less = suspended(sale)
    less.lines[0].total = Money(minor: 2_000)
    let words = try shop.post([less, less, suspended(sale)]).map(\.word)
    #expect(words == ["accepted", "already", "accepted"])
    try shop.run()
    #expect(try shop.number("SELECT count(*) FROM patron.postings") == 0)
    #expect(try explain("till/S", shop).state == .suspended)
    #expect(
      try shop.post([sale, sale, suspended(sale)]).map(\.word) == [
        "accepted", "already", "already",
      ])
    try shop.run()
    #expect(try shop.number("SELECT sum(earned)::bigint FROM patron.balances") == 40)
    #expect(try explain("till/S", shop).state == .rated)
    // What comes back, comes back of the sale.
    try shop.post([ReturnTests.back("R", of: sale, at: 3_600)])
    try shop.run()
    #expect(try shop.number("SELECT sum(earned - reversed)::bigint FROM patron.balances") == 0)
    #expect(try shop.number("SELECT count(*) FROM patron.counter_values WHERE value <> 0") == 0)
    let audit = try Audit(Store(shop.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  @Test func `nothing that it lacks is waited for`() throws {
    let shop = try shop()
    let strange = suspended(try Trade.sale("S1", "NEW", "2025-03-01", 4_000))
    let sale = try Trade.sale("S2", "C1", "2025-03-01", 4_000)
    let back = suspended(ReturnTests.back("R", of: sale, at: 60))
    #expect(try shop.post([strange, back]).map(\.word) == ["no card", "no card"])
    #expect(try shop.number("SELECT count(*) FROM patron.parked") == 0)
    try shop.post([sale])
    try shop.run()
    #expect(try shop.number("SELECT sum(earned - reversed)::bigint FROM patron.balances") == 40)
    #expect(try shop.number("SELECT count(*) FROM patron.reversals") == 0)
    let audit = try Audit(Store(shop.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  @Test func `a POS says so in the inbox`() throws {
    let shop = try shop()
    let db = try Connection(shop.settings)
    try db.execute(
      """
      INSERT INTO patron.inbox (source, id, kind, at, card, status, lines) VALUES
        ('sql', '1', 'sale', '2025-03-01 10:00-06', 'C1', 'suspended',
          '[{"sku": "A", "total": "12.00"}]'),
        ('sql', '1', 'sale', '2025-03-01 10:05-06', 'C1', 'resumed',
          '[{"sku": "A", "total": "15.00"}]'),
        ('sql', '2', 'sale', '2025-03-01 10:00-06', 'C1', 'parked', '[]')
      """)
    try shop.run()
    #expect(try shop.number("SELECT count(*) FROM patron.events WHERE suspended") == 1)
    #expect(try shop.number("SELECT sum(earned)::bigint FROM patron.balances") == 15)
    let detail = try db.query("SELECT detail FROM patron.parked").text(0, 0)
    #expect(
      detail == "status: `parked` is no status of a transaction (write suspended, resumed or "
        + "completed, or leave it out; what was cancelled is not sent)")
  }
}
