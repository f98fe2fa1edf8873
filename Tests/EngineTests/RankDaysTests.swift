import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing
import YAML

/// Tiers by rank: the same ledger whether days were closed in their time or after months, by few
/// workers or many.
@Suite(.serialized)
struct RankDaysTests {
  static let seed = UInt64(ProcessInfo.processInfo.environment["PATRON_SEED"] ?? "") ?? 23

  static let program = """
    program: ranks
    timezone: America/Chicago
    money: USD
    currencies:
      points: {pending: 3 days, expires: 90 days after earning}
    tiers:
      member:
      regular:
        qualify: {rank: top 50% by visits, within: last calendar month}
        keeps: end of calendar month
      top:
        qualify: {rank: top 20% by spend, within: last calendar year}
        keeps: end of calendar year
        gives: {coupon: cake, notice: Welcome to the top}
      recent:
        ladder: months
        qualify: {rank: top 4 by spend, within: 2 months}
        keeps: 20 days
    rules:
      base: {earn: {points: 1 per 1.00}}
      regular-more: {when: {tier: regular}, earn: {points: 1 per 2.00}}
      top-double: {when: {tier: top}, multiply: {points: 2}}
      recent-more: {when: {tier: recent}, earn: {points: 10}}
    coupons:
      cake: {off: 5.00, valid: 30 days, code: "CAKE-########"}
    """

  /// Sales and returns in the order of time, from the middle of November 2024 to the middle of
  /// April 2025.
  static func sales(_ count: Int, members: Int) -> [Transaction] {
    Trade.transactions(count, members: members, seed: seed).map { sale in
      var sale = sale
      sale.at = sale.at + (-45 * 86_400)
      return sale
    }.sorted { $0.at < $1.at }
  }

  func made(_ versions: [(from: String, text: String)], members: Int = 20) throws -> TestStore {
    let store = try TestStore(versions[0].text, from: versions[0].from)
    for version in versions.dropFirst() { try store.publish(version.text, from: version.from) }
    try store.load(CloseTests.members(members))
    return store
  }

