import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import Rules
import TestSupport
import Testing
import YAML

/// A version that is published in mid-history finds its counters as if it had always been there.
@Suite(.serialized)
struct PublishTests {
  private static let head = """
    program: mid
    timezone: America/Chicago
    money: USD
    currencies:
      points: {expires: never}
    rules:
      base:
        earn: {points: 1 per 1.00}
    """

  private func store(_ rules: String) throws -> TestStore {
    let store = try TestStore(Self.head + "\n" + rules, from: "2025-01-01")
    try store.load(Trade.members(2))
    return store
  }

  /// What a rule gave in all.
  private func given(_ store: TestStore, _ rule: String) throws -> Int64 {
    try store.number(
      "SELECT sum(amount)::bigint FROM patron.posting_parts WHERE rule = '\(rule)'")
  }

  @Test("a limit that is new for a rule has been used by what the rule gave before")
  func newLimit() throws {
    let before = """
        treat:
          when: {basket: {spend: at least 20.00}}
          earn: {points: 30}
      """
    let store = try store(before)
    try store.post([
      Trade.sale("1", "C1", "2025-03-03", 2_500), Trade.sale("2", "C1", "2025-03-04", 2_500),
    ])
    try store.run()
    #expect(try given(store, "treat") == 60)
    try store.publish(
      Self.head + "\n" + before + "\n    limit: {times: 3 per month, points: 80 per year}",
      from: "2025-03-10")
    // The third of the month, cut to the 20 points that are left of the year's; then no more.
    try store.post([
      Trade.sale("3", "C1", "2025-03-11", 2_500), Trade.sale("4", "C1", "2025-03-12", 2_500),
      Trade.sale("5", "C1", "2025-04-02", 2_500),
    ])
    try store.run()
    #expect(try given(store, "treat") == 80)
    #expect(try Audit(Store(store.settings)).isClean)
  }

  @Test("a limit whose window was changed counts what the old one counted")
  func changedLimit() throws {
    let before = """
        treat:
          when: {basket: {spend: at least 20.00}}
          earn: {points: 30}
      """
    let store = try store(before + "\n    limit: {times: 1 per day}")
    try store.post([
      Trade.sale("1", "C1", "2025-03-03", 2_500), Trade.sale("2", "C1", "2025-03-04", 2_500),
    ])
    try store.run()
    try store.publish(
      Self.head + "\n" + before + "\n    limit: {times: 2 per month}", from: "2025-03-10")
    try store.post([
      Trade.sale("3", "C1", "2025-03-11", 2_500), Trade.sale("4", "C1", "2025-04-02", 2_500),
    ])
    try store.run()
    #expect(try given(store, "treat") == 90)
    #expect(try Audit(Store(store.settings)).isClean)
  }

  @Test("points earned before a version asks for them are counted")
  func earnedBefore() throws {
    let store = try store("")
    try store.post([
      Trade.sale("1", "C1", "2025-03-03", 4_000), Trade.sale("2", "C1", "2025-03-04", 5_000),
    ])
    try store.run()
    try store.publish(
      Self.head + """

          hundred:
            when: {history: {points: at least 90, within: calendar month}}
            earn: {points: 7}
        """, from: "2025-03-10")
    try store.post([
      Trade.sale("3", "C1", "2025-03-11", 500), Trade.sale("4", "C1", "2025-04-02", 500),
    ])
    try store.run()
    #expect(try given(store, "hundred") == 7)
    #expect(try Audit(Store(store.settings)).isClean)
  }

