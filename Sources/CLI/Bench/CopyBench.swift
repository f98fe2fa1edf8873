import Foundation
import Postgres
import Synchronization

/// The rows of a rating alone: the events copied out as the engine reads them, the ledger's rows
/// copied in, and nothing else.
struct CopyBench {
  let server: BenchServer
  let connections: Int

  private static let tables = [
    "outcomes", "postings", "lots", "balances", "counter_values", "tier_changes",
    "tier_grounds", "outbox",
  ]

  /// Rows as they are encoded, in one block of memory.
  private struct RawRows: Sendable {
    var table: String
    var bytes: [UInt8] = []
    /// Of each field, −1 for NULL.
    var lengths: [Int32] = []
    var fields = 0
  }

  /// Takes the rows from the database `engine`, where the engine left them, and writes them into a
  /// new one. Gives the seconds that it took.
  func run() throws -> Double {
    let shares = try (0..<connections).map { try take(shards($0)) }
    try server.make("copied", from: BenchDatabases.ready)
    let failures = Mutex([String]())
    let start = ContinuousClock.now
    Threads.run(connections) { place in
      do {
        try copy(shares[place], shards(place))
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    let seconds = Seconds.of(ContinuousClock.now - start)
    try server.drop("copied")
    if let failure = failures.withLock({ $0.first }) { throw BenchFailure("copying: \(failure)") }
    return seconds
  }

  private func shards(_ place: Int) -> String {
    let (first, end) = (1024 * place / connections, 1024 * (place + 1) / connections)
    return "shard >= \(first) AND shard < \(end)"
  }

  private func take(_ shards: String) throws -> [RawRows] {
    let db = try Connection(server.settings("engine"))
    return try Self.tables.map { table in
      var rows = RawRows(table: table)
      try db.copyOut(
        Statement("COPY (SELECT * FROM patron.\(table) WHERE \(shards)) TO STDOUT (FORMAT binary)")
      ) { row in
        rows.fields = row.fields
        for _ in 0..<row.fields {
          let field = row.rawField()
          rows.lengths.append(field.map { Int32($0.count) } ?? -1)
          rows.bytes += field ?? []
        }
      }
      return rows
    }
  }

  private func copy(_ tables: [RawRows], _ shards: String) throws {
    let db = try Connection(server.settings("copied"))
    var read = 0
    try db.copyOut(
      Statement(
        """
        COPY (SELECT account_id, seq, kind, at, utc_offset, name, store, channel, training,
          categories, totals, units, taxes, store_discounts,
          manufacturer_discounts, loyalty_discounts, tender_kinds, tender_amounts, coupons,
          line_details, attributes
        FROM patron.events WHERE \(shards)) TO STDOUT (FORMAT binary)
        """)
    ) { _ in read += 1 }
    for rows in tables {
      try db.copyIn(Statement("COPY patron.\(rows.table) FROM STDIN (FORMAT binary)")) { copy in
        var start = 0
        for (place, length) in rows.lengths.enumerated() {
          if place % rows.fields == 0 { copy.row(fields: rows.fields) }
          guard length >= 0 else {
            copy.null()
            continue
          }
          copy.raw(fieldBytes: rows.bytes[start..<start + Int(length)])
          start += Int(length)
        }
      }
    }
  }
}
