/// One transaction of an XML file, as it stands there.
struct XMLPiece: Sendable {
  var bytes: [UInt8]
  /// The file's line at which it begins.
  var line: Int
  /// Written in ISO 8859-1; otherwise in UTF-8.
  var isLatin = false
  /// The elements around it, whose namespaces hold inside: their start tags on one line.
  var head: [UInt8] = []
  var tail: [UInt8] = []
}

/// Cuts an XML file into its `Transaction` elements, without reading what stands in them: so memory
/// holds one of them at a time, and one that is broken does not break the next.
///
/// Nothing is followed that a file declares: a document type is refused.
struct XMLScanner: ~Copyable {
  /// The elements that a file may begin with.
  private static let roots = ["POSLog", "Transaction"]
  private static let piece = "Transaction"
  /// Bytes read at once; a pipe may give fewer.
  private static let size = 1 << 17
  /// Elements around a transaction.
  private static let depth = 16

  private var input: InputFile
  private let progress: (Int) -> Void
  private var bytes: [UInt8] = []
  private let room = [UInt8](repeating: 0, count: XMLScanner.size)
  /// Where the next token is looked for.
  private var at = 0
  private var atEnd = false
  /// Lines begun before `counted`.
  private var line = 1
  private var counted = 0
  private var isLatin = false
  private var around: [Tag] = []
  private var current: (name: [UInt8], start: Int, line: Int)?
  private var hasRoot = false
  private var isChecked = false

  private struct Tag {
    /// With its prefix.
    var name: [UInt8]
    var bytes: [UInt8]
  }

  init(_ input: FeedInput, progress: @escaping (Int) -> Void) throws(FeedError) {
    self.input = try InputFile(input)
    self.progress = progress
  }

  /// Lines of the file, as far as it was read.
  var lines: Int { line }

  /// The next transaction; nil at the file's end. Throws where the file ends too early.
  mutating func next() throws(FeedError) -> XMLPiece? {
    while let token = try token() {
      count(to: token.range.lowerBound)
      at = token.range.upperBound
      switch token.kind {
      case .aside: continue
      case .declaration: try declare(token.range)
      case .start: if let piece = try start(token.range) { return piece }
      case .end: if let piece = end(token.range) { return piece }
      }
    }
    count(to: bytes.count)
    if !hasRoot { throw wrong("the file is empty; a POSLog is XML: <POSLog> … </POSLog>") }
    if current != nil || !around.isEmpty { throw unfinished() }
    return nil
  }

  private mutating func declare(_ range: Range<Int>) throws(FeedError) {
    guard !hasRoot else { return }
    let text = String(decoding: bytes[range], as: UTF8.self)
    guard let place = text.range(of: "encoding") else { return }
    let parts = text[place.upperBound...].split(whereSeparator: { "=\"' ?>".contains($0) })
    let encoding = parts.first.map(String.init) ?? "UTF-8"
    guard ["utf-8", "us-ascii", "ascii", "iso-8859-1"].contains(encoding.lowercased()) else {
      throw wrong(
        "the file says that it is written in \(Shown.text(encoding)); send it as UTF-8, and let "
          + "its first line say so")
    }
    isLatin = encoding.lowercased() == "iso-8859-1"
  }

  private mutating func start(_ range: Range<Int>) throws(FeedError) -> XMLPiece? {
    let name = name(range, from: 1)
    let isPiece = isLocal(name, XMLScanner.piece)
    if current != nil, !isPiece { return nil }
    if !hasRoot, !XMLScanner.roots.contains(where: { isLocal(name, $0) }) {
      let root = Shown.text(String(decoding: bytes[name], as: UTF8.self))
      throw wrong(
        "the file begins with <\(root)>, not with <POSLog>, so nothing of it was taken")
    }
    hasRoot = true
    let isWhole = bytes[range.upperBound - 2] == UInt8(ascii: "/")
    guard isPiece else {
      if !isWhole { try surround(name, range) }
      return nil
    }
    // A transaction stands in no other one: the one before was not closed.
    let before = current.map { piece($0.start..<range.lowerBound, $0.line) }
    current = (Array(bytes[name]), range.lowerBound, line)
    if isWhole, before == nil { return finished(range.upperBound) }
    return before
  }

