import CPostgres

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Connection {
  /// Hears what is said on `channel` from now on. Needs a session of its own: not through a pooler.
  public func listen(_ channel: String) throws(PostgresError) {
    try execute("LISTEN \(Self.identifier(channel))")
  }

  /// What arrived, waiting for the first notification up to the timeout. Empty: nothing came.
  public func poll(timeoutMilliseconds: Int) throws(PostgresError) -> [Notification] {
    let waiting = try takeNotifications()
    guard waiting.isEmpty, timeoutMilliseconds > 0 else { return waiting }
    let timeout = Int32(clamping: timeoutMilliseconds)
    #if canImport(Glibc)
      var wanted = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
      _ = Glibc.poll(&wanted, 1, timeout)
    #else
      var wanted = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
      _ = Darwin.poll(&wanted, 1, timeout)
    #endif
    return try takeNotifications()
  }

  private func takeNotifications() throws(PostgresError) -> [Notification] {
    guard PQconsumeInput(handle) == 1 else {
      throw PostgresError(nil, of: handle, statement: "poll")
    }
    var found: [Notification] = []
    while let notify = PQnotifies(handle) {
      found.append(
        Notification(
          channel: String(cString: notify.pointee.relname),
          payload: String(cString: notify.pointee.extra), process: notify.pointee.be_pid))
      PQfreemem(notify)
    }
    return found
  }
}
