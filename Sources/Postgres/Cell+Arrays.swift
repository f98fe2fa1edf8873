extension Cell {
  public static func int2Array(_ values: [Int16]?) -> Cell { numbers(.int2, values) }
  public static func int4Array(_ values: [Int32]?) -> Cell { numbers(.int4, values) }
  public static func int8Array(_ values: [Int64]?) -> Cell { numbers(.int8, values) }
  public static func instantArray(_ values: [Int64]?) -> Cell {
    numbers(.timestamptz, values?.map(Epoch.toPostgres))
  }
  public static func dateArray(_ values: [Int32]?) -> Cell {
    numbers(.date, values?.map(Epoch.toPostgres))
  }
  public static func uuidArray(_ values: [UInt128]?) -> Cell { numbers(.uuid, values) }
  public static func boolArray(_ values: [Bool]?) -> Cell {
    numbers(.bool, values?.map { UInt8($0 ? 1 : 0) })
  }
  public static func textArray(_ values: [String]?) -> Cell {
    array(.text, values) { .text($0) }
  }
  public static func bytesArray(_ values: [[UInt8]]?) -> Cell {
    array(.bytea, values) { .bytes($0) }
  }
  public static func jsonbArray(_ values: [String]?) -> Cell {
    array(.jsonb, values) { .jsonb($0) }
  }

  // The same with NULLs among the elements.

  public static func int2Array(_ values: [Int16?]?) -> Cell { array(.int2, values) { .int2($0) } }
  public static func int4Array(_ values: [Int32?]?) -> Cell { array(.int4, values) { .int4($0) } }
  public static func int8Array(_ values: [Int64?]?) -> Cell { array(.int8, values) { .int8($0) } }
  public static func instantArray(_ values: [Int64?]?) -> Cell {
    array(.timestamptz, values) { .instant($0) }
  }
  public static func dateArray(_ values: [Int32?]?) -> Cell { array(.date, values) { .date($0) } }
  public static func uuidArray(_ values: [UInt128?]?) -> Cell {
    array(.uuid, values) { .uuid($0) }
  }
  public static func boolArray(_ values: [Bool?]?) -> Cell { array(.bool, values) { .bool($0) } }
  public static func textArray(_ values: [String?]?) -> Cell { array(.text, values) { .text($0) } }
  public static func bytesArray(_ values: [[UInt8]?]?) -> Cell {
    array(.bytea, values) { .bytes($0) }
  }
  public static func jsonbArray(_ values: [String?]?) -> Cell {
    array(.jsonb, values) { .jsonb($0) }
  }

  private static func numbers<Number: FixedWidthInteger>(
    _ type: PostgresType, _ values: [Number]?
  ) -> Cell {
    guard let values else { return Cell(array: type, nil) }
    var buffer = WireBuffer(capacity: 20 + values.count * (4 + MemoryLayout<Number>.size))
    buffer.writeNumbers(of: type, values[...])
    return Cell(array: type, buffer.bytes)
  }

  private static func array<Element>(
    _ type: PostgresType, _ values: [Element]?, _ cell: (Element) -> Cell
  ) -> Cell {
    guard let values else { return Cell(array: type, nil) }
    var buffer = WireBuffer(capacity: 20 + values.count * 16)
    buffer.writeArray(of: type, values[...], hasNulls: true) { buffer, value in
      cell(value).write(to: &buffer)
    }
    return Cell(array: type, buffer.bytes)
  }
}

extension WireBuffer {
  var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: count)) }
}
