/// Writes JSON into bytes, compactly, members in the order in which they are written. It puts the
/// commas; that
/// names and values alternate is the caller's part.
///
///     var json = JSONWriter()
///     json.object { $0.member("points", 128) }
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init() {}

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Ends a line: NDJSON.
  public mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  public mutating func name(_ name: String) {
    comma()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func value(_ text: String) {
    comma()
    quote(text)
  }

  public mutating func value(_ number: some BinaryInteger) { spell(String(number)) }
  public mutating func value(_ boolean: Bool) { spell(boolean ? "true" : "false") }
  public mutating func null() { spell("null") }

  /// A number by its exact spelling, `12.50`; it must be one.
  public mutating func number(_ spelling: String) { spell(spelling) }

  /// A value that is JSON already.
  public mutating func json(_ raw: some Sequence<UInt8>) {
    comma()
    bytes.append(contentsOf: raw)
  }

  public mutating func value(_ tree: JSONValue) {
    switch tree {
    case .object(let members):
      object { for member in members { $0.member(member.name, member.value) } }
    case .array(let elements): array { for element in elements { $0.value(element) } }
    case .text(let text): value(text)
    case .number(let spelling): number(spelling)
    case .boolean(let boolean): value(boolean)
    case .null: null()
    }
  }
}

extension JSONWriter {
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    beginObject()
    try body(&self)
    endObject()
  }

  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    beginArray()
    try body(&self)
    endArray()
  }

  public mutating func member(_ name: String, _ text: String) {
    self.name(name)
    value(text)
  }

  /// Nothing at all for nil.
  public mutating func member(_ name: String, _ text: String?) {
    if let text { member(name, text) }
  }

  public mutating func member(_ name: String, _ number: some BinaryInteger) {
    self.name(name)
    value(number)
  }

  public mutating func member(_ name: String, _ boolean: Bool) {
    self.name(name)
    value(boolean)
  }

  public mutating func member(_ name: String, _ tree: JSONValue) {
    self.name(name)
    value(tree)
  }

  public mutating func memberObject(
    _ name: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.name(name)
    try object(body)
  }

  public mutating func memberArray(
    _ name: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.name(name)
    try array(body)
  }
}

extension JSONWriter {
  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func open(_ byte: UInt8) {
    comma()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func spell(_ spelling: String) {
    comma()
    bytes.append(contentsOf: spelling.utf8)
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    let first = bytes.count
    bytes.append(contentsOf: text.utf8)
    if bytes[first...].contains(where: JSONWriter.needsEscape) {
      bytes.removeSubrange(first...)
      escape(text)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(UInt8(ascii: "0") + byte >> 4)
        bytes.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
  }
}
