/// Bytes on their way to the server: one block of memory that grows and is used again.
///
/// `put` and `append` do not look at the capacity; `reserve` comes before them.
struct WireBuffer: ~Copyable {
  private(set) var start: UnsafeMutableRawPointer
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    start = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit {
    start.deallocate()
  }

  @inline(__always)
  mutating func reserve(_ bytes: Int) {
    if capacity - count < bytes { grow(bytes) }
  }

  @inline(never)
  private mutating func grow(_ bytes: Int) {
    let wider = max(capacity * 2, count + bytes)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: wider, alignment: 16)
    memory.copyMemory(from: start, byteCount: count)
    start.deallocate()
    start = memory
    capacity = wider
  }

  mutating func clear() {
    count = 0
  }

  /// A number in network order.
  @inline(__always)
  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    (start + count).storeBytes(of: number.bigEndian, as: Number.self)
    count += MemoryLayout<Number>.size
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if let source = bytes.baseAddress {
      (start + count).copyMemory(from: source, byteCount: bytes.count)
      count += bytes.count
    }
  }

  /// A number in network order into bytes already written.
  mutating func put(_ number: Int32, at offset: Int) {
    (start + offset).storeBytes(of: number.bigEndian, as: Int32.self)
  }

  /// The UTF-8 of a text, room included.
  @inline(__always)
  mutating func write(_ text: String) {
    let known: Void? = text.utf8.withContiguousStorageIfAvailable { utf8 in
      reserve(utf8.count)
      append(UnsafeRawBufferPointer(utf8))
    }
    if known == nil {
      reserve(text.utf8.count)
      for byte in text.utf8 { put(byte) }
    }
  }

  /// An array's binary form: its head, then each element with its length in front. `nil` is NULL.
  mutating func writeArray<Element>(
    of type: PostgresType, _ elements: ArraySlice<Element>, hasNulls: Bool = false,
    _ element: (inout WireBuffer, Element) -> Bool
  ) {
    reserve(20)
    put(Int32(elements.isEmpty ? 0 : 1))
    put(Int32(hasNulls ? 1 : 0))
    put(type.oid)
    guard !elements.isEmpty else { return }
    put(Int32(elements.count))
    put(Int32(1))
    for value in elements {
      reserve(4)
      let lengthAt = count
      put(Int32(-1))
      if element(&self, value) { put(Int32(count - lengthAt - 4), at: lengthAt) }
    }
  }

  /// An array of numbers, which all have the same width.
  mutating func writeNumbers<Number: FixedWidthInteger>(
    of type: PostgresType, _ numbers: ArraySlice<Number>
  ) {
    let width = MemoryLayout<Number>.size
    reserve(20 + numbers.count * (4 + width))
    put(Int32(numbers.isEmpty ? 0 : 1))
    put(Int32(0))
    put(type.oid)
    guard !numbers.isEmpty else { return }
    put(Int32(numbers.count))
    put(Int32(1))
    for number in numbers {
      put(Int32(width))
      put(number)
    }
  }
}
