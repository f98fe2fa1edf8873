import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import Rules
import TestSupport
import Testing
import YAML

/// What a draft would have given, beside what was given.
@Suite(.serialized)
struct SimulationTests {
  private static let head = """
    program: shop
    timezone: America/Chicago
    money: USD
    currencies:
      points: {worth: 0.01 per 1, expires: never}
    """
  private static let base = """

    rules:
      base:
        earn: {points: 1 per 1.00}
    """

  private func simulate(
    _ text: String, _ from: String, _ to: String, _ store: TestStore, lanes: Int = 2
  ) throws -> SimulationReport {
    let folder = ProgramFolder(files: [SourceFile(name: "draft.yaml", text: text)])
    let program = try #require(folder.check().program)
    let days = try #require(CivilDate(from))...(try #require(CivilDate(to)))
    let own = try Store(store.settings)
    let simulation = try Simulation(program, days: days, own)
    let result = try simulation.run(store.settings, lanes: lanes)
    return try SimulationReport(simulation, result.tally, own, language: "en")
  }

  private func given(_ report: SimulationReport, _ rule: String) -> [Int64] {
    let row = report.rules.first { $0.name == rule }
    return [row?.points.published ?? 0, row?.points.draft ?? 0]
  }

  @Test("each side gives what its own rules give for the days, both of them included")
  func days() throws {
    let store = try TestStore(Self.head + Self.base, from: "2025-01-01")
    try store.load(Trade.members(2))
    try store.post([
      Trade.sale("1", "C0", "2025-03-09", 1_000), Trade.sale("2", "C0", "2025-03-10", 2_000),
      Trade.sale("3", "C1", "2025-03-20", 4_000), Trade.sale("4", "C1", "2025-03-21", 8_000),
    ])
    try store.run()
    let report = try simulate(
      Self.head + Self.base.replacing("1 per 1.00", with: "3 per 1.00"), "2025-03-10",
      "2025-03-20", store)
    #expect(given(report, "base") == [60, 180])
    #expect(report.events == 2)
    #expect(report.accounts == 2)
    #expect(report.currencies.map(\.worth?.draft) == [180])
    #expect(report.months.map(\.name) == ["2025-03"])
    #expect(report.gaining == 2 && report.losing == 0)
    // 40.00 more at three points is 80 more, a cent each, in millionths of a cent.
    #expect(report.mostGained.map(\.worth) == [80_000_000, 40_000_000])
    #expect(report.mostGained.map(\.members) == ["M1", "M0"])
    #expect(report.disagreeing == 0)
  }

  @Test("a draft's questions about the past know what was before the first day")
  func sameStart() throws {
    let store = try TestStore(Self.head + Self.base, from: "2025-01-01")
    try store.load(Trade.members(2))
    try store.post([
      Trade.sale("1", "C0", "2025-03-01", 1_000), Trade.sale("2", "C0", "2025-03-02", 1_000),
      Trade.sale("3", "C0", "2025-03-10", 1_000), Trade.sale("4", "C1", "2025-03-10", 1_000),
    ])
    try store.run()
    let draft =
      Self.head + Self.base + """

          third:
            when: {history: {visits: at least 2, within: 30 days}}
            earn: {points: 7}
        """
    #expect(try given(simulate(draft, "2025-03-10", "2025-03-31", store), "third") == [0, 7])
    #expect(try given(simulate(draft, "2025-03-02", "2025-03-31", store), "third") == [0, 7])
    let before = try store.number("SELECT count(*) FROM patron.rules")
    #expect(before == 1, "a simulation gives no numbers")
  }

