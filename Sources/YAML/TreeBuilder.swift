/// Builds nodes from events, and refuses what YAML can say but rule files do not.
struct TreeBuilder: ~Copyable {
  private(set) var diagnostics: [Diagnostic] = []
  private let source: SourceText
  private let firstLine: Int
  private var events: EventStream
  private var nodes = 0
  /// The line that was looked at last: one long line may hold all the scalars of a text.
  private var looked: (line: Int, scalars: [Unicode.Scalar], hasHash: Bool) = (0, [], false)

  /// Reads a run of the text's lines, counted from 1.
  init(_ source: SourceText, lines: ClosedRange<Int>) {
    self.source = source
    firstLine = lines.lowerBound
    let start = source.lineBytes(lines.lowerBound).startIndex
    let end =
      lines.upperBound < source.lineCount
      ? source.lineBytes(lines.upperBound + 1).startIndex : source.bytes.count
    events = EventStream(
      lines.count == source.lineCount ? source.bytes[...] : source.bytes[start..<end])
  }

  /// The one document of the text; nil where there is none.
  mutating func document() throws(Refusal) -> Node? {
    var root: Node?
    while true {
      let event = try next()
      switch event.kind {
      case .streamEnd: return root
      case .streamStart, .documentEnd: continue
      case .documentStart where root == nil: root = try node(try next(), depth: 0)
      default:
        diagnostics.append(
          Diagnostic(
            "Y014", at: place(event), "a second document begins here",
            help: "a file is one text: delete the line `---`, or make it a file of its own"))
        return root
      }
    }
  }

  private mutating func next() throws(Refusal) -> Event {
    do throws(SyntaxFailure) { return try events.next() } catch {
      let explained = Explanation(source, firstLine: firstLine).diagnostic(error)
      throw Refusal(diagnostic: explained, isSyntax: true)
    }
  }

  private mutating func node(_ event: Event, depth: Int) throws(Refusal) -> Node {
    nodes += 1
    let here = place(event)
    guard nodes <= Limits.nodes else {
      throw Refusal(
        diagnostic: Diagnostic(
          "Y017", at: here, "the file holds more than \(Limits.nodes) names and values",
          help: "move campaigns into files of their own"), isSyntax: false)
    }
    guard depth <= Limits.depth else {
      throw Refusal(
        diagnostic: Diagnostic(
          "Y016", at: here, "this is nested more than \(Limits.depth) deep",
          help: "give the inner part a name under `sets` or `conditions`"), isSyntax: false)
    }
    var node = Node(.broken, at: here)
    switch event.kind {
    case .scalar(let text, let style):
      node.content = .scalar(text, style)
      if style == .plain { node.cut = cut(after: event.end) }
    case .mappingStart: node = try mapping(event, depth: depth)
    case .sequenceStart: node = try sequence(event, depth: depth)
    case .alias(let name):
      diagnostics.append(
        Diagnostic(
          "Y012", at: here,
          "`*\(name)` refers to another part of the file, which rule files do not do",
          help: "write the text out, or put a text that begins with `*` in quotes"))
    default: break
    }
    return refusingProperties(of: event, node)
  }

  /// Anchors and tags are refused; what they stand on is read on.
  private mutating func refusingProperties(of event: Event, _ node: Node) -> Node {
    var node = node
    if let anchor = event.anchor {
      diagnostics.append(
        Diagnostic(
          "Y012", at: place(event.start, length: anchor.unicodeScalars.count + 1),
          "`&\(anchor)` marks a part of the file for reuse, which rule files do not do",
          help: "delete it, or put a text that begins with `&` in quotes"))
      node.content = .broken
    }
    if let tag = event.tag {
      diagnostics.append(
        Diagnostic(
          "Y013", at: place(event.start, length: 1),
          "`\(shown(tag))` is a YAML tag, which rule files do not use",
          help: "delete it, or put a text that begins with `!` in quotes"))
      node.content = .broken
    }
    return node
  }

  /// `tag:yaml.org,2002:int` is written `!!int`.
  private func shown(_ tag: String) -> String {
    let standard = "tag:yaml.org,2002:"
    return tag.hasPrefix(standard) ? "!!" + tag.dropFirst(standard.count) : tag
  }

