import CPostgres

extension Connection {
  /// Runs one or more statements by the simple protocol, without parameters and without a result.
  /// Several statements are one transaction unless they say otherwise.
  public func execute(_ sql: String) throws(PostgresError) {
    let rows = Rows(PQexec(handle, sql))
    try check(rows, statement: Statement(sql))
  }

  /// Runs one statement with binary parameters and binary results, unnamed.
  @discardableResult
  public func query(
    _ statement: Statement, _ parameters: [Cell] = []
  ) throws(PostgresError) -> Rows {
    let encoded = EncodedParameters(parameters)
    let rows = Rows(
      encoded.withPointers { types, values, lengths, formats in
        PQexecParams(
          handle, statement.sql, Int32(parameters.count), types, values, lengths, formats, 1)
      })
    try check(rows, statement: statement)
    return rows
  }

  /// Runs all statements in one round trip and gives each its rows.
  ///
  /// Outside a transaction they are one transaction of their own; the first failure undoes them
  /// all and is thrown, naming its statement. COPY is not possible here.
  public func pipeline(
    _ statements: [(Statement, [Cell])]
  ) throws(PostgresError) -> [Rows] {
    guard PQenterPipelineMode(handle) == 1 else {
      throw PostgresError(nil, of: handle, statement: "pipeline")
    }
    defer { PQexitPipelineMode(handle) }
    var failure: PostgresError?
    var sent = 0
    for (statement, parameters) in statements {
      guard send(statement, parameters) else {
        failure = PostgresError(nil, of: handle, statement: statement.name)
        break
      }
      sent += 1
    }
    guard PQpipelineSync(handle) == 1 else {
      throw failure ?? PostgresError(nil, of: handle, statement: "pipeline")
    }
    var answers: [Rows] = []
    answers.reserveCapacity(sent)
    for (statement, _) in statements.prefix(sent) {
      let rows = Rows(PQgetResult(handle))
      if failure == nil {
        do { try check(rows, statement: statement) } catch { failure = error }
      }
      answers.append(rows)
      if isLost { break }
      while let more = PQgetResult(handle) { PQclear(more) }
    }
    drain()
    if let failure { throw failure }
    return answers
  }

  private func send(_ statement: Statement, _ parameters: [Cell]) -> Bool {
    let encoded = EncodedParameters(parameters)
    return encoded.withPointers { types, values, lengths, formats in
      PQsendQueryParams(
        handle, statement.sql, Int32(parameters.count), types, values, lengths, formats, 1) == 1
    }
  }

  /// Takes what is left of a command's answers, the pipeline's end mark included.
  func drain() {
    while let rest = PQgetResult(handle) {
      let status = PQresultStatus(rest)
      PQclear(rest)
      if status == PGRES_PIPELINE_SYNC || isLost { return }
    }
  }

  func check(_ rows: Rows, statement: Statement) throws(PostgresError) {
    switch PQresultStatus(rows.result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      preconditionFailure("COPY goes through copyIn and copyOut: \(statement.name)")
    default: throw PostgresError(rows.result, of: handle, statement: statement.name)
    }
  }
}
