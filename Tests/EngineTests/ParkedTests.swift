import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What a person does with parked rows: clocks that were wrong are corrected, rubbish is given up.
@Suite struct ParkedTests {
  private func shop() throws -> TestStore {
    let shop = try TestStore(ConflictTests.program)
    try shop.load(Trade.members(2))
    return shop
  }

  private func sale(_ id: String, _ day: String) throws -> Transaction {
    var sale = try Trade.sale(id, "C0", day, 1_000)
    sale.offset = 0
    return sale
  }

  private func release(
    _ shop: TestStore, _ ids: [Int64], _ correction: ClockCorrection? = nil
  ) throws -> [String] {
    let store = try Store(shop.settings)
    let programs = try ProgramSet(store)
    var intake = try Intake(programs)
    return try Release.release(
      ids: ids, correcting: correction, intake: &intake,
      context: try programs.feedContext(store), store: store
    ).map(\.word)
  }

  @Test func `a clock that was wrong is corrected, and the event says by whom`() throws {
    let shop = try shop()
    let future = try sale("F", "2399-01-01")
    let past = try sale("P", "1999-01-01")
    #expect(try shop.post([future, past]).map(\.word) == ["parked", "parked"])
    let ids = try Store(shop.settings).parkedIDs(reason: nil)
    #expect(try release(shop, ids) == ["parked", "parked"])
    let at = Instant(seconds: 1_750_000_000)
    let correction = ClockCorrection(at: at, operatorName: "ann", reason: "the battery was empty")
    #expect(try release(shop, ids, correction) == ["accepted", "accepted"])
    try shop.run()
    #expect(
      try shop.number("SELECT sum(available)::bigint FROM patron.balances") == 10 + 10 + 100)
    #expect(
      try shop.number(
        """
        SELECT count(*) FROM patron.events WHERE at = '2025-06-15T15:06:40Z'
          AND attributes ->> 'corrected by' = 'ann'
          AND attributes ->> 'correction' = 'the battery was empty'
        """) == 2)
    // The till may send it again with the clock that it had.
    #expect(try shop.post([future, past]).map(\.word) == ["already", "already"])
    #expect(try Audit(Store(shop.settings)).isClean)
  }

  @Test func `what is given up stays under its id, and comes in only by its number`() throws {
    let shop = try shop()
    let sale = try sale("P", "1999-01-01")
    try shop.post([sale])
    let store = try Store(shop.settings)
    let ids = try store.parkedIDs(reason: nil)
    #expect(try store.drop(parked: ids, by: "ann", reason: "a test") == 1)
    #expect(try store.drop(parked: ids, by: "ann", reason: "again") == 0)
    #expect(try store.parkedIDs(reason: nil).isEmpty)
    let row = try #require(try store.parked(reason: "dropped", most: 9).first)
    #expect(row.detail == "ann: a test; it was parked for: before the program")
    #expect(try shop.post([sale]).map(\.word) == ["already"])
    #expect(try Audit(Store(shop.settings)).isClean)
    let at = ClockCorrection(
      at: Instant(seconds: 1_750_000_000), operatorName: "ann", reason: "after all")
    #expect(try release(shop, ids, at) == ["accepted"])
  }

  @Test func `what the inbox could not read is given up when it comes in again`() throws {
    let shop = try shop()
    func insert(_ at: String) throws {
      try Connection(shop.settings).execute(
        """
        INSERT INTO patron.inbox (source, id, kind, at, card, lines) VALUES
          ('pos', 'x', 'sale', '\(at)', 'C0', '[{"sku": "A", "total": "10.00"}]')
        """)
      try shop.run()
    }
    try insert("yesterday")
    #expect(try Store(shop.settings).parked(reason: "unreadable", most: 9).count == 1)
    try insert("2025-06-15T15:06:40Z")
    let row = try #require(try Store(shop.settings).parked(reason: "dropped", most: 9).first)
    #expect(row.detail.hasPrefix("it came in again and could be read"), "\(row.detail)")
    #expect(try shop.number("SELECT sum(available)::bigint FROM patron.balances") == 10 + 100)
    #expect(try Audit(Store(shop.settings)).isClean)
  }
}
