import CPostgres

extension Connection {
  /// `COPY … FROM STDIN (FORMAT binary)`: `body` writes the rows. Gives how many arrived.
  ///
  /// When `body` throws, nothing arrives, and its error is thrown; within a transaction that has
  /// then failed, outside the connection is as before.
  @discardableResult
  public func copyIn(
    _ statement: Statement, _ body: (inout CopyWriter) throws -> Void
  ) throws -> Int {
    try start(statement, expecting: PGRES_COPY_IN)
    var writer = CopyWriter(connection: handle)
    do {
      try body(&writer)
    } catch {
      PQputCopyEnd(handle, "given up by the client")
      drain()
      throw error
    }
    writer.finish()
    guard PQputCopyEnd(handle, nil) == 1 else {
      drain()
      throw PostgresError(nil, of: handle, statement: statement.name)
    }
    return try finishCopy(statement)
  }

  /// `COPY … TO STDOUT (FORMAT binary)`: `body` sees each row. Gives how many there were.
  ///
  /// One row is in memory at a time. When `body` throws, the rest is cancelled.
  @discardableResult
  public func copyOut(
    _ statement: Statement, _ body: (inout CopyRow) throws -> Void
  ) throws -> Int {
    try start(statement, expecting: PGRES_COPY_OUT)
    var isFirst = true
    while true {
      var data: UnsafeMutablePointer<CChar>?
      let length = Int(PQgetCopyData(handle, &data, 0))
      guard length >= 0, let data else { break }
      defer { PQfreemem(data) }
      var bytes = UnsafeRawBufferPointer(start: data, count: length)
      if isFirst {
        bytes = Self.withoutHead(bytes)
        isFirst = false
      }
      guard var row = CopyRow(bytes) else { continue }
      do {
        try body(&row)
      } catch {
        cancel()
        drainCopy()
        throw error
      }
    }
    return try finishCopy(statement)
  }

  private func start(
    _ statement: Statement, expecting status: ExecStatusType
  ) throws(PostgresError) {
    let rows = Rows(PQexec(handle, statement.sql))
    guard PQresultStatus(rows.result) == status else {
      try check(rows, statement: statement)
      preconditionFailure("this is no COPY of the right direction: \(statement.name)")
    }
  }

  private func finishCopy(_ statement: Statement) throws(PostgresError) -> Int {
    let rows = Rows(PQgetResult(handle))
    drain()
    try check(rows, statement: statement)
    return rows.affected
  }

  /// The first message of the server holds the head of the format before the first row.
  private static func withoutHead(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let fixed = 19
    precondition(bytes.count >= fixed, "COPY is not in binary format")
    let extra = Int(
      Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: fixed - 4, as: Int32.self)))
    return UnsafeRawBufferPointer(rebasing: bytes[(fixed + extra)...])
  }

  private func drainCopy() {
    while true {
      var data: UnsafeMutablePointer<CChar>?
      guard PQgetCopyData(handle, &data, 0) >= 0 else { break }
      PQfreemem(data)
    }
    drain()
  }

  /// Asks the server to give up the running statement. libpq returns once the server has the word.
  private func cancel() {
    guard let request = PQgetCancel(handle) else { return }
    defer { PQfreeCancel(request) }
    var said = [CChar](repeating: 0, count: 256)
    PQcancel(request, &said, Int32(said.count))
  }
}
