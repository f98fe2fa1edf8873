import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Closes that are killed, and closes beside an engine at work: the ledger of a quiet one.
@Suite(.serialized)
struct CloseBesideTests {
  private func made(_ transactions: [Transaction], members: Int) throws -> TestStore {
    let store = try TestStore(CloseTests.program, from: "2025-01-01")
    try store.load(CloseTests.members(members))
    try store.post(transactions)
    return store
  }

  private func expectClean(_ store: TestStore) throws {
    let audit = try Audit(Store(store.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  @Test func `a close killed by kill -9 again and again is gone on with`() throws {
    print("seed \(CloseTests.seed)")
    let sales = CloseTests.sales(1_500, members: 28)
    let plain = try made(sales, members: 28)
    try plain.close("2025-04-30", warning: 30, workers: 1)
    let expected = try plain.ledger()
    let other = try made(sales, members: 28)
    var random = SeededGenerator(seed: CloseTests.seed)
    var kills = 0
    let finished = "SELECT count(*) FROM patron.closes WHERE finished_at IS NOT NULL"
    while kills < 30, try other.number(finished) == 0 {
      let close = try start(other.settings, workers: 1 + kills % 3)
      usleep(40_000 + UInt32(random.next() % 400_000))
      kill(close.processIdentifier, SIGKILL)
      close.waitUntilExit()
      kills += 1
    }
    #expect(kills >= 2)
    let last = try start(other.settings, workers: 2)
    last.waitUntilExit()
    #expect(last.terminationStatus == 0)
    #expect(try other.number(finished) == 1)
    #expect(try other.ledger() == expected)
    try expectClean(other)
  }

  @Test func `beside workers, tills and another close the ledger is that of a quiet one`() throws {
    let sales = CloseTests.sales(700, members: 20)
    let cut = Instant(seconds: 1_738_000_000)  // 2025-01-27 in Chicago
    let (before, after) = (sales.filter { $0.at < cut }, sales.filter { $0.at >= cut })
    let plain = try made(before, members: 20)
    try plain.close("2025-01-26")
    try plain.post(after)
    try plain.close("2025-02-28")
    let other = try made(before, members: 20)
    let runner = Runner(other.settings, workers: 2, limits: BatchLimits(events: 7), once: false)
    let engine = Thread { try? runner.run() }
    let till = Thread { _ = try? other.post(after, batch: 5) }
    let second = Thread { _ = try? other.close("2025-01-26") }
    for thread in [engine, till, second] { thread.start() }
    _ = try other.close("2025-01-26")
    while !till.isFinished || !second.isFinished { usleep(20_000) }
    try other.close("2025-02-28")
    runner.stop()
    while !engine.isFinished { usleep(20_000) }
    try other.run()
    let posted = "SELECT count(*) FROM patron.events WHERE kind <> 7"
    #expect(try other.number(posted) == plain.number(posted))
    try expectClean(other)
    let (rows, expected) = (try other.ledgerByInstant(), try plain.ledgerByInstant())
    let more = Set(rows).subtracting(expected).sorted().prefix(5)
    let less = Set(expected).subtracting(rows).sorted().prefix(5)
    #expect(rows == expected, "too many: \(Array(more)); missing: \(Array(less))")
  }

  private func start(_ settings: ConnectionSettings, workers: Int) throws -> Process {
    try startPatron(["close", "--as-of", "2025-04-30", "--workers", "\(workers)"], settings)
  }
}
