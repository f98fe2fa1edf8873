/// Which spaces the tabs of an indentation stand for, as far as the lines around leave no doubt:
/// a line that could stand in two places keeps its tab, and what it belongs to is not read.
struct TabIndents {
  /// A line of those that the next one may stand beside.
  private struct Level {
    var indent: Int
    var isDash: Bool
    /// Nothing stands behind its colon, so that more is below it.
    var opens: Bool
  }

  private struct Line {
    var blanks: ArraySlice<UInt8>
    var isDash: Bool
    var opens: Bool
    /// The name before its colon; nil in `- {…}` and in what goes on in brackets.
    var name: String?
    /// Where what stands behind the dash begins, counted from the dash.
    var inner: Int

    var hasTab: Bool { blanks.contains(0x09) }
    var tabs: Int { blanks.count { $0 == 0x09 } }
    var spaces: Int { blanks.count - tabs }
  }

  /// A name where it stands.
  private struct Name: Hashable {
    var indent: Int
    var isDash: Bool
    var text: String
  }

  private struct Tabs: Hashable {
    var blanks: [UInt8]
    var opens: Bool
  }

  private let source: SourceText
  private var levels: [Level] = []
  /// What was found of indentations with tabs, in the section that is read; nil where it was not
  /// always the same. Among lines without tabs, only lines of one shape say something of another.
  private var known: [Tabs: Int?] = [:]
  /// The lines without tabs of the section that is read, and how many of them were read.
  private var section: [Line] = []
  private var passed = 0
  private var seen: Set<Name> = []
  /// Whether a thing of the section has nothing below its name.
  private var hasShortThings = false
  private var depth = 0
  private var edits: [MendedText.Edit] = []

  static func edits(_ source: SourceText) -> [MendedText.Edit] {
    var indents = TabIndents(source: source)
    for line in 1...max(1, source.lineCount) { indents.read(line) }
    return indents.edits
  }

  private init(source: SourceText) { self.source = source }

  private mutating func read(_ number: Int) {
    guard let line = line(number) else { return comment(number) }
    if line.blanks.isEmpty { begin(number) } else if !line.hasTab { passed += 1 }
    var indent: Int? = line.hasTab ? nil : line.spaces
    if depth > 0 {
      if line.hasTab { replace(number, line.blanks.count, by: line.spaces + 2 * line.tabs) }
    } else {
      if line.hasTab { indent = place(line, number) }
      if let indent {
        if line.hasTab {
          replace(number, line.blanks.count, by: indent)
          let tabs = tabs(line.blanks, line)
          known[tabs] = .some(known[tabs].map { $0 == indent ? indent : nil } ?? indent)
        }
        push(line, indent)
      }
    }
    depth = max(0, depth + brackets(number))
  }

  /// A line at the left begins a section.
  private mutating func begin(_ number: Int) {
    (known, depth, section, passed, seen, hasShortThings) = ([:], 0, [], 0, [], false)
    var above: Line?
    for later in number + 1..<max(number + 1, source.lineCount + 1) {
      guard let line = line(later) else { continue }
      look(at: above, before: line)
      above = line
      if line.blanks.isEmpty { return }
      if line.hasTab { continue }
      section.append(line)
      if let name = line.name {
        seen.insert(Name(indent: line.spaces, isDash: line.isDash, text: name))
      }
    }
    look(at: above, before: nil)
  }

  private mutating func look(at thing: Line?, before next: Line?) {
    guard let thing, !thing.hasTab, !thing.isDash, thing.spaces == section.first?.spaces else {
      return
    }
    let isLast = next.map { !$0.hasTab && $0.spaces <= thing.spaces } ?? true
    if !thing.opens || isLast { hasShortThings = true }
  }

  private mutating func replace(_ number: Int, _ removed: Int, by indent: Int) {
    edits.append(
      MendedText.Edit(
        line: number, column: 0, removed: removed, text: String(repeating: " ", count: indent)))
  }

  private mutating func push(_ line: Line, _ indent: Int) {
    while let last = levels.last, last.indent >= indent { levels.removeLast() }
    levels.append(Level(indent: indent, isDash: line.isDash, opens: line.opens))
    if line.isDash, line.name != nil {
      levels.append(Level(indent: indent + line.inner, isDash: false, opens: line.opens))
    }
  }

  // MARK: - Where a line stands

  private func place(_ line: Line, _ number: Int) -> Int? {
    guard let last = levels.last else { return nil }
    let found = last.opens ? below(last, line) : beside(line, number)
    return found ?? asBefore(line, number)
  }

  /// As another line with the same tabs, and perhaps some spaces more.
  private func asBefore(_ line: Line, _ number: Int) -> Int? {
    let blanks = line.blanks
    // Deeper than anybody writes.
    guard blanks.count <= 2 * Limits.depth else { return nil }
    for count in stride(from: blanks.endIndex, to: blanks.startIndex, by: -1) {
      guard let all = known[tabs(blanks[..<count], line)] else { continue }
      let more = blanks[count...]
      guard let before = all, more.allSatisfy({ $0 == 0x20 }) else { return nil }
      let indent = before + more.count
      let isLevel = levels.contains { $0.indent == indent && $0.isDash == line.isDash }
      let next = next(number)
      let fits = !line.opens || next.map { $0.hasTab || $0.spaces > indent || $0.isDash } ?? true
      return isLevel && fits ? indent : nil
    }
    return nil
  }

