/// A text as it stands in the bytes, between its quotes.
public struct JSONText: Sendable {
  public let range: Range<Int>
  /// It holds escapes: its bytes are not yet what it says.
  public let isEscaped: Bool
}

extension JSONReader {
  /// Reads a text; `string` or `bytes(of:)` make something of it.
  public mutating func text() throws(JSONError) -> JSONText {
    skipSpace()
    guard index < end else { throw endsTooEarly() }
    guard bytes[index] == UInt8(ascii: "\"") else {
      throw error(.wrongKind, "a text in quotes is missing")
    }
    index += 1
    let first = index
    var isEscaped = false
    while true {
      skipPlain()
      guard index < end else { throw endsTooEarly() }
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        index += 1
        return JSONText(range: first..<index - 1, isEscaped: isEscaped)
      }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        try escape()
      } else if byte < 0x20 {
        throw error(
          .badText, "a control character stands in a text (write it as \\n, \\t or \\u00..)")
      } else {
        try scalar(byte)
      }
    }
  }

  /// Passes over what needs no look: ASCII without quotes, backslashes and control characters. The
  /// place is kept
  /// apart meanwhile, for the loop's sake.
  @inline(__always)
  private mutating func skipPlain() {
    let bytes = bytes
    let end = end
    var place = index
    while place < end {
      let byte = bytes[place]
      if byte &- 0x20 >= 0x60 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
      place += 1
    }
    index = place
  }

  /// Reads a number and gives the place of its exact bytes.
  public mutating func number() throws(JSONError) -> Range<Int> {
    skipSpace()
    let first = index
    if index < end, bytes[index] == UInt8(ascii: "-") { index += 1 }
    guard index < end else { throw endsTooEarly() }
    if bytes[index] == UInt8(ascii: "0") {
      index += 1
      guard digits() == 0 else { throw error(.badNumber, "a number does not begin with 0") }
    } else {
      guard digits() > 0 else { throw error(.badNumber, "a number is missing") }
    }
    if index < end, bytes[index] == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { throw needsDigits("a digit is missing behind the point") }
    }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < end, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
        index += 1
      }
      guard digits() > 0 else { throw needsDigits("a digit is missing in the exponent") }
    }
    return first..<index
  }

  public mutating func boolean() throws(JSONError) -> Bool {
    if try word("true") { return true }
    if try word("false") { return false }
    throw error(.wrongKind, "true or false is missing")
  }

  /// Takes a `null` if one comes next.
  public mutating func takesNull() throws(JSONError) -> Bool {
    skipSpace()
    guard index < end, bytes[index] == UInt8(ascii: "n") else { return false }
    guard try word("null") else { throw error(.unexpected, "a value is missing") }
    return true
  }

  /// Passes over the next value, checking it all the same.
  public mutating func skipValue() throws(JSONError) {
    switch try kind() {
    case .object:
      try beginObject()
      while try nextName() != nil { try skipValue() }
    case .array:
      try beginArray()
      while try nextElement() { try skipValue() }
    case .text: _ = try text()
    case .number: _ = try number()
    case .boolean: _ = try boolean()
    case .null: _ = try takesNull()
    }
  }
}

extension JSONReader {
  private mutating func digits() -> Int {
    let first = index
    var place = index
    while place < end, bytes[place] &- UInt8(ascii: "0") < 10 { place += 1 }
    index = place
    return place - first
  }

  private func needsDigits(_ message: String) -> JSONError {
    index < end ? error(.badNumber, message) : endsTooEarly()
  }

  /// Takes the word if it comes next, whole.
  private mutating func word(_ word: StaticString) throws(JSONError) -> Bool {
    skipSpace()
    let letters = String(describing: word).utf8
    guard index < end, bytes[index] == letters.first else { return false }
    for (position, letter) in letters.enumerated() {
      guard index + position < end else { throw endsTooEarly() }
      guard bytes[index + position] == letter else {
        throw error(.unexpected, "\(word) is misspelt")
      }
    }
    index += letters.count
    return true
  }

  /// Checks one escape, a surrogate pair as a whole.
  private mutating func escape() throws(JSONError) {
    guard index + 1 < end else { throw endsTooEarly() }
    switch bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      index += 2
    case UInt8(ascii: "u"):
      let unit = try codeUnit(at: index)
      guard unit & 0xF800 == 0xD800 else {
        index += 6
        return
      }
      guard unit < 0xDC00 else { throw error(.badText, "half of a surrogate pair stands alone") }
      for (position, byte) in [(6, UInt8(ascii: "\\")), (7, UInt8(ascii: "u"))] {
        guard index + position < end else { throw endsTooEarly() }
        guard bytes[index + position] == byte else {
          throw error(.badText, "half of a surrogate pair stands alone")
        }
      }
      guard try codeUnit(at: index + 6) & 0xFC00 == 0xDC00 else {
        throw error(.badText, "half of a surrogate pair stands alone")
      }
      index += 12
    default: throw error(.badText, "there is no such escape behind the backslash")
    }
  }

  /// The four hexadecimal digits of the `\uXXXX` that begins at `place`.
  private func codeUnit(at place: Int) throws(JSONError) -> UInt16 {
    guard place + 6 <= end else { throw endsTooEarly() }
    var unit: UInt16 = 0
    for byte in bytes[place + 2..<place + 6] {
      guard let digit = Unescaping.hexadecimal(byte) else {
        throw error(.badText, "\\u needs four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  /// Checks one scalar of two to four bytes (Unicode, table 3-7).
  private mutating func scalar(_ lead: UInt8) throws(JSONError) {
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { low = 0xA0 }
      if lead == 0xED { high = 0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { low = 0x90 }
      if lead == 0xF4 { high = 0x8F }
    default: throw error(.badUTF8, "this is not UTF-8")
    }
    for position in 1..<length {
      guard index + position < end else { throw endsTooEarly() }
      let byte = bytes[index + position]
      guard byte >= low, byte <= high else { throw error(.badUTF8, "this is not UTF-8") }
      low = 0x80
      high = 0xBF
    }
    index += length
  }
}
