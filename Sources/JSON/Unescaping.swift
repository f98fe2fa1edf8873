extension JSONReader {
  /// The text as a string.
  public func string(_ text: JSONText) -> String {
    text.isEscaped
      ? String(decoding: Unescaping.bytes(bytes[text.range]), as: UTF8.self)
      : String(decoding: bytes[text.range], as: UTF8.self)
  }

  /// The text's own UTF-8, escapes resolved.
  public func utf8(_ text: JSONText) -> ArraySlice<UInt8> {
    text.isEscaped ? Unescaping.bytes(bytes[text.range])[...] : bytes[text.range]
  }
}

/// Resolves the escapes of a text that the reader has checked.
enum Unescaping {
  static func bytes(_ escaped: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(escaped.count)
    var rest = escaped
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
        out.append(byte)
        continue
      }
      switch letter {
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"): out.append(contentsOf: scalar(&rest).utf8)
      default: out.append(letter)
      }
    }
    return out
  }

  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Character {
    let first = unit(&rest)
    guard first & 0xFC00 == 0xD800 else { return Character(Unicode.Scalar(first) ?? "\u{FFFD}") }
    rest = rest.dropFirst(2)
    let second = unit(&rest)
    return Character(
      Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF) ?? "\u{FFFD}")
  }

  private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
    var value: UInt32 = 0
    for byte in rest.prefix(4) { value = value << 4 | UInt32(hexadecimal(byte) ?? 0) }
    rest = rest.dropFirst(4)
    return value
  }
}
