// Arrays of one dimension. `OrNil`: the array may be NULL; `OfOptionals`: its elements may be.

extension Rows {
  public func boolArray(_ row: Int, _ column: Int) -> [Bool] {
    field(row, column).known.array { $0.known.bool }
  }
  public func int2Array(_ row: Int, _ column: Int) -> [Int16] {
    field(row, column).known.array { $0.known.number() }
  }
  public func int4Array(_ row: Int, _ column: Int) -> [Int32] {
    field(row, column).known.array { $0.known.number() }
  }
  public func int8Array(_ row: Int, _ column: Int) -> [Int64] {
    field(row, column).known.array { $0.known.number() }
  }
  public func textArray(_ row: Int, _ column: Int) -> [String] {
    field(row, column).known.array { $0.known.text }
  }
  public func bytesArray(_ row: Int, _ column: Int) -> [[UInt8]] {
    field(row, column).known.array { $0.known.bytes }
  }
  public func uuidArray(_ row: Int, _ column: Int) -> [UInt128] {
    field(row, column).known.array { $0.known.number() }
  }
  public func instantArray(_ row: Int, _ column: Int) -> [Int64] {
    field(row, column).known.array { $0.known.instant }
  }
  public func dateArray(_ row: Int, _ column: Int) -> [Int32] {
    field(row, column).known.array { $0.known.date }
  }
  public func jsonbArray(_ row: Int, _ column: Int) -> [String] {
    field(row, column).known.array { $0.known.jsonb }
  }

  public func boolArrayOrNil(_ row: Int, _ column: Int) -> [Bool]? {
    field(row, column)?.array { $0.known.bool }
  }
  public func int2ArrayOrNil(_ row: Int, _ column: Int) -> [Int16]? {
    field(row, column)?.array { $0.known.number() }
  }
  public func int4ArrayOrNil(_ row: Int, _ column: Int) -> [Int32]? {
    field(row, column)?.array { $0.known.number() }
  }
  public func int8ArrayOrNil(_ row: Int, _ column: Int) -> [Int64]? {
    field(row, column)?.array { $0.known.number() }
  }
  public func textArrayOrNil(_ row: Int, _ column: Int) -> [String]? {
    field(row, column)?.array { $0.known.text }
  }
  public func bytesArrayOrNil(_ row: Int, _ column: Int) -> [[UInt8]]? {
    field(row, column)?.array { $0.known.bytes }
  }
  public func uuidArrayOrNil(_ row: Int, _ column: Int) -> [UInt128]? {
    field(row, column)?.array { $0.known.number() }
  }
  public func instantArrayOrNil(_ row: Int, _ column: Int) -> [Int64]? {
    field(row, column)?.array { $0.known.instant }
  }
  public func dateArrayOrNil(_ row: Int, _ column: Int) -> [Int32]? {
    field(row, column)?.array { $0.known.date }
  }
  public func jsonbArrayOrNil(_ row: Int, _ column: Int) -> [String]? {
    field(row, column)?.array { $0.known.jsonb }
  }

  public func boolArrayOfOptionals(_ row: Int, _ column: Int) -> [Bool?] {
    field(row, column).known.array { $0?.bool }
  }
  public func int2ArrayOfOptionals(_ row: Int, _ column: Int) -> [Int16?] {
    field(row, column).known.array { $0?.number() }
  }
  public func int4ArrayOfOptionals(_ row: Int, _ column: Int) -> [Int32?] {
    field(row, column).known.array { $0?.number() }
  }
  public func int8ArrayOfOptionals(_ row: Int, _ column: Int) -> [Int64?] {
    field(row, column).known.array { $0?.number() }
  }
  public func textArrayOfOptionals(_ row: Int, _ column: Int) -> [String?] {
    field(row, column).known.array { $0?.text }
  }
  public func bytesArrayOfOptionals(_ row: Int, _ column: Int) -> [[UInt8]?] {
    field(row, column).known.array { $0?.bytes }
  }
  public func uuidArrayOfOptionals(_ row: Int, _ column: Int) -> [UInt128?] {
    field(row, column).known.array { $0?.number() }
  }
  public func instantArrayOfOptionals(_ row: Int, _ column: Int) -> [Int64?] {
    field(row, column).known.array { $0?.instant }
  }
  public func dateArrayOfOptionals(_ row: Int, _ column: Int) -> [Int32?] {
    field(row, column).known.array { $0?.date }
  }
  public func jsonbArrayOfOptionals(_ row: Int, _ column: Int) -> [String?] {
    field(row, column).known.array { $0?.jsonb }
  }
}
