/// A text with slips of the pen put right, so that what stands around them can be read. What is
/// then told of it is brought back to the places of the text as it was written.
struct MendedText {
  /// Of one line, `removed` characters from a column counted from 0, and what stands for them.
  struct Edit {
    var line: Int
    var column: Int
    var removed: Int
    var text: String
  }

  let source: SourceText
  private var edits: [Int: [Edit]] = [:]

  /// `edits` do not overlap.
  init(_ written: SourceText, _ edits: [Edit]) {
    let ordered = edits.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    var bytes: [UInt8] = []
    var taken = 0
    for edit in ordered {
      guard let start = written.offset(edit.line, edit.column + 1),
        let end = written.offset(edit.line, edit.column + edit.removed + 1)
      else { continue }
      bytes += written.bytes[taken..<start]
      bytes += edit.text.utf8
      taken = end
      self.edits[edit.line, default: []].append(edit)
    }
    bytes += written.bytes[taken...]
    source = SourceText(
      SourceFile(name: written.file, text: String(decoding: bytes, as: UTF8.self)))
  }

  // MARK: - Back to the places as written

  func written(_ parsed: ParsedText) -> ParsedText {
    ParsedText(
      root: parsed.root.map(written), diagnostics: parsed.diagnostics.map(written),
      rest: parsed.rest.map { RecoveredText(root: written($0.root), lost: $0.lost) })
  }

  private func written(_ diagnostic: Diagnostic) -> Diagnostic {
    var diagnostic = diagnostic
    diagnostic.place = written(diagnostic.place)
    return diagnostic
  }

  private func written(_ node: Node) -> Node {
    var node = node
    node.place = written(node.place)
    switch node.content {
    case .mapping(let entries):
      node.content = .mapping(
        entries.map { Node.Entry(key: written($0.key), value: written($0.value)) })
    case .sequence(let items): node.content = .sequence(items.map { written($0) })
    case .scalar, .broken: break
    }
    return node
  }

  private func written(_ place: Place) -> Place {
    guard let edits = edits[place.line] else { return place }
    var written = place
    written.column = column(place.column - 1, edits) + 1
    written.length = max(
      1, column(place.column - 1 + place.length, edits) - written.column + 1)
    return written
  }

  /// A column of the mended line in the written one, both counted from 0.
  private func column(_ mended: Int, _ edits: [Edit]) -> Int {
    var more = 0
    for edit in edits {
      let (start, count) = (edit.column + more, edit.text.unicodeScalars.count)
      if mended <= start { break }
      if mended < start + count { return edit.column + min(mended - start, edit.removed) }
      more += count - edit.removed
    }
    return mended - more
  }
}
