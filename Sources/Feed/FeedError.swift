import YAML

/// Why a file as a whole cannot be taken: nothing of it is published.
public struct FeedError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    /// It cannot be opened or read, or there is no room for its copy.
    case inputOutput = "input/output"
    /// It ends inside a record: perhaps it is still being written.
    case unfinished
    /// It is no file of this kind at all.
    case wrongFormat = "wrong format"
    case rowTooLong = "row too long"
    case tooManyRows = "too many rows"
  }

  public var code: Code
  /// Counted from 1; nil where it concerns no line.
  public var line: Int?
  /// The file's name, where the command had one.
  public var file: String?
  /// One sentence without a full stop, safe to show.
  public var message: String

  /// What is wrong between a mapping and the file, with places in the mapping.
  public var diagnostics: [Diagnostic] = []

  /// It is the file or its mapping that has to be mended, not the machine.
  public var isOfFile: Bool { code != .inputOutput }

  public init(_ code: Code, line: Int? = nil, _ message: String) {
    self.code = code
    self.line = line
    self.message = message
  }
}

extension FeedError {
  /// Of a line that is longer than any record may be.
  static func lineTooLong(_ line: Int) -> FeedError {
    FeedError(
      .rowTooLong, line: line,
      "the line is longer than \(FeedLimit.row >> 20) MB, so nothing of the file was taken; put "
        + "each record on a line of its own, or take this one out")
  }
}

extension FeedError: CustomStringConvertible {
  public var description: String {
    guard let file, !message.hasPrefix(file) else {
      return (line.map { "line \($0): " } ?? "") + message
    }
    return file + ":" + (line.map { "\($0): " } ?? " ") + message
  }
}
