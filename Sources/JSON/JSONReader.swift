/// Reads JSON from UTF-8 bytes by asking for one piece after the other: no tree, no dictionary, no
/// string unless
/// asked for.
///
///     var reader = JSONReader(bytes)
///     try reader.beginObject()
///     while let name = try reader.nextName() { … read or skip its value … }
///     try reader.finish()
///
/// Strict as RFC 8259: valid UTF-8 and surrogate pairs, no comments, no commas left over. Names may
/// stand twice in
/// an object; whoever minds looks.
public struct JSONReader: Sendable {
  /// How many objects and arrays may lie inside each other.
  public static let maximumDepth = 64

  public let bytes: [UInt8]
  let start: Int
  let end: Int
  /// Index into `bytes` of what comes next.
  public internal(set) var index: Int
  var depth = 0
  /// One bit for each open object or array: nothing has been read in it yet.
  var fresh: UInt64 = 0

  public init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

  /// Reads a part of the bytes; offsets in errors count from its beginning.
  public init(_ bytes: [UInt8], in range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    self.bytes = bytes
    start = range.lowerBound
    end = range.upperBound
    index = range.lowerBound
  }

  public enum Kind: Sendable { case object, array, text, number, boolean, null }

  /// What the next value is; the value itself is still to be read.
  public mutating func kind() throws(JSONError) -> Kind {
    skipSpace()
    guard index < end else { throw endsTooEarly() }
    switch bytes[index] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .text
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    default: throw error(.unexpected, "a value is missing")
    }
  }

  public mutating func beginObject() throws(JSONError) {
    try open(UInt8(ascii: "{"), "an object { } is missing")
  }

  /// The next member's name, with the reader before its value; nil at the object's end.
  public mutating func nextName() throws(JSONError) -> JSONText? {
    guard try next(end: UInt8(ascii: "}"), "a comma or } is missing") else { return nil }
    guard index < end else { throw endsTooEarly() }
    guard bytes[index] == UInt8(ascii: "\"") else {
      throw error(.unexpected, "a name in quotes is missing")
    }
    let name = try text()
    skipSpace()
    guard index < end else { throw endsTooEarly() }
    guard bytes[index] == UInt8(ascii: ":") else {
      throw error(.unexpected, "a colon is missing after the name")
    }
    index += 1
    return name
  }

  public mutating func beginArray() throws(JSONError) {
    try open(UInt8(ascii: "["), "a list [ ] is missing")
  }

  /// Whether a further element follows; false closes the array.
  public mutating func nextElement() throws(JSONError) -> Bool {
    try next(end: UInt8(ascii: "]"), "a comma or ] is missing")
  }

  /// After the whole value: nothing but blanks may follow.
  public mutating func finish() throws(JSONError) {
    skipSpace()
    guard index == end else { throw error(.goesOn, "something follows after the end") }
  }
}

extension JSONReader {
  @inline(__always)
  mutating func skipSpace() {
    var place = index
    while place < end, bytes[place] <= 0x20 {
      switch bytes[place] {
      case 0x20, 0x09, 0x0A, 0x0D: place += 1
      default:
        index = place
        return
      }
    }
    index = place
  }

  private mutating func open(_ byte: UInt8, _ message: String) throws(JSONError) {
    skipSpace()
    guard index < end else { throw endsTooEarly() }
    guard bytes[index] == byte else { throw error(.wrongKind, message) }
    guard depth < JSONReader.maximumDepth else {
      throw error(.tooDeep, "more than \(JSONReader.maximumDepth) objects or lists in each other")
    }
    fresh |= 1 << UInt64(depth)
    depth += 1
    index += 1
  }

  private mutating func next(end close: UInt8, _ message: String) throws(JSONError) -> Bool {
    skipSpace()
    guard index < end else { throw endsTooEarly() }
    let bit: UInt64 = 1 << UInt64(depth - 1)
    if bytes[index] == close {
      depth -= 1
      fresh &= ~bit
      index += 1
      return false
    }
    if fresh & bit != 0 {
      fresh &= ~bit
      return true
    }
    guard bytes[index] == UInt8(ascii: ",") else { throw error(.unexpected, message) }
    index += 1
    skipSpace()
    guard index < end else { throw endsTooEarly() }
    guard bytes[index] != close else { throw error(.unexpected, "nothing follows after the comma") }
    return true
  }

  func error(_ code: JSONError.Code, _ message: String) -> JSONError {
    JSONError(code, at: index - start, message)
  }

  func endsTooEarly() -> JSONError {
    JSONError(.endsTooEarly, at: end - start, "it ends too early")
  }
}
