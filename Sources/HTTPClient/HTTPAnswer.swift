/// What a server answered.
public struct HTTPAnswer: Sendable, Equatable {
  public var status: Int
  /// The beginning of the answer's text.
  public var text: String

  public init(status: Int, text: String) {
    self.status = status
    self.text = text
  }
}

/// Why there is no answer.
public struct HTTPFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: Sendable {
    /// Nobody was reached: no such host, no connection, a certificate that does not hold.
    case unreachable
    /// Somebody was reached and may have taken the request: the time passed, or the connection
    /// ended, before there was an answer.
    case unanswered
  }
  public var code: Code
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
