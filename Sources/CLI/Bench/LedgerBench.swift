import Engine
import Foundation
import Ledger
import Postgres

/// Events to ledger: the engine against the yardstick, and against copying the same rows alone.
struct LedgerBench {
  let databases: BenchDatabases
  let runs: Int

  struct Setting: Hashable {
    let commits: Int
    let connections: Int

    var text: String {
      "commits of \(Terminal.grouped(commits)), "
        + (connections == 1 ? "1 connection" : "\(connections) connections")
    }
    /// What the engine is to reach: times the yardstick, and transactions a second.
    var asked: (ratio: Double, rate: Double?) {
      let isLarge = commits >= 10_000
      return (isLarge ? 1.4 : 1.0, connections == 2 ? (isLarge ? 50_000 : 35_000) : nil)
    }
  }

  static let settings = [
    Setting(commits: 1_000, connections: 1), Setting(commits: 10_000, connections: 1),
    Setting(commits: 1_000, connections: 2), Setting(commits: 10_000, connections: 2),
  ]

  private var count: Int { databases.workload.transactions }
  private var server: BenchServer { databases.server }

  /// Transactions a second of the engine and of the yardstick, in turns. Both must leave the same
  /// ledger.
  func measure(_ setting: Setting) throws -> (engine: Double, yardstick: Double) {
    var engine: [Double] = []
    var yardstick: [Double] = []
    for _ in 0..<runs {
      yardstick.append(try runYardstick(setting))
      engine.append(try runEngine(setting))
    }
    try compare()
    return (Median.of(engine), Median.of(yardstick))
  }

  /// Leaves its ledger in the database `engine`.
  func runEngine(_ setting: Setting) throws -> Double {
    try server.make("engine", from: BenchDatabases.ready)
    let runner = Runner(
      server.settings("engine"), workers: setting.connections,
      limits: BatchLimits(events: setting.commits), once: true)
    let start = ContinuousClock.now
    try runner.run()
    let seconds = Seconds.of(ContinuousClock.now - start)
    guard runner.rated == count else {
      throw BenchFailure("the engine rated \(runner.rated) of \(count) transactions")
    }
    return Double(count) / seconds
  }

  private func runYardstick(_ setting: Setting) throws -> Double {
    try server.make("sql", from: BenchDatabases.yardstick)
    let yardstick = Yardstick(
      settings: server.settings("sql"), connections: setting.connections)
    try yardstick.divide(commits: setting.commits)
    return Double(count) / (try yardstick.run(expecting: count))
  }

  /// All that rating writes, but for when it was written.
  private static let tables = [
    "accounts": "shard, account_id, last_seq, position, clock, due",
    "outcomes": "shard, account_id, seq, version, tier, facts, fact_values, balances, refused",
    "postings": "*", "lot_uses": "*", "lots": "*", "balances": "*", "counter_values": "*",
    "standings": "*", "tier_changes": "*", "tier_grounds": "*", "coupons": "*",
    "outbox": "shard, account_id, seq, topic, body",
  ]

  private func compare() throws {
    let ours = try Connection(server.settings("engine"))
    let theirs = try Connection(server.settings("sql"))
    for (table, columns) in Self.tables.sorted(by: { $0.key < $1.key }) {
      let sum = Statement(
        "digest of \(table)",
        """
        SELECT count(*)::text || ' rows, digest ' ||
          coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)
        FROM (SELECT \(columns) FROM patron.\(table)) t
        """)
      let (a, b) = (try ours.query(sum).text(0, 0), try theirs.query(sum).text(0, 0))
      guard a == b else {
        throw BenchFailure(
          "the engine and the yardstick do not leave the same \(table): \(a); \(b)")
      }
    }
  }
}
