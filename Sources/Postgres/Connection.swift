import CPostgres

/// One connection to PostgreSQL, owned by one thread at a time.
///
/// libpq blocks, and so do all calls here. A lost connection stays lost until `reset`.
public struct Connection: ~Copyable {
  let handle: OpaquePointer
  private let notices: NoticeReceiver
  /// Nil where every statement goes unnamed.
  let prepared: PreparedStatements?
  public let settings: ConnectionSettings

  /// `onNotice` hears the server's remarks; without it the first hundred wait for `takeNotices`.
  public init(
    _ settings: ConnectionSettings, onNotice: ((Notice) -> Void)? = nil
  ) throws(PostgresError) {
    guard let handle = Self.open(settings) else {
      throw PostgresError(.cannotConnect, "out of memory", isConnectionLost: true)
    }
    guard PQstatus(handle) == CONNECTION_OK else {
      let said = PostgresError.lastWords(of: handle)
      PQfinish(handle)
      throw PostgresError(.cannotConnect, said, statement: "connect", isConnectionLost: true)
    }
    self.handle = handle
    self.settings = settings
    prepared = settings.looksUpByIndex ? PreparedStatements() : nil
    notices = NoticeReceiver(handler: onNotice)
    notices.attach(to: handle)
  }

  deinit {
    PQfinish(handle)
  }

  public func takeNotices() -> [Notice] {
    notices.take()
  }

  public var isLost: Bool { PQstatus(handle) == CONNECTION_BAD }

  public enum Status: Sendable {
    case idle, active, inTransaction, inFailedTransaction, lost
  }

  public var status: Status {
    switch PQtransactionStatus(handle) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_ACTIVE: .active
    case PQTRANS_INTRANS: .inTransaction
    case PQTRANS_INERROR: .inFailedTransaction
    default: .lost
    }
  }

  /// The server's version, as 150018 for 15.18.
  public var serverVersion: Int { Int(PQserverVersion(handle)) }

  /// The process that serves this connection, as in pg_stat_activity.
  public var process: Int32 { PQbackendPID(handle) }

  /// Connects anew, to the same place. What the session held (LISTEN, settings, a transaction) is
  /// gone.
  public func reset() throws(PostgresError) {
    prepared?.forget()
    PQreset(handle)
    guard PQstatus(handle) == CONNECTION_OK else {
      throw PostgresError(
        .cannotConnect, PostgresError.lastWords(of: handle), statement: "connect",
        isConnectionLost: true)
    }
  }

  /// `name` as an SQL identifier, quoted.
  public static func identifier(_ name: String) -> String {
    quoted(name, with: "\"")
  }

  /// `text` as an SQL string constant, for statements that take no parameters (COPY, SET…).
  public static func literal(_ text: String) -> String {
    let hasBackslash = text.utf8.contains(0x5C)
    return (hasBackslash ? "E" : "") + quoted(text, with: "'", doublingBackslash: hasBackslash)
  }

  private static func quoted(
    _ text: String, with quote: Unicode.Scalar, doublingBackslash: Bool = false
  ) -> String {
    var out = String.UnicodeScalarView([quote])
    for scalar in text.unicodeScalars where scalar != "\0" {
      if scalar == quote || (doublingBackslash && scalar == "\\") { out.append(scalar) }
      out.append(scalar)
    }
    out.append(quote)
    return String(out)
  }
}
