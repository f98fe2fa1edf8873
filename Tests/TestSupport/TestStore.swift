import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import Rules
import Schema
import YAML

/// A database with Patron's tables and a program, for a test.
public struct TestStore: Sendable {
  public let settings: ConnectionSettings

  /// Makes a database, its tables, and publishes `program` from 2020 on.
  public init(
    _ program: String, from: String = "2020-01-01", in database: ConnectionSettings? = nil
  ) throws {
    settings = try database ?? TestCluster.shared.database()
    let db = try Connection(settings)
    _ = try Migrator(schema: "patron", migrations: Migrations.all).migrate(db)
    // Codes of coupons come from the secret: two stores that are compared have the same.
    try db.execute("UPDATE patron.settings SET value = 'test' WHERE key = 'coupon secret'")
    try publish(program, from: from)
  }

  @discardableResult
  public func publish(_ program: String, from: String) throws -> Publisher.Result {
    let folder = ProgramFolder(files: [SourceFile(name: "program.yaml", text: program)])
    let (syntax, diagnostics) = folder.check()
    guard let syntax, let zone = ZoneTable.zone(syntax.timezone.value), let day = CivilDate(from)
    else {
      throw TestFailure(DiagnosticReport(diagnostics, sources: folder.files).text)
    }
    let store = try Store(settings)
    let result = try Publisher.publish(folder, syntax, begins: zone.start(of: day), store)
    if case .published(let version) = result {
      try Publisher.fillCounters(ofVersion: version, store) { _, _ in }
    }
    return result
  }

  public func load(_ members: [MemberRecord]) throws {
    let store = try Store(settings)
    try store.db.begin()
    _ = try store.load(members)
    try store.db.commit()
  }

  @discardableResult
  public func post(_ transactions: [Transaction], batch: Int = 500) throws -> [Verdict] {
    let store = try Store(settings)
    var intake = try Intake(ProgramSet(store))
    var form = CanonicalForm()
    var verdicts: [Verdict] = []
    var start = 0
    while start < transactions.count {
      let some = transactions[start..<min(start + batch, transactions.count)]
      let arrivals = some.map {
        Arrival($0, digest: UInt128(bytes: form.digest(of: $0)), origin: nil)
      }
      verdicts += try intake.take(arrivals, store)
      start += batch
    }
    return verdicts
  }

  /// Rates everything that waits.
  public func run(workers: Int = 1, batch: Int = 1_000) throws {
    let runner = Runner(
      settings, workers: workers, limits: BatchLimits(events: batch), once: true)
    try runner.run()
  }

  /// Everything that rating wrote, one line a row, in an order of its own: what must be equal
  /// however it was done.
  public func ledger() throws -> [String] {
    let db = try Connection(settings)
    var lines: [String] = []
    for (table, columns) in TestStore.ledgerTables {
      let rows = try db.query(
        Statement(
          "ledger of \(table)",
          "SELECT t::text FROM (SELECT \(columns) FROM patron.\(table)) t ORDER BY t"))
      for row in 0..<rows.count { lines.append("\(table) \(rows.text(row, 0))") }
    }
    return lines
  }

  private static let ledgerTables = [
    ("accounts", "shard, account_id, last_seq, position, clock, due"),
    (
      "outcomes",
      "shard, account_id, seq, version, tier, facts, fact_values, balances, refused"
    ),
    ("postings", "*"), ("lot_uses", "*"), ("lots", "*"), ("balances", "*"),
    ("counter_values", "*"), ("standings", "*"), ("tier_changes", "*"),
    ("segment_members", "*"), ("segment_changes", "*"), ("coupons", "*"),
    ("coupon_codes", "*"), ("benefits", "*"),
    ("reversals", "*"), ("outbox", "shard, account_id, seq, n, topic, body"),
  ]

  /// One number of a query.
  public func number(_ sql: String) throws -> Int64 {
    let rows = try Connection(settings).query(Statement(sql))
    return rows.isNull(0, 0) ? 0 : Int64(rows.int(0, 0))
  }
}

public struct TestFailure: Error, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