  @Test("a version that counts in another money or in other decimals is refused")
  func anotherMoney() throws {
    let store = try store("")
    let euros = Self.head.replacing("USD", with: "EUR")
    let refused = #expect(throws: ProgramFailure.self) {
      try store.publish(euros, from: "2025-03-10")
    }
    #expect(refused?.diagnostics.map(\.code) == ["R096"])
    #expect(refused?.message.contains("version 1 counts USD") == true, "\(refused?.message ?? "")")
    let parts = Self.head.replacing("{expires: never}", with: "{expires: never, decimals: 2}")
    let changed = #expect(throws: ProgramFailure.self) {
      try store.publish(parts, from: "2025-03-10")
    }
    #expect(changed?.diagnostics.map(\.code) == ["R097"])
    #expect(try Store(store.settings).versions().map(\.id) == [1])
  }

  @Test("another time zone is told, and published")
  func anotherZone() throws {
    let store = try store("")
    let moved = Self.head.replacing("America/Chicago", with: "Europe/Berlin")
    let folder = ProgramFolder(files: [SourceFile(name: "program.yaml", text: moved)])
    let program = try #require(folder.check().program)
    let told = try SuccessionCheck.check(program, Store(store.settings))
    #expect(told.map(\.code) == ["R098"] && told.first?.severity == .warning)
    #expect(try store.publish(moved, from: "2025-03-10") == .published(version: 2))
  }

  /// Rules that ask for new counters and never change what is given.
  private static let asking = """

      idle:
        when: {history: {points: at least 1_000_000, within: 30 days}}
        earn: {points: 1}
      idle-stamps:
        when: {history: {stamps: at least 1_000_000, within: calendar month}}
        earn: {points: 1}
      idle-visits:
        when: {history: {visits: at least 1_000_000, within: calendar year}}
        earn: {points: 1}
    """

  private static func withLimits(_ program: String) -> String {
    program
      .replacing(
        "    when: {tier: silver or above}\n",
        with: "    when: {tier: silver or above}\n    limit: {points: 1_000_000 per month}\n"
      )
      .replacing(
        "give: {coupon: welcome}\n  regular",
        with: "give: {coupon: welcome}\n    limit: {times: 1_000 per year}\n  regular"
      )
      .replacing("coupons:\n", with: asking.dropFirst() + "\ncoupons:\n")
  }

  @Test("after publication in mid-history all counters are as if the version had always been there")
  func asFromTheStart() throws {
    let seed = SameLedgerTests.seed
    print("seed \(seed)")
    let members = SameLedgerTests.members
    let transactions = Trade.transactions(1_200, members: members, seed: seed)
    let later = Self.withLimits(Trade.program)
    #expect(later.contains("1_000 per year") && later.contains("1_000_000 per month"))
    let whole = try TestStore(later)
    try whole.load(Trade.members(members))
    try whole.post(transactions)
    try whole.run()
    let changed = try TestStore(Trade.program)
    try changed.load(Trade.members(members))
    try changed.post(Array(transactions[..<600]))
    try changed.run(workers: 2, batch: 50)
    // A publication that was interrupted is told, and filled when it is repeated.
    let files = ProgramFolder(files: [SourceFile(name: "program.yaml", text: later)])
    let syntax = try #require(files.check().program)
    let begins = try #require(CivilDate("2025-03-21"))
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    let store = try Store(changed.settings)
    let result = try Publisher.publish(files, syntax, begins: zone.start(of: begins), store)
    #expect(result == .published(version: 2))
    #expect(try Audit(store).checks.contains { $0.findings.contains { $0.account == nil } })
    try changed.post(Array(transactions[600..<700]))
    try changed.run(workers: 2, batch: 50)
    #expect(try Publisher.fillCounters(ofVersion: 2, store) { _, _ in })
    #expect(try !Publisher.fillCounters(ofVersion: 2, store) { _, _ in })
    try changed.post(Array(transactions[700...]))
    try changed.run(workers: 2, batch: 50)
    #expect(try counters(changed) == counters(whole))
    let audit = try Audit(store)
    #expect(audit.isClean, "\(audit.checks.filter { $0.wrong > 0 })")
    #expect(audit.notRecomputed.isEmpty)
  }

  /// Counters by their names, for versions number them in the order in which they come.
  private func counters(_ store: TestStore) throws -> [String] {
    let rows = try Connection(store.settings).query(
      """
      SELECT concat_ws(' ', v.shard, v.account_id, c.key, v.bucket, v.value)
      FROM patron.counter_values v JOIN patron.counters c USING (counter)
      WHERE v.value <> 0 ORDER BY v.shard, v.account_id, c.key, v.bucket
      """)
    return (0..<rows.count).map { rows.text($0, 0) }
  }
}
