import Foundation
import Synchronization

/// Lets time pass for a server that is slow.
public func wait(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

/// Waits until something is so; false where it is not after a minute.
public func waitUntil(_ isSo: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<6_000 {
    if try isSo() { return true }
    wait(milliseconds: 10)
  }
  return false
}

/// A web server of the test's own on 127.0.0.1, that answers posts as it is told.
public final class TestReceiver: Sendable {
  public struct Post: Sendable {
    /// By name in lower case.
    public var headers: [String: String]
    public var body: String
    /// Whether it was answered that it is taken.
    public var isTaken = false
  }

  public enum Answer: Sendable {
    case status(Int, String = "")
    /// The connection ends without a word.
    case hangUp
  }

  private let listener: Int32
  public let port: UInt16
  private let answer: @Sendable (Post) -> Answer
  private let posts = Mutex<[Post]>([])

  public var url: String { "http://127.0.0.1:\(port)/messages" }

  /// All that arrived, in the order in which it was answered.
  public var received: [Post] { posts.withLock { $0 } }
  public var taken: [Post] { received.filter(\.isTaken) }

  /// `answer` may take its time; posts of different connections are answered at the same time.
  public init(
    port: UInt16 = 0, answer: @escaping @Sendable (Post) -> Answer = { _ in .status(204) }
  ) throws {
    self.answer = answer
    #if canImport(Glibc)
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &size) == 0
      }
    }
    guard isBound else { throw TestFailure("no port: \(String(cString: strerror(errno)))") }
    self.port = UInt16(bigEndian: address.sin_port)
    let thread = Thread { [self] in accept() }
    thread.start()
  }

  /// Takes no more connections; those that are open live on until the other side ends them.
  public func end() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func accept() {
    while true {
      let client = Foundation.accept(listener, nil, nil)
      guard client >= 0 else { return }
      let thread = Thread { [self] in
        serve(client)
        close(client)
      }
      thread.start()
    }
  }

  private func serve(_ client: Int32) {
    var held: [UInt8] = []
    while let post = Self.next(client, &held) {
      var seen = post
      switch answer(post) {
      case .hangUp:
        posts.withLock { $0.append(seen) }
        return
      case .status(let status, let text):
        seen.isTaken = (200..<300).contains(status)
        posts.withLock { $0.append(seen) }
        let head = "HTTP/1.1 \(status) As Told\r\nContent-Length: \(text.utf8.count)\r\n\r\n"
        let bytes = Array((head + text).utf8)
        guard send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return }
      }
    }
  }

  /// The next post of a connection; nil where it has ended.
  private static func next(_ client: Int32, _ held: inout [UInt8]) -> Post? {
    let end = Array("\r\n\r\n".utf8)
    var split = held.firstRange(of: end)
    while split == nil {
      guard read(client, &held) else { return nil }
      split = held.firstRange(of: end)
    }
    guard let split else { return nil }
    var headers: [String: String] = [:]
    let head = String(decoding: held[..<split.lowerBound], as: UTF8.self)
    for line in head.components(separatedBy: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    let length = Int(headers["content-length"] ?? "") ?? 0
    while held.count < split.upperBound + length {
      guard read(client, &held) else { return nil }
    }
    let body = held[split.upperBound..<split.upperBound + length]
    held = Array(held[(split.upperBound + length)...])
    return Post(headers: headers, body: String(decoding: body, as: UTF8.self))
  }

  private static func read(_ client: Int32, _ held: inout [UInt8]) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(client, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    held += chunk[..<count]
    return true
  }
}
