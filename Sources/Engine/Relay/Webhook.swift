import Digests
import Foundation
import Loyalty

/// A place on the web that takes messages, and how they are signed: as Standard Webhooks 1.0.0
/// asks (github.com/standard-webhooks), for which there are libraries in many languages.
public struct Webhook: Sendable {
  public let url: String
  /// Keys under which messages are signed; several while one takes the place of another.
  let keys: [[UInt8]]
  let timeoutMilliseconds: Int

  /// Bytes that a key has at least.
  static let shortestKey = 16

  /// `secrets` has one key a line: `whsec_` and base64, or any other text as it stands. Empty:
  /// messages are not signed.
  public init(_ url: String, secrets: String = "", timeoutMilliseconds: Int = 10_000) throws {
    let parts = URLComponents(string: url)
    guard ["http", "https"].contains(parts?.scheme?.lowercased() ?? ""),
      parts?.host?.isEmpty == false
    else { throw EngineError("`\(url)` is no address like https://example.com/patron") }
    self.url = url
    self.timeoutMilliseconds = timeoutMilliseconds
    keys = try secrets.split(whereSeparator: \.isNewline).map {
      try Self.key($0.trimmingCharacters(in: .whitespaces))
    }
  }

  private static func key(_ line: String) throws -> [UInt8] {
    var key = Array(line.utf8)
    if line.hasPrefix("whsec_") {
      guard let data = Data(base64Encoded: String(line.dropFirst(6))) else {
        throw EngineError("a secret begins with `whsec_`, and what follows is not base64")
      }
      key = Array(data)
    }
    guard key.count >= shortestKey else {
      throw EngineError("a secret has \(key.count) bytes; \(shortestKey) are the least")
    }
    return key
  }

  /// The headers of a message: its number, the second at which it is sent, and, for each key, the
  /// code of both and the body.
  func headers(id: Int64, at now: Instant, body: [UInt8]) -> [(name: String, value: String)] {
    let second = now.microseconds / 1_000_000
    var headers = [
      ("Content-Type", "application/json"), ("User-Agent", "patron"),
      ("Webhook-Id", "\(id)"), ("Webhook-Timestamp", "\(second)"),
    ]
    if !keys.isEmpty {
      let signed = Array("\(id).\(second).".utf8) + body
      let codes = keys.map { "v1," + Data(MessageCode.of(signed, key: $0)).base64EncodedString() }
      headers.append(("Webhook-Signature", codes.joined(separator: " ")))
    }
    return headers
  }

  /// Whether an answer says that the message itself is not wanted: of what is there for a moment
  /// only, and of what stands between, it is not to be told.
  static func isRefusal(_ status: Int) -> Bool {
    ![408, 425, 429, 502, 503, 504].contains(status)
  }
}
