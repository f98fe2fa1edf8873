import Foundation
import Postgres
import Samples
import Synchronization

/// Hand-written set-based SQL that does what the engine does (yardstick.sql), driven by as many
/// connections, in commits of as many events.
struct Yardstick {
  let settings: ConnectionSettings
  let connections: Int

  /// Makes its schema in a database whose events wait.
  static func prepare(_ db: borrowing Connection, _ workload: BenchWorkload) throws {
    try db.execute(String(decoding: PackageResources.yardstick_sql, as: UTF8.self))
    let tiers = BenchWorkload.tiers
    try db.query(
      """
      INSERT INTO yardstick.tiers
      SELECT t.tier, t.key, k.least FROM patron.tiers t
      JOIN unnest($1::text[], $2::int8[]) AS k (key, least) ON k.key = t.key
      """, [.textArray(tiers), .int8Array([0, 10_000, 20_000, 40_000])])
    var rows: [(category: String, tier: Int16, day: Int16, rule: String, least: Int64, Int64)] = []
    for promotion in workload.promotions {
      for tier in promotion.tiers {
        for day in promotion.weekdays {
          rows.append(
            (
              promotion.category, Int16((tiers.firstIndex(of: tier) ?? 0) + 1),
              Int16((BenchWorkload.weekdays.firstIndex(of: day) ?? 0) + 1), promotion.key,
              Int64(promotion.least * 100), Int64(((Double(promotion.factor) ?? 1) - 1) * 10)
            ))
        }
      }
    }
    try db.query(
      """
      INSERT INTO yardstick.promotions
      SELECT s.symbol, p.tier, p.day, r.rule, p.least, p.extra
      FROM unnest($1::text[], $2::int2[], $3::int2[], $4::text[], $5::int8[], $6::int8[])
        AS p (category, tier, day, key, least, extra)
      JOIN patron.symbols s ON s.text = p.category JOIN patron.rules r ON r.key = p.key
      """,
      [
        .textArray(rows.map(\.category)), .int2Array(rows.map(\.tier)),
        .int2Array(rows.map(\.day)), .textArray(rows.map(\.rule)), .int8Array(rows.map(\.least)),
        .int8Array(rows.map(\.5)),
      ])
    try db.execute("VACUUM ANALYZE yardstick.promotions, yardstick.days, yardstick.tiers")
  }

  /// Divides the waiting accounts into commits of about `size` events.
  func divide(commits size: Int) throws {
    let db = try Connection(settings)
    try db.query(
      """
      INSERT INTO yardstick.batches
      SELECT batch, (min(ARRAY[shard, account_id]))[1], (min(ARRAY[shard, account_id]))[2],
        (max(ARRAY[shard, account_id]))[1], (max(ARRAY[shard, account_id]))[2]
      FROM (
        SELECT shard::bigint, account_id, div(sum(last_seq - position)
          OVER (ORDER BY shard, account_id) - 1, $1)::integer AS batch
        FROM patron.accounts WHERE position < last_seq
      ) waiting
      GROUP BY batch
      """, [.int(size)])
  }

  /// Rates everything; gives the seconds that it took.
  func run(expecting events: Int) throws -> Double {
    let done = Mutex((events: 0, failures: [String]()))
    let start = ContinuousClock.now
    Threads.run(connections) { place in
      do {
        let rated = try rate(place)
        done.withLock { $0.events += rated }
      } catch {
        done.withLock { $0.failures.append("\(error)") }
      }
    }
    let seconds = Seconds.of(ContinuousClock.now - start)
    let (rated, failures) = done.withLock { $0 }
    if let failure = failures.first { throw BenchFailure("the yardstick: \(failure)") }
    guard rated == events else {
      throw BenchFailure("the yardstick rated \(rated) of \(events) transactions")
    }
    return seconds
  }

  /// One connection's share: a stretch of batches, each a statement and a commit.
  private func rate(_ place: Int) throws -> Int {
    let db = try Connection(settings)
    let batches = try db.query(
      """
      SELECT first_shard, first_account, last_shard, last_account FROM yardstick.batches
      ORDER BY batch
      """)
    let share = (batches.count * place / connections)..<(batches.count * (place + 1) / connections)
    var rated = 0
    for batch in share {
      let rows = try db.query(
        "SELECT yardstick.rate($1, $2, $3, $4)",
        [
          .int2(batches.int2(batch, 0)), .int8(batches.int8(batch, 1)),
          .int2(batches.int2(batch, 2)), .int8(batches.int8(batch, 3)),
        ])
      rated += rows.int(0, 0)
    }
    return rated
  }
}

/// Threads that each do their share.
enum Threads {
  /// Returns when all have ended.
  static func run(_ count: Int, _ body: @Sendable @escaping (_ place: Int) -> Void) {
    let group = DispatchGroup()
    for place in 0..<count {
      group.enter()
      let thread = Thread {
        body(place)
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
  }
}
