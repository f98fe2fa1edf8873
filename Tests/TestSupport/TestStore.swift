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
    if try ProgramSet(store).livesByCalendar {
      try store.lowerDue(ofMembers: members.map(\.member))
    }
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
    ("counter_values", "*"), ("standings", "*"), ("tier_changes", "*"), ("tier_grounds", "*"),
    ("segment_members", "*"), ("segment_changes", "*"), ("coupons", "*"),
    ("coupon_codes", "*"), ("benefits", "*"), ("holds", "*"), ("orders", "*"),
    ("reversals", "*"),
    (
      "outbox",
      """
      shard, account_id, seq, topic, body,
        row_number() OVER (PARTITION BY shard, account_id ORDER BY message_id)
      """
    ),
  ]

  /// What happened when, whichever event told it: the same ledger however often days were closed.
  public func ledgerByInstant() throws -> [String] {
    let db = try Connection(settings)
    var lines: [String] = []
    for (table, query) in TestStore.instantTables {
      let rows = try db.query(
        Statement("instants of \(table)", "SELECT t::text FROM (\(query)) t ORDER BY t"))
      for row in 0..<rows.count { lines.append("\(table) \(rows.text(row, 0))") }
    }
    return lines
  }

  private static let instantTables = [
    ("accounts", "SELECT shard, account_id, due FROM patron.accounts"),
    (
      "outcomes",
      """
      SELECT e.external_id, o.version, o.tier, o.facts, o.fact_values, o.balances, o.refused
      FROM patron.outcomes o JOIN patron.events e USING (shard, account_id, seq)
      WHERE e.kind NOT IN (6, 7)
      """
    ),
    (
      "postings",
      """
      SELECT account_id, at, currency, debited, credited, amount, due, expires, reason, part_rules,
        part_bases, part_sums FROM patron.postings
      """
    ),
    (
      "lot_uses",
      """
      SELECT u.account_id, p.at, p.currency, p.credited, u.due, u.expires, u.amount
      FROM patron.lot_uses u JOIN patron.postings p USING (shard, account_id, seq, n)
      """
    ),
    ("lots", "SELECT * FROM patron.lots"), ("balances", "SELECT * FROM patron.balances"),
    ("counter_values", "SELECT * FROM patron.counter_values WHERE value <> 0"),
    ("standings", "SELECT * FROM patron.standings"),
    (
      "tier_changes",
      "SELECT account_id, at, until, from_tier, to_tier, reason FROM patron.tier_changes"
    ),
    ("segment_members", "SELECT * FROM patron.segment_members"),
    ("segment_changes", "SELECT account_id, at, segment, entered FROM patron.segment_changes"),
    (
      "coupons",
      """
      SELECT account_id, issued_at, valid_until, template, rule, tier, used, times
      FROM patron.coupons
      """
    ),
    (
      "benefits",
      """
      SELECT b.account_id, coalesce(b.at, e.at) AS at, b.source, b.id, b.times, b.money, b.refusal,
        b.lines, b.amounts
      FROM patron.benefits b JOIN patron.events e USING (shard, account_id, seq)
      """
    ),
    (
      "outbox",
      """
      SELECT account_id, topic, body::jsonb - 'code' AS body FROM patron.outbox
      WHERE topic <> 'expiring'
      """
    ),
  ]

  /// Closes a day, with nothing told of points that end soon unless asked.
  @discardableResult
  public func close(_ day: String, warning: Int = 0, workers: Int = 2) throws -> Close.Answer {
    guard let day = CivilDate(day) else { throw TestFailure("no day: \(day)") }
    return try Close(settings, day: day, warning: warning, workers: workers).run()
  }

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
