import Foundation
import Ledger

/// A file of transactions on its way in, by the commands that a shop would use.
struct FeedBench {
  let databases: BenchDatabases
  let runs: Int

  /// Transactions a second of `patron post` alone. The last run's database stays, as `ready`.
  func intake() throws -> Double {
    Median.of(
      try (0..<runs).map { _ in
        Double(databases.workload.transactions) / (try databases.post(into: BenchDatabases.ready))
      })
  }

  /// Transactions a second from the file to the ledger: `patron post` beside a running
  /// `patron run`.
  func toLedger() throws -> Double {
    Median.of(
      try (0..<runs).map { _ in Double(databases.workload.transactions) / (try oneRun()) })
  }

  private func oneRun() throws -> Double {
    let server = databases.server
    try server.make("whole", from: BenchDatabases.loaded)
    let peak = databases.peak
    let engine = try BenchChild(
      ["run", "--workers", "2"], database: server.location("whole"), peak)
    let store = try Store(server.settings("whole"))
    let start = ContinuousClock.now
    do {
      let post = try BenchChild(
        ["post", databases.feed], database: server.location("whole"), peak)
      try post.finish("post")
      // Seldom, for the question itself takes the server's time.
      while try store.waiting().events > 0 { usleep(100_000) }
    } catch {
      engine.stop()
      throw error
    }
    let seconds = Seconds.of(ContinuousClock.now - start)
    engine.stop()
    try engine.finish("run")
    return seconds
  }
}
