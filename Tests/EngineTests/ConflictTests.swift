import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// The same id with another content: a person says which one is right.
@Suite struct ConflictTests {
  static let program = """
    program: conflicts
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
      once: {earn: {points: 100}, limit: {times: 1 per day}}
    """

  private func sale(_ id: String, _ card: String, _ total: Int64) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale, at: Instant(seconds: 1_750_000_000), offset: 0)
    sale.cards = [card]
    sale.lines = [TransactionLine(sku: "A", total: Money(minor: total))]
    return sale
  }

  private func shop() throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(2))
    return shop
  }

  private func points(_ shop: TestStore, _ card: String) throws -> Int64 {
    try shop.number(
      """
      SELECT coalesce(sum(b.available), 0)::bigint FROM patron.balances b
      JOIN patron.cards c USING (shard, account_id) WHERE c.card = '\(card)'
      """)
  }

  private func findings(_ shop: TestStore) throws -> [String] {
    try Audit(Store(shop.settings)).checks.filter { $0.wrong > 0 }.map(\.name)
  }

  /// A sale, then the same id with another total and card.
  private func conflict(_ shop: TestStore) throws -> Int64 {
    try shop.post([sale("A", "C0", 1_000)])
    try shop.run()
    #expect(try shop.post([sale("A", "C1", 2_000)]).map(\.word) == ["conflict"])
    return try #require(try Conflicts(shop.settings).list(most: 9).first).conflict.id
  }

  @Test func `a conflict shows what each of the two says`() throws {
    let shop = try shop()
    _ = try conflict(shop)
    let shown = try #require(try Conflicts(shop.settings).list(most: 9).first)
    #expect(
      shown.differences.map { "\($0.field): \($0.first), \($0.second)" } == [
        "card: …C0, …C1", "lines.total: 10.00, 20.00",
      ])
  }

  @Test func `the first one stays, and the second may come as often as it likes`() throws {
    let shop = try shop()
    let id = try conflict(shop)
    let conflicts = try Conflicts(shop.settings)
    try conflicts.keepFirst(id, by: "ann", reason: "a test of the till")
    #expect(throws: EngineError.self) {
      try conflicts.keepFirst(id, by: "ann", reason: "again")
    }
    #expect(throws: EngineError.self) {
      _ = try conflicts.takeSecond(id, by: "ann", reason: "after all")
    }
    #expect(try conflicts.list(most: 9).isEmpty)
    #expect(try shop.post([sale("A", "C1", 2_000)]).map(\.word) == ["already"])
    #expect(try points(shop, "C0") == 110)
    #expect(try findings(shop) == [])
    let report = try ExplainReport("till/A", try Store(shop.settings), language: "en")
    #expect(
      report.conflicts.map(\.settlement) == ["the first one stays, by ann: a test of the till"])
  }

  @Test func `the second takes the place of the first, once`() throws {
    let shop = try shop()
    let id = try conflict(shop)
    let conflicts = try Conflicts(shop.settings)
    #expect(try conflicts.takeSecond(id, by: "ann", reason: "another card") == .accepted)
    #expect(throws: EngineError.self) {
      _ = try conflicts.takeSecond(id, by: "ann", reason: "again")
    }
    try shop.run()
    #expect(try points(shop, "C0") == 0)
    #expect(try points(shop, "C1") == 120)
    #expect(try findings(shop) == [])
    // Both contents are known by now.
    #expect(try shop.post([sale("A", "C1", 2_000)]).map(\.word) == ["already"])
    #expect(try shop.post([sale("A", "C0", 1_000)]).map(\.word) == ["already"])
    let store = try Store(shop.settings)
    let report = try ExplainReport("till/A", store, language: "en")
    #expect(report.disagreements == [])
    #expect(
      report.conflicts.map(\.settlement)
        == ["it took the place of the first one, by ann: another card"])
    #expect(try ExplainReport("till/A#void \(id)", store, language: "en").disagreements == [])
    #expect(try ExplainReport("till/A#replaced \(id)", store, language: "en").disagreements == [])
  }

  @Test func `a return that names the id brings back of what is right`() throws {
    let shop = try shop()
    let id = try conflict(shop)
    _ = try Conflicts(shop.settings).takeSecond(id, by: "ann", reason: "another card")
    var back = sale("R", "C0", 2_000)
    back.kind = .return
    back.original = Transaction.Original(source: "till", id: "A")
    try shop.post([back])
    try shop.run()
    #expect(try points(shop, "C0") == 0)
    #expect(try points(shop, "C1") == 0)
    #expect(try findings(shop) == [])
  }

  @Test func `what waits to be rated is replaced as well, and so is what is parked`() throws {
    let shop = try shop()
    try shop.post([sale("A", "C0", 1_000), sale("B", "unknown", 1_000)])
    try shop.post([sale("A", "C0", 3_000), sale("B", "C1", 5_000)])
    let conflicts = try Conflicts(shop.settings)
    let open = try conflicts.list(most: 9)
    #expect(open.map(\.conflict.externalID) == ["A", "B"])
    #expect(open.map { $0.parked != nil } == [false, true])
    #expect(open[1].differences.map(\.field) == ["card", "lines.total"])
    for row in open {
      #expect(
        try conflicts.takeSecond(row.conflict.id, by: "ann", reason: "right") == .accepted)
    }
    try shop.run()
    #expect(try points(shop, "C0") == 130)
    #expect(try points(shop, "C1") == 150)
    #expect(try shop.number("SELECT count(*) FROM patron.parked") == 0)
    #expect(try findings(shop) == [])
  }

  @Test func `what was taken first may stand in an account that went into another one`() throws {
    let shop = try shop()
    let id = try conflict(shop)
    var desk = try Desk(shop.settings)
    _ = try desk.merge(try desk.member("M0"), into: try desk.member("M1"))
    #expect(try points(shop, "C1") == 110)
    _ = try Conflicts(shop.settings).takeSecond(id, by: "ann", reason: "another card")
    try shop.run()
    #expect(try points(shop, "C1") == 120)
    #expect(try findings(shop) == [])
  }

  @Test func `what came back since its account was merged is seen`() throws {
    let shop = try shop()
    let id = try conflict(shop)
    var desk = try Desk(shop.settings)
    _ = try desk.merge(try desk.member("M0"), into: try desk.member("M1"))
    var back = sale("R", "C0", 500)
    back.kind = .return
    back.original = Transaction.Original(source: "till", id: "A")
    // It waits to be rated.
    try shop.post([back])
    #expect(throws: EngineError.self) {
      _ = try Conflicts(shop.settings).takeSecond(id, by: "ann", reason: "no")
    }
    try shop.run()
    #expect(try findings(shop) == [])
  }

  @Test func `what came back already, and what is no sale, a person corrects by hand`() throws {
    let shop = try shop()
    let id = try conflict(shop)
    var back = sale("R", "C0", 500)
    back.kind = .return
    back.original = Transaction.Original(source: "till", id: "A")
    try shop.post([back])
    back.lines[0].total = Money(minor: 400)
    try shop.post([back])
    let conflicts = try Conflicts(shop.settings)
    for row in try conflicts.list(most: 9) {
      #expect(throws: EngineError.self) {
        _ = try conflicts.takeSecond(row.conflict.id, by: "ann", reason: "no")
      }
    }
    #expect(try conflicts.list(most: 9).map(\.conflict.id).first == id)
    try shop.run()
    #expect(try findings(shop) == [])
  }
}
