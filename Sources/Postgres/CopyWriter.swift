import CPostgres

/// Writes the rows of a binary COPY FROM: `row(fields:)`, then each field from left to right.
///
/// Fields go into one block of memory that is sent when it holds 64 KiB; nothing is allocated per
/// field. `nil` is NULL. A failed send shows when the COPY ends.
public struct CopyWriter: ~Copyable {
  private static let chunk = 65_536

  private let connection: OpaquePointer
  private var buffer = WireBuffer(capacity: chunk + 16_384)
  private var fieldsLeft = 0
  /// How many rows have been begun.
  public private(set) var rows = 0

  init(connection: OpaquePointer) {
    self.connection = connection
    let signature: StaticString = "PGCOPY\n"
    buffer.append(UnsafeRawBufferPointer(start: signature.utf8Start, count: 7))
    buffer.put(UInt32(0xFF0D_0A00))
    buffer.put(Int64(0))  // no flags, no extension of the head
  }

  /// Begins a row of so many fields.
  public mutating func row(fields: Int) {
    precondition(fieldsLeft == 0, "the row before lacks fields")
    if buffer.count >= Self.chunk { flush() }
    // Room for the widths of all fields of fixed width, the usual case, at once.
    buffer.reserve(2 + fields * 20)
    buffer.put(Int16(fields))
    fieldsLeft = fields
    rows += 1
  }

  mutating func finish() {
    precondition(fieldsLeft == 0, "the last row lacks fields")
    buffer.reserve(2)
    buffer.put(Int16(-1))
    flush()
  }

  private mutating func flush() {
    let bytes = UnsafeRawPointer(buffer.start).assumingMemoryBound(to: CChar.self)
    PQputCopyData(connection, bytes, Int32(buffer.count))
    buffer.clear()
  }

  @inline(__always)
  private mutating func takeField() {
    precondition(fieldsLeft > 0, "the row has more fields than it said")
    fieldsLeft -= 1
  }

  @inline(__always)
  private mutating func number<Number: FixedWidthInteger>(_ value: Number?) {
    takeField()
    buffer.reserve(20)
    if let value {
      buffer.put(Int32(MemoryLayout<Number>.size))
      buffer.put(value)
    } else {
      buffer.put(Int32(-1))
    }
  }

  @inline(__always)
  private mutating func sized(_ bytes: UnsafeRawBufferPointer) {
    takeField()
    buffer.reserve(4 + bytes.count)
    buffer.put(Int32(bytes.count))
    buffer.append(bytes)
  }

  /// A field whose length is known once it is written.
  @inline(__always)
  private mutating func measured(_ write: (inout WireBuffer) -> Void) {
    takeField()
    buffer.reserve(4)
    let lengthAt = buffer.count
    buffer.put(Int32(0))
    write(&buffer)
    buffer.put(Int32(buffer.count - lengthAt - 4), at: lengthAt)
  }

  public mutating func null() {
    takeField()
    buffer.reserve(4)
    buffer.put(Int32(-1))
  }

  public mutating func bool(_ value: Bool?) { number(value.map { UInt8($0 ? 1 : 0) }) }
  public mutating func int2(_ value: Int16?) { number(value) }
  public mutating func int4(_ value: Int32?) { number(value) }
  public mutating func int8(_ value: Int64?) { number(value) }
  public mutating func uuid(_ value: UInt128?) { number(value) }
  /// A timestamptz, in microseconds since 1970 UTC.
  public mutating func instant(_ value: Int64?) { number(value.map(Epoch.toPostgres)) }
  /// A date, in days since 1970.
  public mutating func date(_ value: Int32?) { number(value.map(Epoch.toPostgres)) }

  public mutating func text(_ value: String?) {
    guard let value else { return null() }
    measured { $0.write(value) }
  }

  public mutating func text(utf8 value: ArraySlice<UInt8>) {
    value.withUnsafeBytes { sized($0) }
  }

  public mutating func bytes(_ value: [UInt8]?) {
    guard let value else { return null() }
    value.withUnsafeBytes { sized($0) }
  }

  /// A json goes by `text`, for it is written as one.
  public mutating func jsonb(_ value: String?) {
    guard let value else { return null() }
    measured {
      $0.reserve(1)
      $0.put(UInt8(1))
      $0.write(value)
    }
  }

  public mutating func jsonb(utf8 value: ArraySlice<UInt8>) {
    measured { buffer in
      buffer.reserve(1 + value.count)
      buffer.put(UInt8(1))
      value.withUnsafeBytes { buffer.append($0) }
    }
  }

  /// A field that is already encoded, as `CopyRow.rawField` gave it.
  public mutating func raw(fieldBytes value: ArraySlice<UInt8>) {
    value.withUnsafeBytes { sized($0) }
  }

  /// A field that is already encoded, in place.
  public mutating func raw(_ value: UnsafeRawBufferPointer?) {
    guard let value else { return null() }
    sized(value)
  }

  public mutating func int2Array(_ values: [Int16]?) { numbers(.int2, values?[...]) }
  public mutating func int4Array(_ values: [Int32]?) { numbers(.int4, values?[...]) }
  public mutating func int8Array(_ values: [Int64]?) { numbers(.int8, values?[...]) }
  /// Microseconds since 1970 in UTC.
  public mutating func instantArray(_ values: [Int64]?) {
    numbers(.timestamptz, values?.map(Epoch.toPostgres)[...])
  }
  public mutating func int2Array(_ values: ArraySlice<Int16>) { numbers(.int2, values) }
  public mutating func int4Array(_ values: ArraySlice<Int32>) { numbers(.int4, values) }
  public mutating func int8Array(_ values: ArraySlice<Int64>) { numbers(.int8, values) }

  public mutating func textArray(_ values: [String]?) {
    guard let values else { return null() }
    measured { buffer in
      buffer.writeArray(of: .text, values[...]) { buffer, value in
        buffer.write(value)
        return true
      }
    }
  }

  @inline(__always)
  private mutating func numbers<Number: FixedWidthInteger>(
    _ type: PostgresType, _ values: ArraySlice<Number>?
  ) {
    guard let values else { return null() }
    measured { $0.writeNumbers(of: type, values) }
  }
}
