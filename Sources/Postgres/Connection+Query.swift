import CPostgres

extension Connection {
  /// Runs one or more statements by the simple protocol, without parameters and without a result.
  /// Several statements are one transaction unless they say otherwise.
  public func execute(_ sql: String) throws(PostgresError) {
    let rows = Rows(PQexec(handle, sql))
    try check(rows, statement: Statement(sql))
  }

  /// Runs one statement with binary parameters and binary results.
  @discardableResult
  public func query(
    _ statement: Statement, _ parameters: [Cell] = []
  ) throws(PostgresError) -> Rows {
    let encoded = EncodedParameters(parameters)
    let (name, count) = (try prepare(statement, parameters), Int32(parameters.count))
    let rows = Rows(
      encoded.withPointers { types, values, lengths, formats in
        if let name { return PQexecPrepared(handle, name, count, values, lengths, formats, 1) }
        return PQexecParams(handle, statement.sql, count, types, values, lengths, formats, 1)
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
    if prepared != nil {
      for (statement, parameters) in statements { _ = try prepare(statement, parameters) }
    }
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
    let count = Int32(parameters.count)
    let name = prepared?.name(statement, parameters.map(\.oid))
    return encoded.withPointers { types, values, lengths, formats in
      if let name {
        return PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1) == 1
      }
      return PQsendQueryParams(
        handle, statement.sql, count, types, values, lengths, formats, 1) == 1
    }
  }

  /// The name under which the server knows a statement with parameters of these types, made where
  /// it does not yet; nil where the statement goes unnamed.
  private func prepare(
    _ statement: Statement, _ parameters: [Cell]
  ) throws(PostgresError) -> String? {
    guard let prepared, !parameters.isEmpty else { return nil }
    let types = parameters.map(\.oid)
    if let name = prepared.name(statement, types) { return name }
    guard let name = prepared.nextName, try isDirect(prepared) else { return nil }
    let rows = Rows(PQprepare(handle, name, statement.sql, Int32(types.count), types))
    try check(rows, statement: statement)
    prepared.keep(name, statement, types)
    return name
  }

  /// A pooler tells its clients of processes that are its own invention.
  private func isDirect(_ prepared: PreparedStatements) throws(PostgresError) -> Bool {
    if let known = prepared.isDirect { return known }
    let statement: Statement = "SELECT pg_backend_pid()"
    let rows = Rows(PQexecParams(handle, statement.sql, 0, nil, nil, nil, nil, 1))
    try check(rows, statement: statement)
    prepared.isDirect = rows.int4(0, 0) == process
    return prepared.isDirect == true
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
