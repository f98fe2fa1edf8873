import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import Rules
import TestSupport
import Testing
import YAML

/// What lies behind a review that is due waits for it, and for nothing else.
@Suite(.serialized)
struct RankWaitTests {
  /// Ten buyers of 2024, each of whom buys again in 2025; nothing is rated yet.
  private func made(run: Bool = false) throws -> TestStore {
    let store = try TestStore(ReviewTests.program, from: "2024-01-01")
    try store.load(Trade.members(12))
    for card in 0..<10 {
      try store.post([Trade.sale("a\(card)", "C\(card)", "2024-06-01", Int64(10 - card) * 1_000)])
    }
    for card in 0..<10 { try store.post([Trade.sale("b\(card)", "C\(card)", "2025-02-01", 1_000)]) }
    if run { try store.run(batch: 3) }
    return store
  }

  private func doubled(_ store: TestStore) throws -> Int64 {
    try store.number(
      "SELECT coalesce(sum(amount), 0)::bigint FROM patron.posting_parts WHERE rule = 'double'")
  }

  private func expectClean(_ store: TestStore) throws {
    let audit = try Audit(Store(store.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  @Test func `sales behind a review are rated with its tiers, and say so`() throws {
    let store = try made(run: true)
    #expect(try doubled(store) == 20)
    #expect(try store.number("SELECT count(*) FROM patron.review_marks") == 2)
    #expect(try store.number("SELECT count(*) FROM patron.events WHERE kind = 6") == 0)
    let report = try ExplainReport("till/b1", Store(store.settings), language: "en")
    #expect(report.disagreements == [])
    #expect(report.tier == "top")
    let step = try #require(report.tierSteps.first)
    #expect(
      step.reason.words(from: step.from, to: step.to, lastDay: step.lastDay)
        == "top until 2025-12-31, by review")
    #expect(step.at == ZoneTable.zone("America/Chicago")?.start(of: CivilDate("2025-01-01")!))
    try expectClean(store)
    // By hand it changes nothing any more.
    let again = try Review.run(asOf: #require(CivilDate("2025-01-01")), Store(store.settings))
    #expect(again.map(\.isRepeated) == [true] && again.map(\.review.reached) == [2])
    #expect(try store.number("SELECT count(*) FROM patron.accounts WHERE waiting") == 0)
  }

  @Test func `what waits for a review that is due is told with the review`() throws {
    let store = try made()
    let asked = try Store(store.settings)
    let first = try #require(try DueReview.find(asked, now: .now))
    #expect(first.day == CivilDate("2024-01-01") && first.accounts == 10 && !first.isBehindOthers)
    try store.run()
    #expect(try StatusReport(asked, now: .now).dueReview == nil)
    try store.post([Trade.sale("c1", "C1", "2026-02-04", 1_000)])
    let due = try #require(try StatusReport(asked, now: .now).dueReview)
    #expect(due.day == CivilDate("2026-01-01") && due.tiers == ["top"])
    #expect(due.accounts == 1 && !due.isBehindOthers)
    #expect(try due.since == asked.waiting().since)
    try store.post([Trade.sale("c2", "C2", "2025-11-04", 1_000)])
    #expect(try DueReview.find(asked, now: .now)?.isBehindOthers == true)
    // Before the day is over, nothing waits for it.
    let early = try #require(ZoneTable.zone("America/Chicago")).start(of: due.day)
    #expect(try DueReview.find(asked, now: early) == nil)
  }

  @Test func `a sale that comes back takes no tier with it that a review gave before it`() throws {
    let store = try made(run: true)
    var back = try Trade.sale("r1", "C1", "2025-02-03", 1_000)
    back.kind = .return
    back.original = .init(source: "till", id: "b1")
    try store.post([back, Trade.sale("c1", "C1", "2025-02-04", 1_000)])
    try store.run()
    #expect(try store.number("SELECT count(*) FROM patron.tier_changes") == 2)
    #expect(try store.number("SELECT available FROM patron.balances WHERE account_id = 2") == 110)
    let report = try ExplainReport("till/c1", Store(store.settings), language: "en")
    #expect(report.tier == "top")
    try expectClean(store)
  }

  @Test func `a sale of last year that comes after the review disturbs nothing`() throws {
    let store = try made(run: true)
    try store.post([
      Trade.sale("late", "C9", "2024-07-01", 90_000), Trade.sale("c9", "C9", "2025-03-01", 1_000),
      // It stands behind a sale that waits for the next review, and waits with it.
      Trade.sale("d8", "C8", "2026-02-01", 1_000), Trade.sale("late8", "C8", "2025-11-01", 50_000),
    ])
    try store.run(workers: 2, batch: 2)
    #expect(try store.number("SELECT count(*) FROM patron.accounts WHERE waiting") == 0)
    let cutoffs = "SELECT string_agg(cutoff::text, ' ' ORDER BY as_of) FROM patron.reviews"
    // Of 2025 C9 bought twice, the others once: all of them are in, and C8 has double points.
    #expect(try doubled(store) == 30)
    #expect(
      try Connection(store.settings).query(Statement(cutoffs)).text(0, 0) == "9000 1000")
    try expectClean(store)
  }

  @Test func `as long as its day lasts no review holds anything up`() throws {
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    let today = zone.date(of: Instant.now)
    /// Reviews that are held where somebody buys today and the review is of that day.
    func held(on day: CivilDate) throws -> Int64 {
      let (_, month, number) = day.parts
      let text = ReviewTests.program.replacing(
        "keeps: end of calendar year",
        with: "keeps: end of calendar year\n    review: \(month < 10 ? "0" : "")\(month)-"
          + "\(number < 10 ? "0" : "")\(number)")
      let store = try TestStore(text, from: "\(today - 9)")
      try store.load(Trade.members(2))
      var sale = try Trade.sale("a", "C0", "\(today)", 1_000)
      sale.at = zone.start(of: today)
      try store.post([sale])
      try store.run()
      #expect(try store.number("SELECT count(*) FROM patron.outcomes") == 1)
      return try store.number("SELECT count(*) FROM patron.reviews")
    }
    let counts = (try held(on: today), try held(on: today - 1))
    // Midnight may pass meanwhile.
    guard zone.date(of: Instant.now) == today else { return }
    #expect(counts == (0, 1))
  }

  @Test func `a review that fails leaves nothing of itself`() throws {
    let store = try made()
    let db = try Connection(store.settings)
    try db.execute(
      """
      CREATE FUNCTION patron.fail() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
      CREATE TRIGGER fail BEFORE INSERT ON patron.review_marks
        FOR EACH ROW WHEN (NEW.account_id = 2) EXECUTE FUNCTION patron.fail()
      """)
    #expect(throws: PostgresError.self) { try store.run() }
    // The first two reviews had nobody to compare.
    #expect(try store.number("SELECT count(*) FROM patron.reviews WHERE as_of > '2024-01-01'") == 0)
    #expect(try store.number("SELECT count(*) FROM patron.review_marks") == 0)
    #expect(try store.number("SELECT count(*) FROM patron.outcomes") == 10)
    try db.execute("DROP TRIGGER fail ON patron.review_marks")
    try store.run()
    #expect(try doubled(store) == 20)
    try expectClean(store)
  }

  @Test func `while a file is posted no review is held, and what is in the inbox comes first`()
    throws
  {
    let store = try made()
    let posting = try Store(store.settings)
    try posting.db.begin()
    try posting.keepReviewsOff()
    var worker = try Worker(store.settings)
    #expect(try worker.runBatch() == 0)
    var isHeldUp = worker.isHeldUp
    #expect(isHeldUp)
    posting.db.rollback()
    #expect(try worker.runBatch() == 10)
    // Somebody new becomes the first, by a sale that a till has just written.
    let db = try Connection(store.settings)
    try db.execute(
      """
      INSERT INTO patron.inbox (source, id, kind, at, card, lines) VALUES ('pos', 'x', 'sale',
        '2024-12-30T10:00:00-06:00', 'C10', '[{"sku": "A", "total": 900.00}]')
      """)
    repeat { isHeldUp = try worker.runBatch() > 0 || worker.isHeldUp } while isHeldUp
    #expect(try store.number("SELECT count(*) FROM patron.inbox") == 0)
    #expect(try doubled(store) == 10)
    let new = "SELECT count(*) FROM patron.tier_changes WHERE reason = 4 AND account_id = 11"
    #expect(try store.number(new) == 1)
    try expectClean(store)
  }

  @Test func `at the desk nobody waits for a review that cannot be held yet`() throws {
    let store = try made()
    let posting = try Store(store.settings)
    try posting.db.begin()
    try posting.keepReviewsOff()
    var desk = try Desk(store.settings)
    var wanted = Adjustment(
      owner: try desk.member("C0").owner, currency: try desk.currency("points").id, amount: 7,
      reason: "late delivery", operatorName: "anna")
    #expect(try desk.adjust(wanted) == .booked(1))
    posting.db.rollback()
    try store.run()
    // The first went ahead, and its tier would have ended by then; the second is on top.
    #expect(try doubled(store) == 10)
    #expect(try store.number("SELECT count(*) FROM patron.events WHERE kind = 6") == 1)
    #expect(try store.number("SELECT count(*) FROM patron.tier_changes WHERE reason = 4") == 1)
    try expectClean(store)
    let other = try made()
    var second = try Desk(other.settings)
    wanted.owner = try second.member("C0").owner
    #expect(try second.adjust(wanted) == .booked(1))
    try other.run()
    #expect(try other.number("SELECT count(*) FROM patron.accounts WHERE waiting") == 0)
    try expectClean(other)
  }

  @Test func `a simulation sees what reviews gave while sales waited`() throws {
    let store = try made(run: true)
    func doubled(_ share: String, from: String, to: String) throws -> [Int64] {
      let text = ReviewTests.program.replacing("top 20%", with: share)
      let program = try #require(
        ProgramFolder(files: [SourceFile(name: "draft.yaml", text: text)]).check().program)
      let days = try #require(CivilDate(from))...(try #require(CivilDate(to)))
      let own = try Store(store.settings)
      let simulation = try Simulation(program, days: days, own)
      let result = try simulation.run(store.settings)
      let report = try SimulationReport(simulation, result.tally, own, language: "en")
      #expect(report.disagreeing == 0)
      let row = report.rules.first { $0.name == "double" }
      return [row?.points.published ?? 0, row?.points.draft ?? 0]
    }
    #expect(try doubled("top 20%", from: "2024-02-01", to: "2025-12-31") == [20, 20])
    #expect(try doubled("top 10%", from: "2024-02-01", to: "2025-12-31") == [20, 10])
    #expect(try doubled("top 40%", from: "2025-01-01", to: "2025-12-31") == [20, 40])
    // What was given before the days stands for both.
    #expect(try doubled("top 10%", from: "2025-01-10", to: "2025-12-31") == [20, 20])
    // The sales lie behind the days.
    #expect(try doubled("top 10%", from: "2024-12-01", to: "2025-01-10") == [0, 0])
  }
}
