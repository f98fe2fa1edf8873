/// A file's text cut into lines, so that marks of the parser and excerpts of diagnostics find
/// their characters.
struct SourceText: Sendable {
  let file: String
  /// Without a byte order mark at the beginning.
  let bytes: [UInt8]
  /// Where each line's bytes begin; lines end as libyaml ends them (LF, CRLF, CR, NEL, LS, PS).
  private let starts: [Int]

  init(_ source: SourceFile) {
    file = source.name
    var bytes = Array(source.text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    self.bytes = bytes
    starts = SourceText.lineStarts(bytes)
  }

  var lineCount: Int { starts.count }

  /// The bytes of a line counted from 1, without its end; none outside the text.
  func lineBytes(_ line: Int) -> ArraySlice<UInt8> {
    guard line >= 1, line <= starts.count else { return [] }
    var end = line < starts.count ? starts[line] : bytes.count
    let start = starts[line - 1]
    while end > start, SourceText.isBreak(bytes[end - 1]) { end -= 1 }
    return bytes[start..<end]
  }

  /// The place in `bytes` of a column counted from 1, in characters; nil outside the line.
  func offset(_ line: Int, _ column: Int) -> Int? {
    guard line >= 1, line <= starts.count, column >= 1 else { return nil }
    let characters = self.line(line).unicodeScalars
    guard column - 1 <= characters.count else { return nil }
    return starts[line - 1]
      + characters.prefix(column - 1).reduce(0) { $0 + UTF8.width($1) }
  }

  func line(_ line: Int) -> String { String(decoding: lineBytes(line), as: UTF8.self) }

  func scalars(ofLine line: Int) -> [Unicode.Scalar] { Array(self.line(line).unicodeScalars) }

  private static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private static func lineStarts(_ bytes: [UInt8]) -> [Int] {
    var starts = [0]
    var index = 0
    while index < bytes.count {
      let length = breakLength(bytes, at: index)
      index += max(1, length)
      if length > 0 { starts.append(index) }
    }
    return starts
  }

  /// How many bytes the line end at `index` has; 0 where none stands.
  private static func breakLength(_ bytes: [UInt8], at index: Int) -> Int {
    switch bytes[index] {
    case 0x0A: return 1
    case 0x0D: return index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
    case 0xC2: return index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
    case 0xE2:
      guard index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return 0 }
      return bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9 ? 3 : 0
    default: return 0
    }
  }
}
