import CPostgres

/// What PostgreSQL or the way to it answered instead of a result.
///
/// `message` is safe to show and to log; `detail` may hold the values of a row, so it is evidence
/// for a person at the machine and no part of `description`.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
  public var code: Code
  public var message: String
  public var detail: String?
  public var hint: String?
  public var constraint: String?
  public var table: String?
  public var column: String?
  /// The name of the statement that failed.
  public var statement: String
  /// Where in the statement's text, in characters from 1.
  public var position: Int?
  /// The connection is gone; whether a commit under way took place is not known.
  public var isConnectionLost: Bool

  public init(
    _ code: Code, _ message: String, statement: String = "", isConnectionLost: Bool = false
  ) {
    self.code = code
    self.message = message
    self.statement = statement
    self.isConnectionLost = isConnectionLost
  }

  public var sqlstate: String? { code.sqlstate }

  /// The whole transaction may be tried again: serialization, deadlock, lost or refused connection.
  public var isRetryable: Bool {
    if isConnectionLost { return true }
    guard let state = code.sqlstate else { return false }
    return state == "40001" || state == "40P01" || state.hasPrefix("08") || state.hasPrefix("57P0")
  }

  public var isUnique: Bool { code == .uniqueViolation }

  public var description: String {
    var text = message
    if let sqlstate { text += " [\(sqlstate)]" }
    if let constraint { text += " (constraint \(constraint))" }
    if !statement.isEmpty { text += " in: \(statement)" }
    return text
  }
}

extension PostgresError {
  /// A SQLSTATE, or one of the two failures that have none.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    public let sqlstate: String?

    public init(sqlstate: String) {
      self.sqlstate = sqlstate
      description = sqlstate
    }

    private init(ownName: String) {
      sqlstate = nil
      description = ownName
    }

    public static let cannotConnect = Code(ownName: "cannot connect")
    public static let connectionLost = Code(ownName: "connection lost")

    public static let notNullViolation = Code(sqlstate: "23502")
    public static let foreignKeyViolation = Code(sqlstate: "23503")
    public static let uniqueViolation = Code(sqlstate: "23505")
    public static let checkViolation = Code(sqlstate: "23514")
    public static let failedTransaction = Code(sqlstate: "25P02")
    public static let serializationFailure = Code(sqlstate: "40001")
    public static let deadlock = Code(sqlstate: "40P01")
    public static let undefinedTable = Code(sqlstate: "42P01")
    public static let lockNotAvailable = Code(sqlstate: "55P03")
    public static let queryCanceled = Code(sqlstate: "57014")
  }
}

extension PostgresError {
  /// The `PG_DIAG_` codes, which are characters in C and do not reach Swift as macros.
  private enum Diagnostic: UInt8 {
    case severity = 0x56  // V, in English whatever the server's language
    case sqlstate = 0x43  // C
    case message = 0x4D  // M
    case detail = 0x44  // D
    case hint = 0x48  // H
    case position = 0x50  // P
    case table = 0x74  // t
    case column = 0x63  // c
    case constraint = 0x6E  // n
  }

  private static func field(_ diagnostic: Diagnostic, of result: OpaquePointer?) -> String? {
    guard let result, let text = PQresultErrorField(result, Int32(diagnostic.rawValue)) else {
      return nil
    }
    return String(cString: text)
  }

  /// The error that a result holds, or, without a result, the connection's own last one.
  init(_ result: OpaquePointer?, of connection: OpaquePointer, statement: String) {
    // The server's last word may be here before the end of the connection is.
    let isLast = ["FATAL", "PANIC"].contains(Self.field(.severity, of: result))
    let lost = isLast || PQstatus(connection) == CONNECTION_BAD
    let state = Self.field(.sqlstate, of: result)
    let said = Self.field(.message, of: result) ?? Self.lastWords(of: connection)
    self.init(
      state.map(Code.init(sqlstate:)) ?? .connectionLost, said, statement: statement,
      isConnectionLost: lost)
    detail = Self.field(.detail, of: result)
    hint = Self.field(.hint, of: result)
    constraint = Self.field(.constraint, of: result)
    table = Self.field(.table, of: result)
    column = Self.field(.column, of: result)
    position = Self.field(.position, of: result).flatMap { Int($0) }
  }

  static func lastWords(of connection: OpaquePointer) -> String {
    var text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
    while text.last?.isNewline == true { text.removeLast() }
    return text.isEmpty ? "the connection to PostgreSQL is lost" : text
  }

  /// What a notice says, without its severity.
  static func message(of notice: OpaquePointer?) -> (sqlstate: String?, message: String) {
    (field(.sqlstate, of: notice), field(.message, of: notice) ?? "")
  }
}
