/// One value in binary form, where libpq put it. Of another width than asked for, it is our own
/// mistake: the statement and its reader do not agree.
struct Field {
  let start: UnsafeRawPointer
  let length: Int

  var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: length) }

  @inline(__always)
  func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
    precondition(length == MemoryLayout<Number>.size, "the column has another width")
    return Number(bigEndian: start.loadUnaligned(as: Number.self))
  }

  /// A whole number of whatever width it has.
  var int: Int {
    switch length {
    case 8: Int(number(Int64.self))
    case 4: Int(number(Int32.self))
    case 2: Int(number(Int16.self))
    default: preconditionFailure("the column is no whole number")
    }
  }

  var bool: Bool { number(UInt8.self) != 0 }
  var text: String { String(decoding: raw, as: UTF8.self) }
  var bytes: [UInt8] { [UInt8](raw) }
  var instant: Int64 { Epoch.fromPostgres(number(Int64.self)) }
  var date: Int32 { Epoch.fromPostgres(number(Int32.self)) }
  /// A jsonb without the version in front.
  var jsonb: String { String(decoding: UnsafeRawBufferPointer(rebasing: raw[1...]), as: UTF8.self) }

  /// The elements of an array of one dimension; `nil` for NULL.
  @inline(__always)
  func array<Element>(_ read: (Field?) -> Element) -> [Element] {
    func int32(_ offset: Int) -> Int {
      Int(Int32(bigEndian: start.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
    precondition(length >= 12, "the column is no array")
    if int32(0) == 0 { return [] }
    precondition(int32(0) == 1, "the array has more than one dimension")
    let count = int32(12)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    var offset = 20
    for _ in 0..<count {
      let length = int32(offset)
      offset += 4
      if length < 0 {
        elements.append(read(nil))
      } else {
        elements.append(read(Field(start: start + offset, length: length)))
        offset += length
      }
    }
    return elements
  }
}

extension Field? {
  /// An element where NULL is not expected.
  var known: Field {
    guard let self else { preconditionFailure("the column is NULL") }
    return self
  }
}
