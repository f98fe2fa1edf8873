import CPostgres

/// What a statement gave back. Rows and columns count from 0.
///
/// A reader asks for what the column is: another width, an unexpected NULL or a row that is not
/// there stops the program, for then the statement and its reader do not agree.
public final class Rows {
  let result: OpaquePointer?

  /// Takes over the result and clears it in the end.
  init(_ result: OpaquePointer?) {
    self.result = result
    count = Int(PQntuples(result))
  }

  deinit {
    PQclear(result)
  }

  public let count: Int
  public var isEmpty: Bool { count == 0 }
  public var columns: Int { Int(PQnfields(result)) }

  public func columnName(_ column: Int) -> String {
    PQfname(result, Int32(column)).map { String(cString: $0) } ?? ""
  }

  /// How many rows the statement touched.
  public var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// What the server says it did: `COMMIT`, `INSERT 0 3`…
  public var tag: String { String(cString: PQcmdStatus(result)) }

  @inline(__always)
  func field(_ row: Int, _ column: Int) -> Field? {
    // libpq would tell a connection that may be gone by now.
    precondition(row < count, "the result has \(count) rows, none of number \(row)")
    let (row, column) = (Int32(row), Int32(column))
    guard PQgetisnull(result, row, column) == 0 else { return nil }
    return Field(
      start: UnsafeRawPointer(PQgetvalue(result, row, column)),
      length: Int(PQgetlength(result, row, column)))
  }

  private func type(_ column: Int) -> UInt32 { PQftype(result, Int32(column)) }

  public func isNull(_ row: Int, _ column: Int) -> Bool {
    field(row, column) == nil
  }

  public func bool(_ row: Int, _ column: Int) -> Bool { field(row, column).known.bool }
  public func int2(_ row: Int, _ column: Int) -> Int16 { field(row, column).known.number() }
  public func int4(_ row: Int, _ column: Int) -> Int32 { field(row, column).known.number() }
  public func int8(_ row: Int, _ column: Int) -> Int64 { field(row, column).known.number() }
  /// An int2, int4 or int8.
  public func int(_ row: Int, _ column: Int) -> Int { field(row, column).known.int }
  /// A text, or a json or jsonb as it is written.
  public func text(_ row: Int, _ column: Int) -> String {
    let value = field(row, column).known
    return type(column) == PostgresType.jsonb.oid ? value.jsonb : value.text
  }
  public func bytes(_ row: Int, _ column: Int) -> [UInt8] { field(row, column).known.bytes }
  public func uuid(_ row: Int, _ column: Int) -> UInt128 { field(row, column).known.number() }
  /// A timestamptz, in microseconds since 1970 UTC.
  public func instant(_ row: Int, _ column: Int) -> Int64 { field(row, column).known.instant }
  /// A date, in days since 1970.
  public func date(_ row: Int, _ column: Int) -> Int32 { field(row, column).known.date }

  public func boolOrNil(_ row: Int, _ column: Int) -> Bool? { field(row, column)?.bool }
  public func int2OrNil(_ row: Int, _ column: Int) -> Int16? { field(row, column)?.number() }
  public func int4OrNil(_ row: Int, _ column: Int) -> Int32? { field(row, column)?.number() }
  public func int8OrNil(_ row: Int, _ column: Int) -> Int64? { field(row, column)?.number() }
  public func intOrNil(_ row: Int, _ column: Int) -> Int? { field(row, column)?.int }
  public func textOrNil(_ row: Int, _ column: Int) -> String? {
    isNull(row, column) ? nil : text(row, column)
  }
  public func bytesOrNil(_ row: Int, _ column: Int) -> [UInt8]? { field(row, column)?.bytes }
  public func jsonbOrNil(_ row: Int, _ column: Int) -> String? { field(row, column)?.jsonb }
  public func uuidOrNil(_ row: Int, _ column: Int) -> UInt128? { field(row, column)?.number() }
  public func instantOrNil(_ row: Int, _ column: Int) -> Int64? { field(row, column)?.instant }
  public func dateOrNil(_ row: Int, _ column: Int) -> Int32? { field(row, column)?.date }

  /// Reads a value's bytes in place, for the time of the call.
  public func withBytes<Result>(
    _ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(field(row, column).known.raw)
  }
}
