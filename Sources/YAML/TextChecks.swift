/// What is wrong with a text before anybody reads it as YAML.
enum TextChecks {
  /// The code of tabs in indentations: what stands below no such line can be read.
  static let tabs = "Y004"

  static func all(_ source: SourceText) -> [Diagnostic] {
    if let tooLarge = size(source) { return [tooLarge] }
    if let wide = utf16(source) { return [wide] }
    if let strange = characters(source) { return [strange] }
    return tabs(source).map { [$0] } ?? []
  }

  private static func size(_ source: SourceText) -> Diagnostic? {
    guard source.bytes.count > Limits.textBytes else { return nil }
    return Diagnostic(
      "Y001", at: Place(file: source.file, line: 1, column: 1, length: 1),
      "the file has \(source.bytes.count) bytes, more than the \(Limits.textBytes) that are read",
      help: "move campaigns into files of their own")
  }

  /// Two bytes a character, which read as UTF-8 is every other one a control character: marked by
  /// U+FEFF, which becomes two U+FFFD here, or seen by a NUL beside the first letter.
  private static func utf16(_ source: SourceText) -> Diagnostic? {
    let first = source.bytes.prefix(8)
    let isMarked =
      first.starts(with: [0xEF, 0xBF, 0xBD, 0xEF, 0xBF, 0xBD]) && source.bytes.contains(0)
    let two = Array(first.prefix(2))
    guard isMarked || (two.count == 2 && (two[0] == 0) != (two[1] == 0)) else { return nil }
    return Diagnostic(
      "Y002", at: Place(file: source.file, line: 1, column: 1, length: 1),
      "the file is UTF-16 text, and only UTF-8 is read",
      help: "save the file again with the encoding UTF-8")
  }

  /// The first character that no text of people holds.
  private static func characters(_ source: SourceText) -> Diagnostic? {
    guard source.bytes.contains(where: isSuspect) else { return nil }
    for line in 1...source.lineCount where source.lineBytes(line).contains(where: isSuspect) {
      for (index, scalar) in source.scalars(ofLine: line).enumerated() {
        let place = Place(file: source.file, line: line, column: index + 1, length: 1)
        if let found = diagnostic(scalar, at: place) { return found }
      }
    }
    return nil
  }

  /// Control characters, and the first bytes of U+FFFD, NEL, LS and DEL.
  private static func isSuspect(_ byte: UInt8) -> Bool {
    (byte < 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09) || byte == 0x7F || byte == 0xEF
      || byte == 0xC2
  }

  private static func diagnostic(_ scalar: Unicode.Scalar, at place: Place) -> Diagnostic? {
    if scalar == "\u{FFFD}" {
      return Diagnostic(
        "Y002", at: place, "the file is not UTF-8 text: a character here cannot be read",
        help: "save the file again with the encoding UTF-8")
    }
    let isControl = scalar.value < 0x20 && scalar != "\t"
    let isSecondControl = (0x7F..<0xA0).contains(scalar.value) && scalar.value != 0x85
    let isMark = scalar.value == 0xFEFF
    guard isControl || isSecondControl || isMark else { return nil }
    let number = String(scalar.value, radix: 16, uppercase: true)
    let code = String(repeating: "0", count: max(0, 4 - number.utf8.count)) + number
    return Diagnostic(
      "Y003", at: place, "an invisible control character (U+\(code)) stands here",
      help: "delete it; was the file saved as plain text in UTF-8?")
  }

  /// The first tab in an indentation, for all of them.
  private static func tabs(_ source: SourceText) -> Diagnostic? {
    guard source.bytes.contains(0x09) else { return nil }
    var first: Place?
    var count = 0
    for line in 1...source.lineCount {
      guard let column = tab(inIndentationOf: line, source) else { continue }
      count += 1
      first = first ?? Place(file: source.file, line: line, column: column, length: 1)
    }
    guard let first else { return nil }
    let more = count > 1 ? ", and in \(count - 1) more line\(count > 2 ? "s" : "")" : ""
    return Diagnostic(
      tabs, at: first, "a tab stands in the indentation\(more)",
      help: "indent with spaces, two for each step")
  }

  /// The column of the first one, counted from 1; lines of nothing but blanks do not count.
  static func tab(inIndentationOf line: Int, _ source: SourceText) -> Int? {
    let indentation = source.lineBytes(line).prefix { $0 == 0x20 || $0 == 0x09 }
    guard let tab = indentation.firstIndex(of: 0x09),
      indentation.count < source.lineBytes(line).count
    else { return nil }
    return tab - indentation.startIndex + 1
  }
}