  private mutating func surround(_ name: Range<Int>, _ range: Range<Int>) throws(FeedError) {
    if around.count == XMLScanner.depth {
      throw wrong("more than \(XMLScanner.depth) elements stand around one another")
    }
    // On one line, so that a parser counts the lines of the piece alone.
    let tag = bytes[range].map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    around.append(Tag(name: Array(bytes[name]), bytes: tag))
  }

  private mutating func end(_ range: Range<Int>) -> XMLPiece? {
    let name = bytes[name(range, from: 2)]
    if let current, current.name.elementsEqual(name) { return finished(range.upperBound) }
    guard let last = around.last, last.name.elementsEqual(name) else { return nil }
    let before = current.map { piece($0.start..<range.lowerBound, $0.line) }
    current = nil
    around.removeLast()
    return before
  }

  private mutating func finished(_ end: Int) -> XMLPiece? {
    defer { current = nil }
    return current.map { piece($0.start..<end, $0.line) }
  }

  private func piece(_ range: Range<Int>, _ line: Int) -> XMLPiece {
    var piece = XMLPiece(bytes: Array(bytes[range]), line: line, isLatin: isLatin)
    for tag in around { piece.head += tag.bytes }
    for tag in around.reversed() { piece.tail += Array("</".utf8) + tag.name + Array(">".utf8) }
    return piece
  }

  /// Where a tag's name stands, with its prefix.
  private func name(_ range: Range<Int>, from offset: Int) -> Range<Int> {
    let start = range.lowerBound + offset
    var end = start
    while end < range.upperBound - 1, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "/") {
      end += 1
    }
    return start..<end
  }

  /// Whether a name is this one behind its prefix.
  private func isLocal(_ name: Range<Int>, _ local: String) -> Bool {
    let start = name.upperBound - local.utf8.count
    guard start >= name.lowerBound, bytes[start..<name.upperBound].elementsEqual(local.utf8) else {
      return false
    }
    return start == name.lowerBound || bytes[start - 1] == UInt8(ascii: ":")
  }
}

extension XMLScanner {
  private enum Kind { case start, end, declaration, aside }

  /// The next piece of markup; nil where none follows.
  private mutating func token() throws(FeedError) -> (kind: Kind, range: Range<Int>)? {
    if !isChecked { try check() }
    var from = at
    var begin: Int?
    while begin == nil {
      begin = ByteSearch.first(UInt8(ascii: "<"), in: bytes, from..<bytes.count)
      if begin != nil { break }
      from = bytes.count
      at = from
      let moved = try fill()
      guard let moved else { return nil }
      from -= moved
    }
    guard var start = begin else { return nil }
    at = start
    while true {
      if let found = XMLScanner.markup(bytes, start) {
        if found.kind == nil { throw declaredType(start) }
        if let kind = found.kind { return (kind, start..<found.end) }
      }
      guard let moved = try fill() else { throw unfinished() }
      start -= moved
    }
  }

  /// Where markup ends that begins here; nil where its end is still to be read. A document type has
  /// no kind.
  private static func markup(_ bytes: [UInt8], _ start: Int) -> (kind: Kind?, end: Int)? {
    guard start + 9 <= bytes.count || bytes[start...].contains(UInt8(ascii: ">")) else {
      return nil
    }
    switch bytes[start + 1] {
    case UInt8(ascii: "!"):
      if stands("<!--", bytes, start) { return end(bytes, start + 4, "-->").map { (.aside, $0) } }
      guard stands("<![CDATA[", bytes, start) else { return (nil, start + 2) }
      return end(bytes, start + 9, "]]>").map { (.aside, $0) }
    case UInt8(ascii: "?"):
      let isDeclaration = stands("<?xml ", bytes, start)
      return end(bytes, start + 2, "?>").map { (isDeclaration ? .declaration : .aside, $0) }
    case UInt8(ascii: "/"):
      return tagEnd(bytes, start).map { ($0 - start < 4 ? .aside : .end, $0) }
    default: return tagEnd(bytes, start).map { ($0 - start < 3 ? .aside : .start, $0) }
    }
  }