  private mutating func sequence(_ event: Event, depth: Int) throws(Refusal) -> Node {
    var items: [Node] = []
    while true {
      let next = try next()
      if case .sequenceEnd = next.kind {
        return Node(.sequence(items), at: place(event, end: next, first: items.first?.place))
      }
      items.append(try node(next, depth: depth + 1))
    }
  }

  private mutating func mapping(_ event: Event, depth: Int) throws(Refusal) -> Node {
    var entries: [Node.Entry] = []
    var seen: [String: Place] = [:]
    var cutReported = false
    var tail: String?
    var isWhole = true
    while true {
      let next = try next()
      if case .mappingEnd = next.kind {
        let content: Node.Content = entries.isEmpty && !isWhole ? .broken : .mapping(entries)
        return Node(content, at: place(event, end: next, first: entries.first?.key.place))
      }
      var key = try node(next, depth: depth + 1)
      let following = try self.next()
      var value = try node(following, depth: depth + 1)
      if !event.isFlow, let (name, found) = withoutColon(key) {
        diagnostics.append(found)
        (key.content, value.content) = (.scalar(name, .plain), .broken)
      }
      if event.isFlow, value.isEmpty, key.style == .plain, !isColon(between: next, following) {
        isWhole = false
        if let found = otherBrackets(after: entries.last) {
          diagnostics.append(found)
          entries[entries.count - 1].value.content = .broken
        } else if !cutReported || entries.isEmpty {
          let found = cutByComma(key, after: entries.last)
          diagnostics.append(found)
          // Half a value says nothing that was meant.
          if let value = entries.last?.value, value.text != nil, !value.isEmpty {
            entries[entries.count - 1].value.content = .broken
          }
        }
        cutReported = true
        tail = tailOfNumber(key)
      } else if let cut = tail, key.text == cut {
        // The other half of a number that a comma cut in two.
        tail = nil
      } else if accepts(key, seen: seen) {
        seen[key.text ?? ""] = key.place
        entries.append(Node.Entry(key: key, value: value))
      } else {
        isWhole = false
      }
    }
  }

  /// Whether a key is a simple one that does not stand twice.
  private mutating func accepts(_ key: Node, seen: [String: Place]) -> Bool {
    guard let name = key.text else {
      if !key.isBroken {
        diagnostics.append(
          Diagnostic(
            "Y019", at: key.place, "a list or a `{ }` stands where a name is expected",
            help: "before a colon stands one name"))
      }
      return false
    }
    if name == "<<", key.style == .plain {
      diagnostics.append(
        Diagnostic(
          "Y015", at: key.place, "`<<` merges another part of the file, which rule files do not do",
          help: "write the lines out"))
      return false
    }
    guard let first = seen[name] else { return true }
    diagnostics.append(Self.twice(name, at: key.place, first: first))
    return false
  }

  static func twice(_ name: String, at place: Place, first: Place) -> Diagnostic {
    Diagnostic(
      "Y011", at: place, "`\(name)` stands here twice; the first is in line \(first.line)",
      help: "keep one of them, or give them different names")
  }

  // MARK: - What the text itself tells

  /// Whether a colon was written between a key and its empty value.
  private func isColon(between key: Event, _ value: Event) -> Bool {
    if value.end.line != key.end.line { return true }
    return value.end.column > key.end.column
  }

  /// `earn {points: 100}` and `earn:{points: 100}`: the bracket became part of a name.
  private func withoutColon(_ key: Node) -> (name: String, Diagnostic)? {
    guard key.style == .plain, let text = key.text,
      let open = text.unicodeScalars.firstIndex(where: { $0 == "{" || $0 == "[" }),
      open != text.startIndex
    else { return nil }
    let before = text[..<open]
    let name = String(before.prefix { !" :=：".contains($0) })
    guard !name.isEmpty else { return nil }
    let isWide = before.contains("：")
    let line = source.scalars(ofLine: key.place.line).dropFirst(
      key.place.column - 1 + text.unicodeScalars.distance(from: text.startIndex, to: open))
    var rest = String.UnicodeScalarView()
    rest.append(contentsOf: line.prefix { $0 != "#" })
    return (
      name,
      Diagnostic(
        isWide ? "Y020" : "Y005", at: key.place,
        isWide
          ? "the colon behind `\(name)` is a full-width one"
          : before.hasSuffix(":")
            ? "no space stands after the colon of `\(before)`" : "no colon stands behind `\(name)`",
        help: "write `\(name): \(String(rest).prefix { $0 != ";" })`")
    )
  }

