/// One step of a schema's growth. Once applied, its text may not change.
public struct Migration: Sendable, Equatable {
  public let number: Int
  public let name: String
  public let sql: String

  public init(_ number: Int, _ name: String, _ sql: String) {
    self.number = number
    self.name = name
    self.sql = sql
  }

  public init(_ number: Int, _ name: String, utf8: [UInt8]) {
    self.init(number, name, String(decoding: utf8, as: UTF8.self))
  }
}

/// Why a schema could not be brought to where the program needs it.
public struct MigrationError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// An applied migration's text is another one now.
    case changed
    /// The database has a migration that this program does not know: the program is too old.
    case unknown
    /// A migration that is not applied comes before one that is.
    case outOfOrder
    /// PostgreSQL refused; `cause` says why.
    case failed
  }

  public let code: Code
  public let message: String
  public let migration: Int?
  public let cause: PostgresError?

  init(_ code: Code, _ message: String, migration: Int? = nil, cause: PostgresError? = nil) {
    self.code = code
    self.message = message
    self.migration = migration
    self.cause = cause
  }

  public var description: String { message }
}
