/// The types that have a binary form here, by the identity that PostgreSQL gave them.
public enum PostgresType: Sendable {
  case unknown, bool, bytea, int8, int2, int4, text, json, date, timestamptz, uuid, jsonb

  public var oid: UInt32 {
    switch self {
    case .unknown: 0
    case .bool: 16
    case .bytea: 17
    case .int8: 20
    case .int2: 21
    case .int4: 23
    case .text: 25
    case .json: 114
    case .date: 1082
    case .timestamptz: 1184
    case .uuid: 2950
    case .jsonb: 3802
    }
  }

  /// The type of its arrays.
  public var arrayOID: UInt32 {
    switch self {
    case .unknown: 0
    case .bool: 1000
    case .bytea: 1001
    case .int8: 1016
    case .int2: 1005
    case .int4: 1007
    case .text: 1009
    case .json: 199
    case .date: 1182
    case .timestamptz: 1185
    case .uuid: 2951
    case .jsonb: 3807
    }
  }
}

/// PostgreSQL counts time from 2000-01-01; everybody else from 1970-01-01.
enum Epoch {
  private static let microseconds: Int64 = 946_684_800_000_000
  private static let days: Int32 = 10_957

  /// Microseconds since 1970 to PostgreSQL's; the widest values stand for ±infinity both ways.
  @inline(__always)
  static func toPostgres(_ instant: Int64) -> Int64 {
    if instant == .max || instant == .min { return instant }
    return instant - microseconds
  }

  @inline(__always)
  static func fromPostgres(_ instant: Int64) -> Int64 {
    if instant == .max || instant == .min { return instant }
    return instant + microseconds
  }

  /// Days since 1970 to PostgreSQL's.
  @inline(__always)
  static func toPostgres(_ date: Int32) -> Int32 {
    if date == .max || date == .min { return date }
    return date - days
  }

  @inline(__always)
  static func fromPostgres(_ date: Int32) -> Int32 {
    if date == .max || date == .min { return date }
    return date + days
  }
}
