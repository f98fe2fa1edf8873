/// Brings a schema of a database to a list of migrations: what is missing is applied in order, each
/// in a transaction of its own. Two migrators at once take turns.
///
/// The texts name tables without a schema; they land in `schema`, which is created when missing.
public struct Migrator: Sendable {
  public let schema: String
  public let migrations: [Migration]

  public struct Report: Sendable, Equatable {
    /// What this call applied.
    public var applied: [Migration] = []
    /// How many had been applied before.
    public var already = 0
  }

  public init(schema: String, migrations: [Migration]) {
    let numbers = migrations.map(\.number)
    precondition(zip(numbers, numbers.dropFirst()).allSatisfy(<), "migrations are in order")
    self.schema = schema
    self.migrations = migrations
  }

  /// Applies what is missing and says what that was.
  public func migrate(_ db: borrowing Connection) throws(MigrationError) -> Report {
    try attempt(nil) { () throws(PostgresError) in try prepare(db) }
    let missing = try pending(db)
    var report = Report(applied: [], already: migrations.count - missing.count)
    for migration in missing {
      if try apply(migration, db) {
        report.applied.append(migration)
      } else {
        report.already += 1
      }
    }
    return report
  }

  /// What `migrate` would apply, after checking what is there. Changes nothing.
  public func pending(_ db: borrowing Connection) throws(MigrationError) -> [Migration] {
    let stored = try attempt(nil) { () throws(PostgresError) in try applied(db) }
    for (number, mark) in stored {
      guard let known = migrations.first(where: { $0.number == number }) else {
        throw MigrationError(
          .unknown,
          "schema \(schema) has migration \(number) \(mark.name), which this program does not know:"
            + " it is older than the database", migration: number)
      }
      guard mark.isSame else {
        throw MigrationError(
          .changed, "migration \(number) \(known.name) has changed since it was applied",
          migration: number)
      }
    }
    let last = stored.keys.max() ?? .min
    let missing = migrations.filter { stored[$0.number] == nil }
    if let late = missing.first(where: { $0.number < last }) {
      throw MigrationError(
        .outOfOrder, "migration \(late.number) \(late.name) comes before \(last), which is applied",
        migration: late.number)
    }
    return missing
  }

  private var table: String { Connection.identifier(schema) + ".migrations" }

  private struct Mark {
    let name: String
    let isSame: Bool
  }

  /// The applied migrations, each compared with the program's text by the server's own digest.
  private func applied(_ db: borrowing Connection) throws(PostgresError) -> [Int: Mark] {
    let exists = try db.query(
      "SELECT to_regclass($1) IS NOT NULL", [.text(table)])
    guard exists.bool(0, 0) else { return [:] }
    let rows = try db.query(
      Statement(
        "migrations: applied",
        """
        SELECT m.number, m.name, m.digest IS NOT DISTINCT FROM sha256(convert_to(k.sql, 'UTF8'))
        FROM \(table) m LEFT JOIN unnest($1, $2) AS k (number, sql) USING (number)
        """),
      [.int4Array(migrations.map { Int32($0.number) }), .textArray(migrations.map(\.sql))])
    var marks: [Int: Mark] = [:]
    for row in 0..<rows.count {
      marks[rows.int(row, 0)] = Mark(name: rows.text(row, 1), isSame: rows.bool(row, 2))
    }
    return marks
  }

  private func prepare(_ db: borrowing Connection) throws(PostgresError) {
    try locked(db) { db throws(PostgresError) in
      let found = try db.query(
        "SELECT count(*) FROM pg_namespace WHERE nspname = $1", [.text(schema)])
      if found.int(0, 0) == 0 { try db.execute("CREATE SCHEMA \(Connection.identifier(schema))") }
      try db.execute(
        """
        CREATE TABLE IF NOT EXISTS \(table) (
          number integer PRIMARY KEY,
          name text NOT NULL,
          digest bytea NOT NULL,
          applied_at timestamptz NOT NULL DEFAULT now())
        """)
    }
  }

  /// False when another migrator was faster.
  private func apply(
    _ migration: Migration, _ db: borrowing Connection
  ) throws(MigrationError) -> Bool {
    var isOurs = true
    try attempt(migration) { () throws(PostgresError) in
      try locked(db) { db throws(PostgresError) in
        let inserted = try db.query(
          Statement(
            "migrations: insert",
            """
            INSERT INTO \(table) (number, name, digest)
            VALUES ($1, $2, sha256(convert_to($3, 'UTF8'))) ON CONFLICT DO NOTHING
            """),
          [.int4(Int32(migration.number)), .text(migration.name), .text(migration.sql)])
        isOurs = inserted.affected == 1
        if isOurs { try db.execute(migration.sql) }
      }
    }
    return isOurs
  }

  /// A transaction that no other migrator of this schema shares.
  private func locked(
    _ db: borrowing Connection, _ body: (borrowing Connection) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    try db.begin()
    do throws(PostgresError) {
      try db.execute("SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = 0")
      try db.query(
        "SELECT pg_advisory_xact_lock(hashtextextended('patron migrations ' || $1, 0))",
        [.text(schema)])
      try db.query(
        "SELECT set_config('search_path', $1, true)", [.text(Connection.identifier(schema))])
      try body(db)
      try db.commit()
    } catch {
      db.rollback()
      throw error
    }
  }

  private func attempt<Result>(
    _ migration: Migration?, _ body: () throws(PostgresError) -> Result
  ) throws(MigrationError) -> Result {
    do throws(PostgresError) {
      return try body()
    } catch {
      let place = migration.map { "migration \($0.number) \($0.name)" } ?? "schema \(schema)"
      let line = migration.flatMap { Self.line(of: error.position, in: $0.sql) }
      let text = place + (line.map { ", line \($0)" } ?? "") + ": \(error.message)"
      throw MigrationError(.failed, text, migration: migration?.number, cause: error)
    }
  }

  private static func line(of position: Int?, in sql: String) -> Int? {
    guard let position else { return nil }
    return sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" } + 1
  }
}
