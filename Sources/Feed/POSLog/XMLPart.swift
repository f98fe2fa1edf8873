import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of an XML text, by its local name: whose namespace it is, and what its attributes'
/// prefixes are, does not matter here.
struct XMLPart: Sendable {
  var name: String
  var attributes: [String: String] = [:]
  /// Without the blanks around it.
  var text = ""
  var parts: [XMLPart] = []

  subscript(attribute: String) -> String? { attributes[attribute] }

  func part(_ name: String) -> XMLPart? { parts.first { $0.name == name } }
  func parts(_ names: String...) -> [XMLPart] { parts.filter { names.contains($0.name) } }

  /// The text of the first element at this path that has one.
  func text(_ path: String...) -> String? { text(path[...]) }

  private func text(_ path: ArraySlice<String>) -> String? {
    guard let first = path.first else { return text.isEmpty ? nil : text }
    return parts.lazy.filter { $0.name == first }.compactMap { $0.text(path.dropFirst()) }.first
  }

  /// All elements of these names below, the outermost only, in their order.
  func all(_ names: Set<String>) -> [XMLPart] {
    parts.flatMap { names.contains($0.name) ? [$0] : $0.all(names) }
  }

  /// `true` and `1`.
  func says(_ attribute: String) -> Bool {
    ["true", "1"].contains(attributes[attribute]?.lowercased())
  }
}

/// Reads one piece of XML into its elements.
final class XMLPartBuilder: NSObject, XMLParserDelegate {
  /// Elements within one another.
  private static let depth = 64

  private var open: [XMLPart] = []
  private var root: XMLPart?
  private var fault: (line: Int, reason: String)?

  /// The piece's own element, without those around it.
  static func read(_ piece: XMLPiece) -> Result<XMLPart, FeedProblem> {
    guard let bytes = utf8(piece) else {
      return .failure(
        FeedProblem(
          .unreadable, "", "the text is no UTF-8",
          remedy: "write it in UTF-8, or let the file's first line name ISO-8859-1",
          line: piece.line))
    }
    let builder = XMLPartBuilder()
    let parser = XMLParser(data: Data(bytes))
    parser.shouldProcessNamespaces = true
    parser.shouldResolveExternalEntities = false
    parser.delegate = builder
    let isRead = parser.parse()
    if builder.fault == nil, !isRead { builder.fault = (parser.lineNumber, "it is no XML") }
    if let (line, reason) = builder.fault {
      return .failure(
        FeedProblem(
          .unreadable, "", "the XML is broken: \(reason)",
          remedy: "send the transaction as well-formed XML", line: piece.line + max(0, line - 1)))
    }
    let part = builder.root.flatMap {
      $0.name == "Transaction" ? $0 : $0.all(["Transaction"]).first
    }
    return part.map { .success($0) }
      ?? .failure(FeedProblem(.unreadable, "", "there is no transaction in it"))
  }

  /// Nil where it is none: Foundation's parser traps on names that are not.
  private static func utf8(_ piece: XMLPiece) -> [UInt8]? {
    let bytes = piece.head + piece.bytes + piece.tail
    guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
    if piece.isLatin {
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count * 2)
      for byte in bytes {
        if byte < 0x80 {
          text.append(byte)
        } else {
          text += [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
        }
      }
      return text
    }
    return String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes) ? bytes : nil
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    if open.count == Self.depth, fault == nil {
      fault = (parser.lineNumber, "more than \(Self.depth) elements stand within one another")
      parser.abortParsing()
    }
    var part = XMLPart(name: Self.local(name))
    for (key, value) in attributes { part.attributes[Self.local(key)] = value }
    open.append(part)
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard var part = open.popLast() else { return }
    part.text = part.text.trimmingCharacters(in: .whitespacesAndNewlines)
    if open.isEmpty { root = part } else { open[open.count - 1].parts.append(part) }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if !open.isEmpty { open[open.count - 1].text += text }
  }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    if !open.isEmpty { open[open.count - 1].text += String(decoding: block, as: UTF8.self) }
  }

  func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
    let code = (error as NSError).code
    // From 99 on libxml2 warns, and from 200 on it does not know a namespace: not our concern.
    guard code < 99 || code == 512, fault == nil else { return }
    fault = (parser.lineNumber, Self.reason(code))
  }

  private static func local(_ name: String) -> String {
    name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
  }

  /// libxml2's codes of what people and broken tills send.
  private static func reason(_ code: Int) -> String {
    switch code {
    case 5, 77: "it ends before its last end tag"
    case 9: "a character stands in it that XML does not allow, or that is no UTF-8"
    case 26, 27, 28: "it uses an entity (&…;) that XML does not know"
    case 23, 68: "an & or < stands where &amp; or &lt; should"
    case 38, 39, 40, 41, 65, 73: "a tag's attributes or its > are not in order"
    case 42: "an attribute stands twice in one tag"
    case 76: "an end tag does not fit its start tag"
    default: "it is not well-formed (libxml2's code \(code))"
    }
  }
}
