/// Where something stands in a text file. Line and column count from 1, columns and length in
/// characters.
public struct Place: Sendable, Hashable {
  /// The file's name as the user gave it.
  public var file: String
  public var line: Int
  public var column: Int
  public var length: Int

  public init(file: String, line: Int, column: Int, length: Int) {
    self.file = file
    self.line = line
    self.column = column
    self.length = length
  }
}

extension Place: Comparable, CustomStringConvertible {
  public static func < (a: Place, b: Place) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }

  /// `config/gold-crown/program.yaml:14:17`
  public var description: String { "\(file):\(line):\(column)" }
}
