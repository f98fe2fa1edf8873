/// A text file as the edge read it: its name as the user gave it, and its text.
public struct SourceFile: Sendable, Hashable {
  public var name: String
  public var text: String

  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// Reads bytes as UTF-8. Bytes that are none become U+FFFD, which the parser refuses with its
  /// place.
  public init(name: String, bytes: some Collection<UInt8>) {
    self.init(name: name, text: String(decoding: bytes, as: UTF8.self))
  }
}
