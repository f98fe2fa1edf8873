/// `earn:{points: 100}`, `earn {points: 100}`, `earn = {points: 100}`: what stands between a name
/// and its bracket is not a colon and a space, and so they are one name. And `rules`, alone in its
/// line above what belongs to it.
enum MissingSpaces {
  /// Each with its diagnostic, and with what puts it right.
  static func all(_ source: SourceText) -> [(found: Diagnostic, edit: MendedText.Edit)] {
    var all: [(Diagnostic, MendedText.Edit)] = []
    var depth = 0
    for line in 1...max(1, source.lineCount) {
      let scalars = source.scalars(ofLine: line)
      // A bracket that nobody closed ends with its section.
      let isTop = scalars.first.map { !" \t}]#".unicodeScalars.contains($0) } ?? false
      var scan = LineScan(scalars, isTop ? 0 : depth)
      let isOpen = scan.depth > 0
      for gap in scan.gaps() {
        all.append((diagnostic(gap, scan, line, source.file), gap.edit(line)))
      }
      if !isOpen, let name = scan.nameAlone, isAbove(line, name.lowerBound, source) {
        all.append(withoutColon(name, scan, line, source.file))
      }
      depth = scan.depth
    }
    return all
  }

  /// Whether names with their colons stand below a line, further inwards.
  private static func isAbove(_ line: Int, _ indent: Int, _ source: SourceText) -> Bool {
    for next in line + 1..<source.lineCount + 1 {
      let scalars = source.scalars(ofLine: next)
      let start = scalars.prefix { $0 == " " }.count
      guard start < scalars.count, scalars[start] != "#" else { continue }
      let name = scalars[start...].prefix { !" :{}[],\"'`".unicodeScalars.contains($0) }
      return start > indent && !name.isEmpty && scalars[name.endIndex...].first == ":"
    }
    return false
  }

  private static func withoutColon(
    _ name: Range<Int>, _ scan: LineScan, _ line: Int, _ file: String
  ) -> (Diagnostic, MendedText.Edit) {
    let text = LineScan.text(scan.line[name])
    return (
      Diagnostic(
        "Y005",
        at: Place(file: file, line: line, column: name.lowerBound + 1, length: name.count),
        "no colon stands behind `\(text)`",
        help: "write `\(text):`, and what belongs to it behind or below"),
      MendedText.Edit(line: line, column: name.upperBound, removed: 0, text: ":")
    )
  }

  private static func diagnostic(_ gap: LineScan.Gap, _ scan: LineScan, _ line: Int, _ file: String)
    -> Diagnostic
  {
    let name = LineScan.text(scan.line[gap.name])
    let between = scan.line[gap.name.upperBound..<gap.bracket]
    let isWide = between.contains("：")
    let end = scan.end(from: gap.bracket)
    let value = LineScan.text(scan.line[gap.bracket..<end])
    return Diagnostic(
      isWide ? "Y020" : "Y005",
      at: Place(
        file: file, line: line, column: gap.name.lowerBound + 1, length: end - gap.name.lowerBound),
      isWide
        ? "the colon behind `\(name)` is a full-width one"
        : between.first == ":"
          ? "no space stands after the colon of `\(name):`" : "no colon stands behind `\(name)`",
      help: "write `\(name): \(value)`")
  }
}

/// One line of a text, read from left to right for names before brackets.
private struct LineScan {
  struct Gap {
    var name: Range<Int>
    /// Where the bracket stands.
    var bracket: Int

    func edit(_ line: Int) -> MendedText.Edit {
      MendedText.Edit(
        line: line, column: name.upperBound, removed: bracket - name.upperBound, text: ": ")
    }
  }

  /// So many are told of one line; in more of them nobody reads on.
  private static let most = 32

  let line: [Unicode.Scalar]
  /// How many brackets of lines above are open, and at the end of this one.
  private(set) var depth: Int

  init(_ line: [Unicode.Scalar], _ depth: Int) {
    self.line = line
    self.depth = depth
  }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  mutating func gaps() -> [Gap] {
    var gaps: [Gap] = []
    var index = line.prefix { $0 == " " || $0 == "-" || $0 == "\t" }.count
    var mayBegin = true
    while index < line.count, !isComment(index), gaps.count < Self.most {
      if mayBegin, let gap = gap(at: index) {
        gaps.append(gap)
        index = gap.bracket
      }
      let scalar = line[index]
      if scalar == "\"" || scalar == "'" {
        index = endOfQuote(index)
      } else if scalar == "{" || scalar == "[" {
        depth += 1
      } else if scalar == "}" || scalar == "]" {
        depth = max(0, depth - 1)
      }
      // In brackets a name begins behind each of them, and behind a comma.
      if scalar != " " { mayBegin = depth > 0 && "{[,".unicodeScalars.contains(scalar) }
      index += 1
    }
    return gaps
  }

  /// One word, and nothing else but a comment.
  var nameAlone: Range<Int>? {
    let start = line.prefix { $0 == " " }.count
    let name = line[start...].prefix {
      !" :：=,{}[]#&*!|>%@`\"'\t-".unicodeScalars.contains($0)
        || ($0 == "-" && start < line.count && line[start] != "-")
    }
    let rest = line[name.endIndex...].drop { $0 == " " }
    guard !name.isEmpty, rest.isEmpty || (rest.first == "#" && isComment(rest.startIndex)) else {
      return nil
    }
    return name.startIndex..<name.endIndex
  }

  private func gap(at start: Int) -> Gap? {
    let name = line[start...].prefix { !" :：=,{}[]#&*!|>%@`\"'\t".unicodeScalars.contains($0) }
    guard !name.isEmpty else { return nil }
    let between = line[name.endIndex...].prefix { " :：=".unicodeScalars.contains($0) }
    guard between.endIndex < line.count, "{[".unicodeScalars.contains(line[between.endIndex]) else {
      return nil
    }
    let colon = between.drop { $0 == " " }
    let isRight =
      colon.first == ":" && colon.count > 1 && colon.dropFirst().allSatisfy { $0 == " " }
    // A list may stand behind a word in a free text: `cards [2026]`.
    let isColon = between.contains { $0 != " " }
    guard !isRight, isColon || line[between.endIndex] == "{" else { return nil }
    return Gap(name: name.startIndex..<name.endIndex, bracket: between.endIndex)
  }

  /// Behind the bracket that closes the one at `start`, or behind the text of the line.
  func end(from start: Int) -> Int {
    var open = 0
    var index = start
    while index < line.count, !isComment(index) {
      let scalar = line[index]
      if scalar == "\"" || scalar == "'" { index = endOfQuote(index) }
      if scalar == "{" || scalar == "[" { open += 1 }
      if scalar == "}" || scalar == "]" { open -= 1 }
      index += 1
      if open == 0 { return index }
    }
    index = min(index, line.count)
    while index > start + 1, line[index - 1] == " " { index -= 1 }
    return index
  }

  private func isComment(_ index: Int) -> Bool {
    line[index] == "#" && (index == 0 || line[index - 1] == " " || line[index - 1] == "\t")
  }

  /// Where the quote ends that begins there; where it begins, if it does not end in this line or
  /// is an apostrophe.
  private func endOfQuote(_ start: Int) -> Int {
    let isInWord = start > 0 && !" ,{[:\t".unicodeScalars.contains(line[start - 1])
    guard !isInWord, let end = line[(start + 1)...].firstIndex(of: line[start]) else {
      return start
    }
    return end
  }
}
