/// A parameter of a statement: a value with its PostgreSQL type, in binary. `nil` is NULL.
public struct Cell: Sendable, Equatable {
  enum Payload: Sendable, Equatable {
    case null
    case one(UInt8)
    case two(Int16)
    case four(Int32)
    case eight(Int64)
    case sixteen(UInt128)
    case text(String)
    case jsonb(String)
    case bytes([UInt8])
  }

  public let oid: UInt32
  let payload: Payload

  private init(_ type: PostgresType, _ payload: Payload?) {
    oid = type.oid
    self.payload = payload ?? .null
  }

  /// NULL of a type that the server finds out.
  public static let null = Cell(.unknown, nil)

  public static func bool(_ value: Bool?) -> Cell {
    Cell(.bool, value.map { .one($0 ? 1 : 0) })
  }
  public static func int2(_ value: Int16?) -> Cell { Cell(.int2, value.map { .two($0) }) }
  public static func int4(_ value: Int32?) -> Cell { Cell(.int4, value.map { .four($0) }) }
  public static func int8(_ value: Int64?) -> Cell { Cell(.int8, value.map { .eight($0) }) }
  /// An int8.
  public static func int(_ value: Int?) -> Cell { int8(value.map { Int64($0) }) }
  public static func text(_ value: String?) -> Cell { Cell(.text, value.map { .text($0) }) }
  public static func bytes(_ value: [UInt8]?) -> Cell { Cell(.bytea, value.map { .bytes($0) }) }
  /// The sixteen bytes as one number, the first byte highest.
  public static func uuid(_ value: UInt128?) -> Cell { Cell(.uuid, value.map { .sixteen($0) }) }
  /// A timestamptz, in microseconds since 1970 UTC.
  public static func instant(_ value: Int64?) -> Cell {
    Cell(.timestamptz, value.map { .eight(Epoch.toPostgres($0)) })
  }
  /// A date, in days since 1970.
  public static func date(_ value: Int32?) -> Cell {
    Cell(.date, value.map { .four(Epoch.toPostgres($0)) })
  }
  public static func json(_ value: String?) -> Cell { Cell(.json, value.map { .text($0) }) }
  public static func jsonb(_ value: String?) -> Cell { Cell(.jsonb, value.map { .jsonb($0) }) }
}

extension Cell: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  public init(integerLiteral value: Int64) { self = .int8(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
}

extension Cell {
  init(array type: PostgresType, _ encoded: [UInt8]?) {
    oid = type.arrayOID
    payload = encoded.map { .bytes($0) } ?? .null
  }

  /// Writes the value without its length; false for NULL.
  func write(to buffer: inout WireBuffer) -> Bool {
    buffer.reserve(16)
    switch payload {
    case .null: return false
    case .one(let value): buffer.put(value)
    case .two(let value): buffer.put(value)
    case .four(let value): buffer.put(value)
    case .eight(let value): buffer.put(value)
    case .sixteen(let value): buffer.put(value)
    case .text(let value): buffer.write(value)
    case .jsonb(let value):
      buffer.put(UInt8(1))
      buffer.write(value)
    case .bytes(let value):
      buffer.reserve(value.count)
      value.withUnsafeBytes { buffer.append($0) }
    }
    return true
  }
}
