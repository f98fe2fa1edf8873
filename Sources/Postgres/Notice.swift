import CPostgres

/// What the server remarked beside a result (NOTICE, WARNING…).
public struct Notice: Sendable, Equatable {
  public var sqlstate: String?
  public var message: String
}

/// What another session said by NOTIFY.
public struct Notification: Sendable, Equatable {
  public var channel: String
  public var payload: String
  public var process: Int32
}

/// Receives a connection's notices, which libpq would print to standard error.
final class NoticeReceiver {
  /// Without a handler, no more than this many are kept until somebody takes them.
  static let limit = 100

  private let handler: ((Notice) -> Void)?
  private(set) var kept: [Notice] = []

  init(handler: ((Notice) -> Void)?) {
    self.handler = handler
  }

  func receive(_ notice: Notice) {
    if let handler {
      handler(notice)
    } else if kept.count < Self.limit {
      kept.append(notice)
    }
  }

  func take() -> [Notice] {
    defer { kept = [] }
    return kept
  }

  /// The receiver must live as long as the connection.
  func attach(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context else { return }
        let receiver = Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue()
        let said = PostgresError.message(of: result)
        receiver.receive(Notice(sqlstate: said.sqlstate, message: said.message))
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
