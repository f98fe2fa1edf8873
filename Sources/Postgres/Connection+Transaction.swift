extension Connection {
  public enum TransactionMode: Sendable {
    case readCommitted, repeatableRead, serializable
    /// One view of everything, for checks and reports beside live workers. Without PostgreSQL's
    /// just-in-time compiler, which takes longer than the reports that it means to speed up.
    case snapshot

    fileprivate var sql: String {
      switch self {
      case .readCommitted: "BEGIN"
      case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
      case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
      case .snapshot:
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off"
      }
    }
  }

  /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
  ///
  /// An error of the commit with `isConnectionLost` leaves open whether it took place.
  @discardableResult
  public func transaction<Result>(
    _ mode: TransactionMode = .readCommitted, _ body: () throws -> Result
  ) throws -> Result {
    try begin(mode)
    let result: Result
    do {
      result = try body()
    } catch {
      rollback()
      throw error
    }
    try commit()
    return result
  }

  /// Opens a transaction, with the settings' timeouts, search path and plans in it.
  public func begin(_ mode: TransactionMode = .readCommitted) throws(PostgresError) {
    precondition(
      status != .inTransaction && status != .inFailedTransaction, "transactions do not nest")
    var sql = mode.sql
    if let limit = settings.statementTimeoutMilliseconds {
      sql += "; SET LOCAL statement_timeout = \(limit)"
    }
    if let limit = settings.lockTimeoutMilliseconds {
      sql += "; SET LOCAL lock_timeout = \(limit)"
    }
    if !settings.searchPath.isEmpty {
      let path = settings.searchPath.map(Self.identifier).joined(separator: ", ")
      sql += "; SET LOCAL search_path = \(path)"
    }
    if settings.looksUpByIndex {
      for way in ["seqscan", "hashjoin", "mergejoin"] { sql += "; SET LOCAL enable_\(way) = off" }
      sql += "; SET LOCAL jit = off"
      if prepared != nil { sql += "; SET LOCAL plan_cache_mode = force_generic_plan" }
    }
    do {
      try execute(sql)
    } catch {
      rollback()
      throw error
    }
  }

  /// A name under which other connections can share the view of this transaction, as long as it
  /// lasts.
  public func exportSnapshot() throws(PostgresError) -> String {
    try query("SELECT pg_export_snapshot()").text(0, 0)
  }

  /// Opens a transaction for checks and reports that sees exactly what another one sees.
  public func begin(sharing snapshot: String) throws(PostgresError) {
    try begin(.snapshot)
    try execute("SET TRANSACTION SNAPSHOT '\(snapshot)'")
  }

  /// Commits. A transaction that had failed is rolled back by the server, which is an error here.
  public func commit() throws(PostgresError) {
    let rows = try query("COMMIT")
    guard rows.tag == "COMMIT" else {
      throw PostgresError(
        .failedTransaction, "the transaction had failed and was rolled back", statement: "COMMIT")
    }
  }

  /// Rolls back if there is anything to roll back; a lost connection has done so by itself.
  public func rollback() {
    guard status == .inTransaction || status == .inFailedTransaction else { return }
    try? execute("ROLLBACK")
  }

  /// A setting until the transaction ends.
  public func setLocal(_ name: String, _ value: String) throws(PostgresError) {
    try query("SELECT set_config($1, $2, true)", [.text(name), .text(value)])
  }

  /// How long a statement, and a wait for a lock, may last until the transaction ends.
  public func setLocal(
    statementTimeoutMilliseconds: Int, lockTimeoutMilliseconds: Int
  ) throws(PostgresError) {
    try execute(
      """
      SET LOCAL statement_timeout = \(statementTimeoutMilliseconds); \
      SET LOCAL lock_timeout = \(lockTimeoutMilliseconds)
      """)
  }
}
