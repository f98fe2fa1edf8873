/// What can be read of a text in spite of a syntax error.
public struct RecoveredText: Sendable {
  public var root: Node
  /// The top-level names below which something could not be read; "" where not even the name is
  /// known. What stands below them may be declared all the same.
  public var lost: Set<String>
}

/// A syntax error hides the rest of its file; so each top-level section is read alone, and of one
/// with an error each named thing in it. Deeper nothing is guessed: a thing with an error is broken
/// as a whole, so that nobody misses in it what was only not read.
struct Sections {
  private let source: SourceText
  private var diagnostics: [Diagnostic] = []
  private var entries: [Node.Entry] = []
  private var places: [String: Place] = [:]
  private var lost: Set<String> = []

  private init(_ source: SourceText) { self.source = source }

  /// `whole` is what reading the text in one go told, `told` what was told before.
  static func read(_ source: SourceText, else whole: [Diagnostic], told: [Diagnostic] = [])
    -> ParsedText
  {
    var sections = Sections(source)
    for chunk in sections.chunks(1...max(1, source.lineCount), isStart: sections.beginsSection) {
      sections.section(chunk)
    }
    // Whole in its parts: then what is wrong is between them.
    if sections.lost.isEmpty { return ParsedText(root: nil, diagnostics: whole) }
    let at = sections.entries.first?.key.place
    let root = at.map { Node(.mapping(sections.entries), at: $0) }
    let all = told + sections.diagnostics
    let found = all.isEmpty ? whole : all
    return ParsedText(
      root: nil, diagnostics: found,
      rest: root.map { RecoveredText(root: $0, lost: sections.lost) })
  }

  // MARK: - Lines

  private func beginsSection(_ line: Int) -> Bool {
    guard let first = source.lineBytes(line).first else { return false }
    return !" \t#-}]\"'".utf8.contains(first)
  }

  /// The lines from each start to the next one.
  private func chunks(_ lines: ClosedRange<Int>, isStart: (Int) -> Bool) -> [ClosedRange<Int>] {
    let starts = lines.filter(isStart)
    return starts.enumerated().map { index, start in
      start...(index + 1 < starts.count ? starts[index + 1] - 1 : lines.upperBound)
    }
  }

  /// A tab says nothing of where its line stands: it goes with the one above.
  private func indentation(_ line: Int) -> Int {
    TextChecks.tab(inIndentationOf: line, source) == nil
      ? source.lineBytes(line).prefix { $0 == 0x20 }.count : Int.max
  }

  /// Empty, or a comment alone.
  private func isBlank(_ line: Int) -> Bool {
    let rest = source.lineBytes(line).drop { $0 == 0x20 }
    return rest.first.map { $0 == UInt8(ascii: "#") } ?? true
  }

  /// The name that a line begins with, and whether nothing but a comment stands behind its colon.
  private func head(_ line: Int) -> (key: Node, isAlone: Bool)? {
    let scalars = source.scalars(ofLine: line)
    let start = scalars.prefix { $0 == " " }.count
    let name = scalars[start...].prefix { !" :".unicodeScalars.contains($0) }
    guard !name.isEmpty, name.allSatisfy({ !"{}[],&*!|>%@\t：`\"'".unicodeScalars.contains($0) })
    else { return nil }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: name)
    let rest = scalars[(start + name.count)...]
    let behind = rest.dropFirst().drop { $0 == " " }
    let place = Place(file: source.file, line: line, column: start + 1, length: name.count)
    return (
      Node(.scalar(String(text), .plain), at: place),
      rest.first == ":" && (behind.first.map { $0 == "#" } ?? true)
    )
  }

  // MARK: - Reading

  private enum Attempt {
    case whole(Node?, [Diagnostic])
    case failed([Diagnostic])
  }

  private func attempt(_ lines: ClosedRange<Int>) -> Attempt {
    // Tabs were told already, all at once.
    if lines.contains(where: { TextChecks.tab(inIndentationOf: $0, source) != nil }) {
      return .failed([])
    }
    var builder = TreeBuilder(source, lines: lines)
    do throws(Refusal) {
      let root = try builder.document()
      return .whole(root, builder.diagnostics)
    } catch {
      return .failed(error.isSyntax ? builder.diagnostics + [error.diagnostic] : [])
    }
  }

  private mutating func section(_ lines: ClosedRange<Int>) {
    switch attempt(lines) {
    case .whole(let root?, let found):
      diagnostics += found
      guard let read = root.entries else { return lose("") }
      for entry in read { add(entry) }
    case .whole: break
    case .failed(let found):
      guard let head = head(lines.lowerBound) else {
        diagnostics += found
        return lose("")
      }
      lose(head.key.text ?? "")
      let things = head.isAlone ? things(in: lines, of: head.key) : nil
      // Of one mistake the whole section says most.
      diagnostics += things.flatMap { $0.failures > 1 ? $0.diagnostics : nil } ?? found
      add(Node.Entry(key: head.key, value: things?.node ?? Node(.broken, at: head.key.place)))
    }
  }

  private mutating func lose(_ name: String) { lost.insert(name) }

  private mutating func add(_ entry: Node.Entry) {
    if let first = places[entry.name] {
      diagnostics.append(TreeBuilder.twice(entry.name, at: entry.key.place, first: first))
      return
    }
    places[entry.name] = entry.key.place
    entries.append(entry)
  }

  /// The named things, or the items of a list, below the first of `lines`, each read alone; nil
  /// where they cannot be told apart.
  private func things(in lines: ClosedRange<Int>, of section: Node)
    -> (node: Node, diagnostics: [Diagnostic], failures: Int)?
  {
    let below = (lines.lowerBound + 1..<lines.upperBound + 1).filter { !isBlank($0) }
    guard let first = below.first, below.allSatisfy({ indentation($0) >= indentation(first) })
    else { return nil }
    let isList = source.line(first).dropFirst(indentation(first)).hasPrefix("- ")
    let parts = chunks(first...lines.upperBound) { line in
      guard !isBlank(line), indentation(line) == indentation(first) else { return false }
      return isList
        ? source.line(line).dropFirst(indentation(first)).hasPrefix("- ") : head(line) != nil
    }
    guard parts.first?.lowerBound == first else { return nil }
    var (found, failures): ([Diagnostic], Int) = ([], 0)
    var (things, items): ([Node.Entry], [Node]) = ([], [])
    for part in parts {
      switch attempt(part) {
      case .whole(let node, let told):
        found += told
        things += node?.entries ?? []
        items += node?.items ?? []
      case .failed(let told):
        found += told
        failures += 1
        guard !isList, let key = head(part.lowerBound)?.key else { continue }
        things.append(Node.Entry(key: key, value: Node(.broken, at: key.place)))
      }
    }
    guard failures > 0 else { return nil }
    let content: Node.Content =
      isList
      ? (items.isEmpty ? .broken : .sequence(items))
      : things.isEmpty ? .broken : .mapping(things)
    return (Node(content, at: section.place), found, failures)
  }
}
