import Loyalty

/// The pieces of the binary forms: lengths and numbers as varints (LEB128, signed ones zigzag),
/// texts with their
/// length before them. Every piece says where it ends, so that two different contents never share
/// their bytes.
extension [UInt8] {
  @inline(__always)
  mutating func append(varint value: UInt64) {
    if value < 0x80 { append(UInt8(truncatingIfNeeded: value)) } else { append(long: value) }
  }

  private mutating func append(long value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func append(count: Int) { append(varint: UInt64(count)) }

  mutating func append(signed value: Int64) {
    append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func append(text: String) {
    append(count: text.utf8.count)
    append(contentsOf: text.utf8)
  }

  /// Nil is told from the empty text.
  mutating func append(optional text: String?) {
    guard let text else { return append(0) }
    append(count: text.utf8.count + 1)
    append(contentsOf: text.utf8)
  }

  mutating func append(optional value: Int64?) {
    guard let value else { return append(0) }
    append(1)
    append(signed: value)
  }
}

/// Reads what was written so. It is only given bytes that this process wrote.
struct ByteReader {
  let bytes: [UInt8]
  var index: Int

  mutating func byte() -> UInt8 {
    index += 1
    return bytes[index - 1]
  }

  mutating func varint() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = byte()
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  mutating func count() -> Int { Int(varint()) }

  mutating func signed() -> Int64 {
    let value = varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func text() -> String { text(length: count()) }

  mutating func optionalText() -> String? {
    let length = count()
    return length == 0 ? nil : text(length: length - 1)
  }

  mutating func optionalSigned() -> Int64? { byte() == 0 ? nil : signed() }

  mutating func list<Element>(_ element: (inout ByteReader) -> Element) -> [Element] {
    let count = count()
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(element(&self)) }
    return elements
  }

  private mutating func text(length: Int) -> String {
    index += length
    return String(decoding: bytes[index - length..<index], as: UTF8.self)
  }
}
