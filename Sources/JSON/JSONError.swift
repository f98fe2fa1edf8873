/// Why bytes are not JSON (RFC 8259): where, and in plain language.
public struct JSONError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    /// The bytes end inside a value: perhaps the rest is still to come.
    case endsTooEarly
    case unexpected
    case badNumber
    case badText
    case badUTF8
    case tooDeep
    case goesOn
    case wrongKind
  }

  public var code: Code
  /// Counted in bytes from the first byte that the reader was given.
  public var offset: Int
  /// One sentence without a full stop.
  public var message: String

  public init(_ code: Code, at offset: Int, _ message: String) {
    self.code = code
    self.offset = offset
    self.message = message
  }
}

extension JSONError: CustomStringConvertible {
  public var description: String { "\(message), at byte \(offset + 1)" }
}