  @Test("a lower mark moves members into the tier, and their points with them")
  func tiers() throws {
    let program = { (mark: String) in
      Self.head + """

        tiers:
          member:
          gold:
            qualify: {spend: at least \(mark), within: calendar year}
            keeps: end of next calendar year
        """ + Self.base + """

            gold-double:
              when: {tier: gold}
              multiply: {points: 2}
          """
    }
    let store = try TestStore(program("100.00"), from: "2025-01-01")
    try store.load(Trade.members(3))
    try store.post([
      Trade.sale("1", "C0", "2025-03-01", 5_000), Trade.sale("2", "C0", "2025-03-02", 1_000),
      Trade.sale("3", "C1", "2025-03-02", 4_999), Trade.sale("4", "C2", "2025-03-02", 10_000),
    ])
    try store.run()
    let report = try simulate(program("50.00"), "2025-01-01", "2025-12-31", store)
    #expect(report.moves.map { "\($0.accounts) \($0.from) \($0.to)" } == ["1 member gold"])
    #expect(given(report, "gold-double") == [0, 10])
    #expect(report.tiers.map(\.accounts.draft) == [1, 2])
    // A tier with another key and the same name is told apart from the one of before.
    let renamed = program("100.00").replacing("gold:", with: "golden:\n    name: member")
    let other = try simulate(
      renamed.replacing("tier: gold}", with: "tier: golden}"), "2025-01-01", "2025-12-31", store)
    #expect(
      other.tiers.map(\.name) == ["member (member)", "member (golden)", "gold"],
      "\(other.tiers.map(\.name))")
  }

  @Test(
    "the published program again, on any number of lanes: the same, and it reproduces the ledger")
  func sameAgain() throws {
    try sameAgain(seed: SameLedgerTests.seed)
    // Late sales come after others that lie behind the days.
    try sameAgain(seed: 23)
  }

  private func sameAgain(seed: UInt64) throws {
    print("seed \(seed)")
    let store = try TestStore(Trade.program)
    try store.load(Trade.members(60))
    try store.post(Trade.transactions(900, members: 60, seed: seed))
    try store.run(workers: 2, batch: 50)
    let ledger = try store.ledger()
    for lanes in [1, 3] {
      let report = try simulate(Trade.program, "2025-02-01", "2025-04-30", store, lanes: lanes)
      #expect(report.disagreeing == 0, "\(report.disagreements)")
      #expect(report.events > 300)
      #expect(report.rules.allSatisfy { $0.points.difference == 0 })
      #expect(report.coupons.allSatisfy { $0.issued.difference == 0 })
      #expect(report.moves.isEmpty && report.gaining == 0 && report.losing == 0)
    }
    #expect(try store.ledger() == ledger)
  }

  @Test("a late sale that comes after one behind the days finds what that one had left")
  func lateAfterTheDays() throws {
    let program =
      Self.head + Self.base + """

          twice:
            earn: {points: 5}
            limit: {times: 2 per calendar month}
        """
    let store = try TestStore(program, from: "2025-01-01")
    try store.load(Trade.members(1))
    try store.post([
      Trade.sale("1", "C0", "2025-03-05", 1_000), Trade.sale("2", "C0", "2025-03-25", 2_000),
      Trade.sale("3", "C0", "2025-03-08", 4_000), Trade.sale("4", "C0", "2025-03-30", 8_000),
    ])
    try store.run()
    let draft = program.replacing("1 per 1.00", with: "3 per 1.00")
    let report = try simulate(draft, "2025-03-01", "2025-03-20", store)
    #expect(report.disagreeing == 0, "\(report.disagreements)")
    #expect(report.events == 2)
    #expect(given(report, "base") == [50, 150])
    #expect(given(report, "twice") == [5, 5])
    #expect(report.mostGained.map(\.worth) == [100_000_000])
  }

  @Test("what the whole time gave is what the ledger has, rule by rule")
  func whole() throws {
    let store = try TestStore(Trade.program)
    try store.load(Trade.members(60))
    try store.post(Trade.transactions(600, members: 60, seed: 7))
    try store.run()
    let report = try simulate(Trade.program, "2024-01-01", "2025-12-31", store)
    let rows = try Connection(store.settings).query(
      """
      SELECT rule, v.currency, sum(CASE p.credited WHEN 11 THEN -v.amount ELSE v.amount END)::bigint
      FROM patron.posting_parts v JOIN patron.postings p USING (shard, account_id, seq, n)
      GROUP BY rule, v.currency ORDER BY 1, 2
      """)
    let booked = (0..<rows.count).map { "\(rows.text($0, 0)) \(rows.int8($0, 2))" }
    let points = report.rules.filter { $0.currency != SimulationReport.moneyOff }
    let told = points.sorted { ($0.name, $0.currency) < ($1.name, $1.currency) }
      .map { "\($0.name) \($0.points.published)" }
    #expect(told == booked)
  }

  @Test("who was on a list when it was rated is on it again, though the list has changed since")
  func lists() throws {
    let program =
      Self.head + """

        segments:
          staff: by list
        """ + Self.base + """

          staff-triple:
            when: {segment: staff}
            multiply: {points: 3}
        """
    let store = try TestStore(program, from: "2025-01-01")
    try store.load(Trade.members(2))
    let own = try Store(store.settings)
    _ = try SegmentList.load("staff", "M0", own)
    try store.post([
      Trade.sale("1", "C0", "2025-03-01", 1_000), Trade.sale("2", "C1", "2025-03-01", 1_000),
    ])
    try store.run()
    _ = try SegmentList.load("staff", "M1", own)
    let draft = program.replacing("points: 3", with: "points: 5")
    let report = try simulate(draft, "2025-03-01", "2025-03-31", store)
    #expect(report.disagreeing == 0, "\(report.disagreements)")
    #expect(given(report, "staff-triple") == [20, 40])
  }

  @Test("a ledger that was tampered with is told, with the transaction")
  func tampered() throws {
    let store = try TestStore(Self.head + Self.base, from: "2025-01-01")
    try store.load(Trade.members(2))
    try store.post([
      Trade.sale("1", "C0", "2025-03-09", 1_000), Trade.sale("2", "C1", "2025-03-10", 2_000),
      Trade.sale("3", "C1", "2025-03-11", 2_000),
    ])
    try store.run()
    try Connection(store.settings).execute(
      """
      UPDATE patron.outcomes SET balances = '{21}' WHERE (shard, account_id, seq) IN (
        SELECT shard, account_id, seq FROM patron.events WHERE external_id = '2')
      """)
    let report = try simulate(Self.head + Self.base, "2025-03-01", "2025-03-31", store)
    #expect(report.disagreeing == 1)
    #expect(report.disagreements.map(\.transaction) == ["till/2"])
    #expect(report.disagreements.map(\.stored) == [[21]])
    #expect(report.disagreements.map(\.again) == [[20]])
  }
}

