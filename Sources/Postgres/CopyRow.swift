/// One row of a COPY TO, read from left to right, valid for the time of the call.
///
/// What stands in a column must be known: another width or an unexpected NULL stops the program.
public struct CopyRow: ~Copyable {
  public let fields: Int
  private var next: UnsafeRawPointer
  private let end: UnsafeRawPointer
  private var taken = 0

  /// `nil` at the end mark.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2, let start = bytes.baseAddress else { return nil }
    let count = Int16(bigEndian: start.loadUnaligned(as: Int16.self))
    guard count >= 0 else { return nil }
    fields = Int(count)
    next = start + 2
    end = start + bytes.count
  }

  @inline(__always)
  mutating func field() -> Field? {
    precondition(taken < fields && end - next >= 4, "the row has no more fields")
    taken += 1
    let length = Int(Int32(bigEndian: next.loadUnaligned(as: Int32.self)))
    next += 4
    guard length >= 0 else { return nil }
    precondition(end - next >= length, "the row ends within a field")
    defer { next += length }
    return Field(start: next, length: length)
  }

  /// Passes over a field.
  public mutating func skip() {
    _ = field()
  }

  /// The field as it is encoded; `nil` for NULL.
  public mutating func rawField() -> [UInt8]? { field()?.bytes }

  /// The field as it is encoded, in place for the time of the call; `nil` for NULL.
  public mutating func withRawField<Result>(
    _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) rethrows -> Result {
    try body(field()?.raw)
  }

  public mutating func bool() -> Bool { field().known.bool }
  public mutating func int2() -> Int16 { field().known.number() }
  public mutating func int4() -> Int32 { field().known.number() }
  public mutating func int8() -> Int64 { field().known.number() }
  /// An int2, int4 or int8.
  public mutating func int() -> Int { field().known.int }
  public mutating func text() -> String { field().known.text }
  public mutating func bytes() -> [UInt8] { field().known.bytes }
  public mutating func uuid() -> UInt128 { field().known.number() }
  /// A timestamptz, in microseconds since 1970 UTC.
  public mutating func instant() -> Int64 { field().known.instant }
  /// A date, in days since 1970.
  public mutating func date() -> Int32 { field().known.date }
  public mutating func jsonb() -> String { field().known.jsonb }

  public mutating func boolOrNil() -> Bool? { field()?.bool }
  public mutating func int2OrNil() -> Int16? { field()?.number() }
  public mutating func int4OrNil() -> Int32? { field()?.number() }
  public mutating func int8OrNil() -> Int64? { field()?.number() }
  public mutating func intOrNil() -> Int? { field()?.int }
  public mutating func textOrNil() -> String? { field()?.text }
  public mutating func bytesOrNil() -> [UInt8]? { field()?.bytes }
  public mutating func uuidOrNil() -> UInt128? { field()?.number() }
  public mutating func instantOrNil() -> Int64? { field()?.instant }
  public mutating func dateOrNil() -> Int32? { field()?.date }
  public mutating func jsonbOrNil() -> String? { field()?.jsonb }

  public mutating func boolArray() -> [Bool] { field().known.array { $0.known.bool } }
  public mutating func int2Array() -> [Int16] { field().known.array { $0.known.number() } }
  public mutating func int4Array() -> [Int32] { field().known.array { $0.known.number() } }
  public mutating func int8Array() -> [Int64] { field().known.array { $0.known.number() } }
  public mutating func textArray() -> [String] { field().known.array { $0.known.text } }
  public mutating func bytesArray() -> [[UInt8]] { field().known.array { $0.known.bytes } }
  public mutating func uuidArray() -> [UInt128] { field().known.array { $0.known.number() } }
  public mutating func instantArray() -> [Int64] { field().known.array { $0.known.instant } }
  public mutating func dateArray() -> [Int32] { field().known.array { $0.known.date } }
  public mutating func jsonbArray() -> [String] { field().known.array { $0.known.jsonb } }

  public mutating func boolArrayOrNil() -> [Bool]? { field()?.array { $0.known.bool } }
  public mutating func int2ArrayOrNil() -> [Int16]? { field()?.array { $0.known.number() } }
  public mutating func int4ArrayOrNil() -> [Int32]? { field()?.array { $0.known.number() } }
  public mutating func int8ArrayOrNil() -> [Int64]? { field()?.array { $0.known.number() } }
  public mutating func textArrayOrNil() -> [String]? { field()?.array { $0.known.text } }
  public mutating func bytesArrayOrNil() -> [[UInt8]]? { field()?.array { $0.known.bytes } }
  public mutating func uuidArrayOrNil() -> [UInt128]? { field()?.array { $0.known.number() } }
  public mutating func instantArrayOrNil() -> [Int64]? { field()?.array { $0.known.instant } }
  public mutating func dateArrayOrNil() -> [Int32]? { field()?.array { $0.known.date } }
  public mutating func jsonbArrayOrNil() -> [String]? { field()?.array { $0.known.jsonb } }

  public mutating func boolArrayOfOptionals() -> [Bool?] { field().known.array { $0?.bool } }
  public mutating func int2ArrayOfOptionals() -> [Int16?] { field().known.array { $0?.number() } }
  public mutating func int4ArrayOfOptionals() -> [Int32?] { field().known.array { $0?.number() } }
  public mutating func int8ArrayOfOptionals() -> [Int64?] { field().known.array { $0?.number() } }
  public mutating func textArrayOfOptionals() -> [String?] { field().known.array { $0?.text } }
  public mutating func bytesArrayOfOptionals() -> [[UInt8]?] { field().known.array { $0?.bytes } }
  public mutating func uuidArrayOfOptionals() -> [UInt128?] { field().known.array { $0?.number() } }
  public mutating func instantArrayOfOptionals() -> [Int64?] { field().known.array { $0?.instant } }
  public mutating func dateArrayOfOptionals() -> [Int32?] { field().known.array { $0?.date } }
  public mutating func jsonbArrayOfOptionals() -> [String?] { field().known.array { $0?.jsonb } }
}