  func expectClean(_ store: TestStore) throws {
    let audit = try Audit(Store(store.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  func expectSame(_ rows: [String], _ expected: [String], _ what: String) {
    let more = Set(rows).subtracting(expected).sorted().prefix(6)
    let less = Set(expected).subtracting(rows).sorted().prefix(6)
    #expect(rows == expected, "\(what): too many: \(Array(more)); missing: \(Array(less))")
  }

  /// Posts what happened up to the end of each of the days in which a close comes, rates it, and
  /// closes.
  func live(_ store: TestStore, _ sales: [Transaction], closing: [CivilDate]) throws {
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    var rest = sales[...]
    for day in closing {
      let some = rest.prefix { $0.at < zone.end(of: day) }
      rest = rest.dropFirst(some.count)
      try store.post(Array(some))
      try store.run(batch: 50)
      try store.close("\(day)")
    }
    #expect(rest.isEmpty)
  }

  private func days(_ first: String, _ last: String) throws -> [CivilDate] {
    let (first, last) = (try #require(CivilDate(first)), try #require(CivilDate(last)))
    return (first.day...last.day).map { CivilDate(day: $0) }
  }

  /// Posted, run and closed day by day: what every other way must leave.
  private func daily(
    _ versions: [(from: String, text: String)], _ sales: [Transaction], _ days: [CivilDate]
  ) throws -> [String] {
    let store = try made(versions)
    try live(store, sales, closing: days)
    try expectClean(store)
    #expect(try store.number("SELECT count(*) FROM patron.tier_changes WHERE reason = 4") > 10)
    return try store.ledgerByInstant()
  }

  /// The last version as a draft, from its beginning and from the middle of its days.
  private func expectReplayed(
    _ store: TestStore, _ versions: [(from: String, text: String)], last: String
  ) throws {
    let version = versions[versions.count - 1]
    let folder = ProgramFolder(files: [SourceFile(name: "p.yaml", text: version.text)])
    let days = try days(version.from, last)
    let own = try Store(store.settings)
    for first in [days[0], days[days.count / 2]] {
      let simulation = try Simulation(
        #require(folder.check().program), days: first...days[days.count - 1], own)
      let tally = try simulation.run(store.settings).tally
      #expect(tally.checked > 50)
      #expect(tally.disagreeing == 0, "\(tally.disagreements)")
      #expect(tally.gaining + tally.losing == 0)
      #expect(tally.tiers.allSatisfy { $0.key.published == $0.key.draft })
    }
  }

  private func compare(
    _ versions: [(from: String, text: String)], _ all: [Transaction], last: String
  ) throws {
    print("seed \(Self.seed)")
    let days = try days(versions[0].from, last)
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    let span = zone.start(of: days[0])..<zone.end(of: days[days.count - 1])
    let sales = all.filter { span.contains($0.at) }
    let expected = try daily(versions, sales, days)
    for (workers, batch) in [(1, 1_000), (1, 7), (4, 7)] {
      let store = try made(versions)
      try store.post(sales)
      try store.run(workers: workers, batch: batch)
      #expect(try store.number("SELECT count(*) FROM patron.accounts WHERE waiting") == 0)
      #expect(try store.number("SELECT count(*) FROM patron.review_marks") > 10)
      try store.close(last)
      expectSame(try store.ledgerByInstant(), expected, "\(workers) workers, batches of \(batch)")
      try expectClean(store)
      if workers > 1 { try expectReplayed(store, versions, last: last) }
    }
    let monthly = try made(versions)
    try monthly.post(sales)
    try monthly.run(batch: 50)
    for day in days where day == day.endOfMonth { try monthly.close("\(day)") }
    try monthly.close(last)
    expectSame(try monthly.ledgerByInstant(), expected, "run, and closed monthly")
    try expectClean(monthly)
    let waiting = try made(versions)
    try waiting.post(sales)
    try waiting.close("\(days[days.count / 2])")
    try waiting.close(last)
    expectSame(try waiting.ledgerByInstant(), expected, "closed with all of it waiting")
    try expectClean(waiting)
  }

  @Test func `rolling windows and last years: the same ledger daily or after months`() throws {
    try compare(
      [("2024-11-10", Self.program)], Self.sales(700, members: 20), last: "2025-03-20")
  }

  @Test func `what the calendar and releases give counts before a review, looked at or not`() throws
  {
    let text = CloseTests.program.replacing(
      "rules:\n",
      with: """
          half:
            ladder: ranks
            qualify: {rank: top 50% by points, within: last calendar month}
            keeps: end of calendar month
            gives: {coupon: cake}
          best:
            ladder: ranks
            qualify: {rank: top 3 by miles, within: 1 month}
            keeps: 40 days
        rules:
          best-more: {when: {tier: best}, earn: {miles: 3}}

        """, maxReplacements: 1)
    try compare([("2024-12-20", text)], Self.sales(900, members: 14), last: "2025-02-12")
  }

  @Test func `a review counts by the version of its day, whichever rates the event behind it`()
    throws
  {
    let later = Self.program.replacing("keeps: 20 days", with: "keeps: 9 days")
      .replacing("earn: {points: 10}", with: "earn: {points: 77}, limit: {times: 2 per month}")
      .replacing("pending: 3 days", with: "pending: 5 days")
    let versions = [
      ("2024-11-10", Self.program), ("2024-12-03", later), ("2025-01-02", Self.program + "\n"),
    ]
    try compare(versions, Self.sales(160, members: 20), last: "2025-01-20")
  }

  @Test func `beside an engine, a till and other closes: the same ledger`() throws {
    let sales = Self.sales(600, members: 20)
    let plain = try made([("2024-11-10", Self.program)])
    try plain.post(sales)
    try plain.run()
    try plain.close("2025-04-20")
    let other = try made([("2024-11-10", Self.program)])
    let runner = Runner(other.settings, workers: 3, limits: BatchLimits(events: 9), once: false)
    let engine = Thread { try? runner.run() }
    let till = Thread { _ = try? other.post(sales, batch: 4) }
    for thread in [engine, till] { thread.start() }
    // Only days that the till has passed may be closed.
    for day in ["2024-12-20", "2025-01-20"] {
      let end = try #require(CivilDate(day)).day + 2
      let passed = "SELECT count(*) FROM patron.events WHERE at > DATE '1970-01-01' + \(end)"
      while !till.isFinished, try other.number(passed) == 0 { usleep(10_000) }
      let second = Thread { _ = try? other.close(day) }
      second.start()
      _ = try other.close(day)
      while !second.isFinished { usleep(10_000) }
    }
    while !till.isFinished { usleep(10_000) }
    try other.close("2025-04-20")
    runner.stop()
    while !engine.isFinished { usleep(20_000) }
    try other.run()
    expectSame(try other.ledgerByInstant(), try plain.ledgerByInstant(), "beside others")
    try expectClean(other)
  }

  @Test func `an engine killed by kill -9 again and again leaves the same ledger`() throws {
    let sales = Self.sales(900, members: 20)
    let plain = try made([("2024-11-10", Self.program)])
    try plain.post(sales)
    try plain.run()
    let other = try made([("2024-11-10", Self.program)])
    try other.post(sales)
    var random = SeededGenerator(seed: Self.seed)
    var kills = 0
    while kills < 25, try other.number("SELECT count(*) FROM patron.accounts WHERE waiting") > 0 {
      let engine = try engine(other.settings, workers: 1 + kills % 3)
      usleep(40_000 + UInt32(random.next() % 200_000))
      kill(engine.processIdentifier, SIGKILL)
      engine.waitUntilExit()
      kills += 1
    }
    #expect(kills >= 3)
    try other.run(workers: 2)
    expectSame(try other.ledgerByInstant(), try plain.ledgerByInstant(), "killed")
    try expectClean(other)
  }

  private func engine(_ settings: ConnectionSettings, workers: Int) throws -> Process {
    try startPatron(
      ["run", "--once", "--workers", "\(workers)", "--batch", "5"], settings)
  }

  @Test func `a close tells of the reviews of its days, whoever held them`() throws {
    let store = try made([("2024-11-10", Self.program)])
    try store.post(Self.sales(300, members: 20))
    try store.run()
    guard case .closed(let result) = try store.close("2025-02-10") else {
      return #expect(Bool(false))
    }
    #expect(
      result.reviews.map { "\($0.day) \($0.key)" } == [
        "2024-12-01 regular", "2024-12-01 recent", "2025-01-01 regular", "2025-01-01 top",
        "2025-01-01 recent", "2025-02-01 regular", "2025-02-01 recent",
      ])
    #expect(result.reviews.map(\.reached).allSatisfy { $0 > 0 })
    let reached = try store.number("SELECT sum(reached)::int8 FROM patron.reviews")
    let marks = try store.number("SELECT count(*) FROM patron.review_marks")
    let events = try store.number("SELECT count(*) FROM patron.events WHERE kind = 6")
    #expect(marks > 0 && reached == marks + events)
  }
}