/// Corrections of what a wrong rule gave.
@Suite(.serialized)
struct RerateTests {
  private static let program = """
    program: shop
    timezone: America/Chicago
    money: USD
    currencies:
      points: {expires: 12 months after earning}
    tiers:
      member:
      gold:
        qualify: {points: at least 100, within: calendar year}
        keeps: end of next calendar year
    rules:
      base:
        earn: {points: 1 per 1.00}
      candles:
        items: {category: candles}
        earn: {points: 5}
    """
  private static let corrected = program.replacing(
    "earn: {points: 1 per 1.00}", with: "earn: {points: 3 per 1.00}"
  ).replacing("earn: {points: 5}", with: "earn: {points: 1}")

  private func rerate(
    _ text: String, _ from: String, _ to: String, _ store: TestStore
  ) throws -> [AccountDifference] {
    let folder = ProgramFolder(files: [SourceFile(name: "fixed.yaml", text: text)])
    let program = try #require(folder.check().program)
    let days = try #require(CivilDate(from))...(try #require(CivilDate(to)))
    let own = try Store(store.settings)
    let rerating = try Rerating(folder, program, days: days, own)
    let result = try rerating.simulation.run(store.settings)
    #expect(result.tally.disagreeing == 0)
    guard !result.differences.isEmpty else { return [] }
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    let now = zone.start(of: try #require(CivilDate("2025-06-01")))
    _ = try rerating.post(result.differences, at: now, store.settings) { _, _ in }
    return result.differences
  }

  private func balance(_ store: TestStore, _ card: String) throws -> Int64 {
    try store.number(
      """
      SELECT b.available FROM patron.balances b JOIN patron.cards c USING (shard, account_id)
      WHERE c.card = '\(card)'
      """)
  }

  @Test("the differences are booked rule by rule, and the same rerate again finds nothing")
  func corrects() throws {
    let store = try TestStore(Self.program, from: "2025-01-01")
    try store.load(Trade.members(3))
    try store.post([
      Trade.sale("1", "C0", "2025-03-01", 4_000),
      Trade.sale("2", "C1", "2025-03-02", 100, "candles"),
      Trade.sale("3", "C2", "2025-02-28", 1_000), Trade.sale("4", "C0", "2025-04-01", 1_000),
    ])
    try store.run()
    #expect(try balance(store, "C0") == 50)
    let first = try rerate(Self.corrected, "2025-03-01", "2025-03-31", store)
    #expect(first.count == 2)
    // Not rated yet: who looks now is told to wait.
    #expect(throws: EngineError.self) {
      try rerate(Self.corrected, "2025-03-01", "2025-03-31", store)
    }
    try store.run()
    // 40.00 at three points for one: 80 more; 1.00: 2 more, and 4 fewer for the candle.
    #expect(try balance(store, "C0") == 130)
    #expect(try balance(store, "C1") == 6 + 2 - 4)
    #expect(try balance(store, "C2") == 10)
    #expect(
      try store.number(
        """
        SELECT sum(v.amount * CASE p.credited WHEN 11 THEN -1 ELSE 1 END)::bigint
        FROM patron.posting_parts v JOIN patron.postings p USING (shard, account_id, seq, n)
        WHERE p.reason = 10 AND v.rule = 'candles'
        """) == -4)
    #expect(try rerate(Self.corrected, "2025-03-01", "2025-03-31", store).isEmpty)
    let audit = try Audit(Store(store.settings))
    #expect(audit.isClean, "\(audit.checks.filter { $0.wrong > 0 })")
  }

  /// Days of the calendar, points that wait, and a mark that their release passes.
  private static let calendar = """
    program: shop
    timezone: America/Chicago
    money: USD
    currencies:
      points: {expires: 12 months after earning}
      miles: {pending: 14 days, expires: never}
    rules:
      base: {earn: {points: 1 per 1.00, miles: 1 per 1.00}}
      before: {event: {dates: [02-20]}, earn: {points: 100}}
      within: {event: {dates: [03-05]}, earn: {points: 200}}
      later: {event: {dates: [03-28]}, earn: {points: 400}}
      mark: {when: {reach: {miles: every 10, within: ever}}, earn: {points: 1_000}}
    """

  @Test("what time brought before the days, or under another version within them, is no difference")
  func calendarBeforeTheDays() throws {
    let store = try TestStore(Self.calendar, from: "2025-01-01")
    // The same rules from the middle of the days on.
    try store.publish(Self.calendar + "\n# again", from: "2025-03-10")
    try store.load(Trade.members(3))
    try store.post([
      Trade.sale("1", "C0", "2025-02-01", 1_000), Trade.sale("2", "C0", "2025-03-03", 100),
      Trade.sale("3", "C0", "2025-03-20", 1_000), Trade.sale("4", "C1", "2025-02-10", 1_000),
      Trade.sale("5", "C1", "2025-03-25", 1_000), Trade.sale("6", "C2", "2025-03-12", 1_000),
      Trade.sale("7", "C1", "2025-04-25", 1_000),
    ])
    try store.run()
    #expect(try rerate(Self.calendar, "2025-03-01", "2025-03-31", store).isEmpty)
    let told = try ExplainReport("2", Store(store.settings), language: "en")
    #expect(told.disagreements == [])
    #expect(
      told.lines.map(\.sentence).contains("its mark was passed by what time brought, 2025-02-16"))
    let more = Self.calendar.replacing("points: 200", with: "points: 201")
      .replacing("points: 400", with: "points: 404").replacing("points: 100}", with: "points: 150}")
    let found = try rerate(more, "2025-03-01", "2025-03-31", store)
    // C2 has nothing before her first purchase.
    #expect(found.flatMap(\.corrections).map(\.amount).sorted() == [1, 1, 4, 4, 4])
  }

  @Test("corrected points count as earned: the tier that they reach comes with them")
  func reachesTier() throws {
    let store = try TestStore(Self.program, from: "2025-01-01")
    try store.load(Trade.members(1))
    try store.post([Trade.sale("1", "C0", "2025-03-01", 3_400)])
    try store.run()
    #expect(try store.number("SELECT count(*) FROM patron.standings") == 0)
    _ = try rerate(Self.corrected, "2025-03-01", "2025-03-31", store)
    try store.run()
    #expect(try balance(store, "C0") == 102)
    #expect(try store.number("SELECT count(*) FROM patron.standings") == 1)
    #expect(try Audit(Store(store.settings)).isClean)
  }

  @Test("a second thought corrects the first; days that overlap otherwise are refused")
  func secondThought() throws {
    let store = try TestStore(Self.program, from: "2025-01-01")
    try store.load(Trade.members(1))
    try store.post([Trade.sale("1", "C0", "2025-03-01", 4_000)])
    try store.run()
    _ = try rerate(Self.corrected, "2025-03-01", "2025-03-31", store)
    try store.run()
    #expect(throws: EngineError.self) {
      try rerate(Self.corrected, "2025-03-15", "2025-04-15", store)
    }
    _ = try rerate(
      Self.corrected.replacing("3 per 1.00", with: "2 per 1.00"), "2025-03-01", "2025-03-31", store)
    try store.run()
    #expect(try balance(store, "C0") == 80)
    #expect(try Audit(Store(store.settings)).isClean)
  }
}