  /// `【sat, sun】`, `(sat, sun)`: brackets of another kind or keyboard hold nothing together.
  private func otherBrackets(after last: Node.Entry?) -> Diagnostic? {
    guard let value = last?.value, value.style == .plain,
      let open = value.text?.unicodeScalars.first, let close = Self.otherBrackets[open]
    else { return nil }
    let line = source.scalars(ofLine: value.place.line).dropFirst(value.place.column)
    guard let end = line.firstIndex(of: close) else { return nil }
    var list = String.UnicodeScalarView()
    list.append(contentsOf: line[..<end])
    let isRound = open == "("
    return Diagnostic(
      isRound ? "Y018" : "Y020", at: value.place,
      isRound
        ? "`(` and `)` hold no list together, so a comma cut it"
        : "`\(open)` and `\(close)` look like brackets, but are other characters",
      help: "write `[\(String(list))]`")
  }

  private static let otherBrackets: [Unicode.Scalar: Unicode.Scalar] = [
    "(": ")", "【": "】", "［": "］", "｛": "｝", "（": "）", "「": "」",
  ]

  private func cutByComma(_ key: Node, after last: Node.Entry?) -> Diagnostic {
    let text = key.text ?? ""
    if let colon = text.unicodeScalars.firstIndex(where: { $0 == ":" || $0 == "：" }) {
      let name = text[..<colon]
      let rest = text[text.unicodeScalars.index(after: colon)...].drop { $0 == " " }
      let isWide = text.unicodeScalars[colon] == "："
      return Diagnostic(
        isWide ? "Y020" : "Y005", at: key.place,
        isWide
          ? "the colon in `\(text)` is a full-width one"
          : "no space stands after the colon of `\(text)`",
        help: "write `\(name): \(rest)`")
    }
    if let cut = cutNumber(key) { return cut }
    let before = last?.value.text ?? ""
    if let list = numbers(before, key) {
      return Diagnostic(
        "Y018", at: key.place, "a comma inside `{ }` cut off `\(text)`, for no colon follows it",
        help: "several values are written `[\(list)]`")
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isNumber = parts.count <= 2 && parts.allSatisfy { $0.utf8.allSatisfy(Self.isDigit) }
    if isNumber, let end = before.utf8.last, Self.isDigit(end) {
      return CutNumber(before: before, behind: number(at: key)).diagnostic(at: key.place)
    }
    if let end = before.utf8.last, Self.isDigit(end), ["-", "--", "–", "—"].contains(text) {
      return Diagnostic(
        "Y018", at: key.place, "a comma cut off `\(text)` behind the amount `\(before)`",
        help: "write `\(before)`")
    }
    if let end = before.utf8.last, Self.isDigit(end), let start = text.utf8.first,
      Self.isDigit(start), isBehindComma(key)
    {
      return CutNumber(before: before, behind: text).diagnostic(at: key.place)
    }
    let sides = text.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
    if last == nil || sides.count == 2 {
      return Diagnostic(
        "Y005", at: key.place,
        "no colon stands behind `\(sides.count == 2 ? sides[0] : text)`",
        help: sides.count == 2
          ? "write `\(sides[0]): \(sides[1])`" : "write `\(text): ` and its value")
    }
    let isCurly = before.first.map { "“”„«»".contains($0) } ?? false
    let whole = "\(before), \(text)".filter { !isCurly || !"“”„«»".contains($0) }
    let quoted = "\"\(whole)\""
    let isList = !before.contains(" ") && !text.contains(" ")
    return Diagnostic(
      "Y018", at: key.place, "a comma inside `{ }` cut off `\(text)`, for no colon follows it",
      help: last?.value.text == nil || before.isEmpty
        ? "write `\(text): ` and its value"
        : isList
          ? "several values are written `[\(before), \(text)]`; one text with a comma in it stands "
            + "in quotes: \(quoted)"
          : "put the whole text in quotes: \(quoted)")
  }

  /// `5, 15, 25` with their spaces: no thousands and no decimals, but several numbers.
  private func numbers(_ before: String, _ key: Node) -> String? {
    let line = source.scalars(ofLine: key.place.line)
    var rest = String.UnicodeScalarView()
    rest.append(
      contentsOf: line.dropFirst(key.place.column - 1).prefix { !":}#".unicodeScalars.contains($0) }
    )
    let all = String(rest).split(separator: ",").map { $0.filter { $0 != " " } }
    let numbers = [before] + all.prefix { $0.utf8.allSatisfy(Self.isDigit) }
    guard !isBehindComma(key), numbers.count > 1,
      numbers.allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) && $0.utf8.count < 3 })
    else { return nil }
    return numbers.joined(separator: ", ")
  }

  /// Whether a comma stands directly before it, as in `1,000`.
  private func isBehindComma(_ key: Node) -> Bool {
    let line = source.scalars(ofLine: key.place.line)
    return key.place.column > 1 && line[key.place.column - 2] == ","
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// The `000.00` of `1,000.00` as a name, of which only the `1` is left.
  private func tailOfNumber(_ key: Node) -> String? {
    guard let text = key.text, !text.isEmpty, text.utf8.allSatisfy(Self.isDigit) else { return nil }
    let line = source.scalars(ofLine: key.place.line)
    let rest = line.dropFirst(key.place.column - 1 + key.place.length)
    guard rest.first == "," else { return nil }
    var tail = String.UnicodeScalarView()
    tail.append(contentsOf: rest.dropFirst().prefix { $0 == "." || ("0"..."9").contains($0) })
    let (after, behind) = (String(tail), rest.dropFirst(tail.count + 1).first)
    return !after.isEmpty && behind == ":" ? after : nil
  }

  /// The digits, points and commas that begin here.
  private func number(at key: Node) -> String {
    let line = source.scalars(ofLine: key.place.line).dropFirst(key.place.column - 1)
    var text = String.UnicodeScalarView()
    text.append(
      contentsOf: line.prefix { ".,".unicodeScalars.contains($0) || ("0"..."9").contains($0) })
    while let last = text.last, ".,".unicodeScalars.contains(last) { text.removeLast() }
    return String(text)
  }

  private func cutNumber(_ key: Node) -> Diagnostic? {
    guard let text = key.text, let after = tailOfNumber(key) else { return nil }
    let isThousands = after.prefix { $0 != "." }.count == 3
    // `3,00,000`, of which the `3` stands before.
    if isThousands, isBehindComma(key) { return nil }
    return Diagnostic(
      "Y018", at: key.place, "a comma cut the number `\(text),\(after)` in two",
      help: isThousands
        ? "numbers take no comma: write `\(text)_\(after)`"
        : "a point stands before decimals: write `\(text).\(after)`")
  }

  /// What a `#` with no space behind it cut off, on the line where a plain text ends.
  private mutating func cut(after end: Mark) -> String? {
    let line = end.line + firstLine
    if looked.line != line {
      let hasHash = source.lineBytes(line).contains(UInt8(ascii: "#"))
      looked = (line, hasHash ? source.scalars(ofLine: line) : [], hasHash)
    }
    guard looked.hasHash else { return nil }
    let rest = looked.scalars.dropFirst(end.column)
    let tail = rest.drop { $0 == " " || $0 == "\t" }
    guard tail.count < rest.count || end.column == 0, tail.first == "#" else { return nil }
    guard let next = tail.dropFirst().first, next != " ", next != "\t" else { return nil }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: tail)
    return String(text)
  }

  // MARK: - Places

  private func place(_ start: Mark, length: Int) -> Place {
    Place(
      file: source.file, line: start.line + firstLine, column: start.column + 1,
      length: max(1, length))
  }

  /// Of an event that ends where it begins or on the same line; of a longer one its first line.
  private func place(_ event: Event) -> Place {
    if event.start.line == event.end.line {
      return place(event.start, length: event.end.column - event.start.column)
    }
    let first = source.scalars(ofLine: event.start.line + firstLine)
    return place(event.start, length: first.count - event.start.column)
  }

  /// Of a collection: a flow one from bracket to bracket, a block one its first key.
  private func place(_ event: Event, end: Event, first: Place?) -> Place {
    if event.isFlow {
      var whole = event
      whole.end = end.end
      return place(whole)
    }
    return place(event.start, length: first?.length ?? 1)
  }
}