  private static func stands(_ text: String, _ bytes: [UInt8], _ start: Int) -> Bool {
    bytes[start...].starts(with: text.utf8)
  }

  /// A `>` inside quotes does not end a tag; a `<` begins another one, whatever the quotes say.
  private static func tagEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    var quote: UInt8 = 0
    var place = start + 1
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "<") { return place }
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return place + 1
      }
      place += 1
    }
    return nil
  }

  private static func end(_ bytes: [UInt8], _ from: Int, _ text: String) -> Int? {
    let mark = Array(text.utf8)
    var place = from
    while place + mark.count <= bytes.count,
      let last = ByteSearch.first(mark[mark.count - 1], in: bytes, place..<bytes.count)
    {
      if last + 1 - mark.count >= from,
        bytes[(last + 1 - mark.count)...last].elementsEqual(mark)
      {
        return last + 1
      }
      place = last + 1
    }
    return nil
  }

  /// Reads on, and lets go what is no longer needed: gives by how much everything moved. Nil at the
  /// end of the input.
  private mutating func fill() throws(FeedError) -> Int? {
    guard !atEnd else { return nil }
    let moved = min(current?.start ?? at, at)
    if moved > 0 {
      count(to: max(counted, moved))
      bytes.removeSubrange(..<moved)
      at -= moved
      counted -= moved
      current?.start -= moved
    }
    guard bytes.count <= FeedLimit.row else {
      throw FeedError(
        .rowTooLong, line: current?.line ?? line,
        "the transaction is longer than \(FeedLimit.row >> 20) MB, so nothing of the file was "
          + "taken")
    }
    let end = bytes.count
    bytes.append(contentsOf: room)
    let count = try input.read(into: &bytes, at: end)
    bytes.removeSubrange((end + count)...)
    atEnd = count == 0
    progress(input.bytesRead)
    return atEnd ? nil : moved
  }

  private mutating func count(to place: Int) {
    guard place > counted else { return }
    var from = counted
    while let found = ByteSearch.first(UInt8(ascii: "\n"), in: bytes, from..<place) {
      line += 1
      from = found + 1
    }
    counted = place
  }

  /// Whether the file can be XML in a form that is read here.
  private mutating func check() throws(FeedError) {
    while bytes.count < 4, try fill() != nil {}
    isChecked = true
    if bytes.starts(with: [0x1F, 0x8B]) {
      throw wrong("the file is packed by gzip; unpack it: gzip -dc FILE | patron post -")
    }
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      throw wrong("the file is written in UTF-16; send it as UTF-8")
    }
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let first = bytes[start...].first { $0 > 0x20 }
    guard first == nil || first == UInt8(ascii: "<") else {
      throw wrong("this is no XML, so nothing of the file was taken")
    }
  }

  private func wrong(_ message: String) -> FeedError {
    FeedError(.wrongFormat, line: line, message)
  }

  private mutating func declaredType(_ place: Int) -> FeedError {
    count(to: place)
    return wrong(
      "the file declares a document type or entities (<!…>), which are not followed, so nothing of "
        + "it was taken; send it without")
  }

  private func unfinished() -> FeedError {
    FeedError(
      .unfinished, line: current?.line ?? line,
      "the file ends inside a transaction or before its last end tag, so nothing of it was taken; "
        + "post it again when it is whole")
  }
}
