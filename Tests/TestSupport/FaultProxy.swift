import Foundation
import Postgres
import Synchronization

/// Stands between one client at a time and the tests' server, on a Unix socket, and cuts the
/// connection at a chosen statement.
///
/// A statement is what the client waits for: a simple query, a sync of the extended protocol, the
/// end of a COPY. (PostgreSQL's documentation, "Message Formats".)
public final class FaultProxy: Sendable {
  /// When the connection is cut.
  public enum Moment: Sendable, CaseIterable {
    /// The statement never reaches the server.
    case before
    /// The server has done it; its answer never reaches the client.
    case after
  }

  private struct Plan: Sendable {
    var statement: String?
    var moment = Moment.before
    /// The text that was last sent: what a sync and the end of a COPY stand for.
    var sent = ""
    var seen: [String] = []
  }

  private let plan = Mutex(Plan())
  private let folder: String
  private let server: String
  private let listener: Int32
  /// The same database, through the proxy.
  public let settings: ConnectionSettings

  public init(_ direct: ConnectionSettings) throws {
    let words = direct.location.split(separator: " ")
    guard let host = words.first(where: { $0.hasPrefix("host=") }) else {
      throw TestFailure("the tests' server has no socket: \(direct.location)")
    }
    server = host.dropFirst(5).filter { $0 != "'" } + "/.s.PGSQL.5432"
    let folder = "/tmp/patron-proxy-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    listener = try Self.socket(folder + "/.s.PGSQL.5432", bind)
    guard listen(listener, 16) == 0 else { throw TestFailure("the proxy cannot listen") }
    var own = direct
    own.location = words.map { $0 == host ? "host='\(folder)'" : String($0) }
      .joined(separator: " ")
    settings = own
    let thread = Thread { [self] in accept() }
    thread.start()
  }

  /// The texts of the statements that went by, each once, in the order in which they came first.
  public var seen: [String] { plan.withLock { $0.seen } }

  /// Cuts at the next statement with this text, once.
  public func arm(_ statement: String, _ moment: Moment) {
    plan.withLock {
      $0.statement = statement
      $0.moment = moment
    }
  }

  /// Lets everything through; false where the statement did not come.
  public func disarm() -> Bool {
    plan.withLock { plan in
      defer { plan.statement = nil }
      return plan.statement == nil
    }
  }

  /// Takes no more connections; those that are open live on until one side ends them.
  public func end() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func accept() {
    while true {
      let client = Foundation.accept(listener, nil, nil)
      guard client >= 0 else { return }
      guard let server = try? Self.socket(server, connect) else {
        close(client)
        continue
      }
      let thread = Thread { [self] in
        serve(client, server)
        close(client)
        close(server)
      }
      thread.start()
    }
  }

  private func serve(_ client: Int32, _ server: Int32) {
    var asked = MessageStream(hasStartup: true)
    var prepared: [String: String] = [:]
    var answered = MessageStream(hasStartup: false)
    var isMuted = false
    while true {
      var ends = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0),
        pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&ends, 2, -1) > 0 || errno == EINTR else { return }
      if ends[1].revents != 0 {
        guard answered.read(server) else { return }
        while let message = answered.next() {
          if !isMuted {
            guard Self.write(message.bytes, client) else { return }
          } else if message.kind == UInt8(ascii: "Z") || message.kind == UInt8(ascii: "G") {
            return
          }
        }
      }
      if ends[0].revents != 0, !isMuted {
        guard asked.read(client) else { return }
        while let message = asked.next() {
          let moment = moment(message, &prepared)
          if moment == .before { return }
          guard Self.write(message.bytes, server) else { return }
          if moment == .after { isMuted = true }
        }
      } else if ends[0].revents != 0 {
        return
      }
    }
  }

  /// What is to be done at this message, if anything. `prepared` are the connection's statements
  /// that have names.
  private func moment(
    _ message: MessageStream.Message, _ prepared: inout [String: String]
  ) -> Moment? {
    plan.withLock { plan in
      switch message.kind {
      case UInt8(ascii: "P"):
        // The statement's name, which may be empty, and its text.
        plan.sent = message.text(1)
        if !message.text.isEmpty { prepared[message.text] = plan.sent }
        return nil
      case UInt8(ascii: "B"):
        // The portal's name, which is empty, and the statement's.
        plan.sent = prepared[message.text(1)] ?? plan.sent
        return nil
      case UInt8(ascii: "Q"): plan.sent = message.text
      case UInt8(ascii: "S"): break
      case UInt8(ascii: "c"): plan.sent = "end of " + plan.sent
      default: return nil
      }
      if !plan.seen.contains(plan.sent) { plan.seen.append(plan.sent) }
      guard plan.statement == plan.sent else { return nil }
      plan.statement = nil
      return plan.moment
    }
  }
}

/// The bytes of one direction, cut into the protocol's messages.
private struct MessageStream {
  struct Message {
    /// Nil for the startup message, which has none.
    var kind: UInt8?
    var bytes: ArraySlice<UInt8>

    var text: String { text(0) }

    /// One of the texts that the message begins with.
    func text(_ number: Int) -> String {
      var rest = bytes.dropFirst(5)
      for _ in 0..<number { rest = rest.drop { $0 != 0 }.dropFirst() }
      return String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private var held: [UInt8] = []
  private var isAtStartup: Bool

  init(hasStartup: Bool) { isAtStartup = hasStartup }

  /// False at the end of the stream.
  mutating func read(_ descriptor: Int32) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    held += chunk[..<count]
    return true
  }

  mutating func next() -> Message? {
    let head = isAtStartup ? 0 : 1
    guard held.count >= head + 4 else { return nil }
    let length = held[head..<head + 4].reduce(0) { $0 << 8 | Int($1) } + head
    guard held.count >= length else { return nil }
    let message = Message(kind: isAtStartup ? nil : held[0], bytes: held[..<length])
    held = Array(held[length...])
    isAtStartup = false
    return message
  }
}

extension FaultProxy {
  private static func write(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) -> Bool {
    var left = Array(bytes)
    while !left.isEmpty {
      let count = send(descriptor, left, left.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return false }
      left.removeFirst(count)
    }
    return true
  }

  private static func socket(
    _ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws -> Int32 {
    #if canImport(Glibc)
      let descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = Foundation.socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let size = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < size else { throw TestFailure("the path is too long: \(path)") }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw TestFailure("\(path): \(String(cString: strerror(errno)))") }
    return descriptor
  }
}