  private func tabs(_ blanks: ArraySlice<UInt8>, _ line: Line) -> Tabs {
    Tabs(blanks: Array(blanks), opens: line.opens && !section.isEmpty)
  }

  /// The first line below a name: as those that follow it there, or a step of two spaces inwards.
  private func below(_ name: Level, _ line: Line) -> Int? {
    let step = name.indent + 2
    let following = section[passed...].prefix { $0.spaces > name.indent }
    guard let first = following.first, let least = following.min(by: { $0.spaces < $1.spaces })
    else { return isSeen(line, at: step) || !mayBeEmpty() ? step : nil }
    if line.isDash == least.isDash {
      guard line.opens, !line.isDash, least.spaces == first.spaces else { return least.spaces }
      // What follows stands below this line; so a name at that step had nothing below it.
      if least.spaces > step { return step }
      return name.indent > 0 ? name.indent : least.spaces
    }
    // What follows belongs to the line itself: what stands in its item, or its list.
    let own = line.isDash ? least.spaces - line.inner : min(step, least.spaces)
    return own > name.indent ? own : nil
  }

  /// Whether a thing with nothing behind its colon may have nothing below it either, as others
  /// of its section.
  private func mayBeEmpty() -> Bool {
    hasShortThings && levels.count { $0.indent > 0 } == 1
  }

  /// A line that goes on with one of the levels that are open.
  private func beside(_ line: Line, _ number: Int) -> Int? {
    let open = levels.filter { $0.indent > 0 && $0.isDash == line.isDash }.map(\.indent)
    guard let next = next(number), !next.hasTab else { return only(open, line) }
    let indent = next.spaces
    if line.isDash {
      return only(
        open.filter { $0 >= indent || (line.name != nil && $0 + line.inner == indent) }, line)
    }
    guard line.opens else { return only(open.filter { $0 >= indent }, line) }
    return open.last { $0 < indent || (next.isDash && $0 == indent) } ?? open.last { $0 == indent }
  }

  /// The one level that is left: of several the one where the section has such names.
  private func only(_ open: [Int], _ line: Line) -> Int? {
    if open.count == 1 { return open[0] }
    let seen = open.filter { isSeen(line, at: $0) }
    return seen.count == 1 ? seen[0] : nil
  }

  private func isSeen(_ line: Line, at indent: Int) -> Bool {
    line.name.map { seen.contains(Name(indent: indent, isDash: line.isDash, text: $0)) } ?? false
  }

  // MARK: - Lines

  /// Nil for an empty line and for a comment alone.
  private func line(_ number: Int) -> Line? {
    let bytes = source.lineBytes(number)
    let blanks = bytes.prefix { $0 == 0x20 || $0 == 0x09 }
    let text = bytes[blanks.endIndex...]
    guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
    let isDash = first == UInt8(ascii: "-") && (text.count == 1 || text.dropFirst().first == 0x20)
    let inner = isDash ? 1 + text.dropFirst().prefix { $0 == 0x20 }.count : 0
    return Line(
      blanks: blanks, isDash: isDash, opens: Self.opens(text),
      name: Self.name(text.dropFirst(inner)),
      inner: max(2, inner))
  }

  private func next(_ number: Int) -> Line? {
    var later = number + 1
    while later <= source.lineCount {
      if let line = line(later) { return line }
      later += 1
    }
    return nil
  }

  private static func name(_ text: ArraySlice<UInt8>) -> String? {
    guard let first = text.first, !"{[\"'".utf8.contains(first) else { return nil }
    let name = text.prefix { $0 != UInt8(ascii: ":") }
    return name.endIndex < text.endIndex ? String(decoding: name, as: UTF8.self) : nil
  }

  private static func opens(_ text: ArraySlice<UInt8>) -> Bool {
    var end = text.endIndex
    for index in text.indices.dropFirst()
    where text[index] == UInt8(ascii: "#") && (text[index - 1] == 0x20 || text[index - 1] == 0x09) {
      end = index
      break
    }
    let last = text[..<end].last { $0 != 0x20 && $0 != 0x09 }
    return last == UInt8(ascii: ":")
  }

  /// How many brackets a line opens that it does not close.
  private func brackets(_ number: Int) -> Int {
    var open = 0
    var quote: UInt8?
    var before = UInt8(ascii: " ")
    for byte in source.lineBytes(number) {
      let isFirst = " ,{[:\t".utf8.contains(before)
      defer { before = byte }
      if let end = quote {
        if byte == end { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): if isFirst { quote = byte }
      case UInt8(ascii: "#") where before == 0x20 || before == 0x09: return open
      case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
      default: break
      }
    }
    return open
  }

  private mutating func comment(_ number: Int) {
    let bytes = source.lineBytes(number)
    let blanks = bytes.prefix { $0 == 0x20 || $0 == 0x09 }
    guard blanks.count < bytes.count, blanks.contains(0x09) else { return }
    replace(number, blanks.count, by: blanks.count)
  }
}
