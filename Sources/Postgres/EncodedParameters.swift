/// A statement's parameters as libpq wants them: one block of bytes and four arrays over it.
struct EncodedParameters: ~Copyable {
  private var buffer: WireBuffer
  private var types: [UInt32] = []
  private var lengths: [Int32] = []
  private var offsets: [Int] = []

  init(_ cells: [Cell]) {
    buffer = WireBuffer(capacity: 32 * cells.count)
    types.reserveCapacity(cells.count)
    lengths.reserveCapacity(cells.count)
    offsets.reserveCapacity(cells.count)
    for cell in cells {
      let offset = buffer.count
      let isValue = cell.write(to: &buffer)
      types.append(cell.oid)
      lengths.append(Int32(buffer.count - offset))
      offsets.append(isValue ? offset : -1)
    }
  }

  /// Types, values (nil for NULL), lengths and formats (all binary), for the time of the call.
  borrowing func withPointers<Result>(
    _ body: (
      UnsafePointer<UInt32>, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>,
      UnsafePointer<Int32>
    ) -> Result
  ) -> Result {
    let start = UnsafeRawPointer(buffer.start).assumingMemoryBound(to: CChar.self)
    let values: [UnsafePointer<CChar>?] = offsets.map { $0 < 0 ? nil : start + $0 }
    return body(types, values, lengths, [Int32](repeating: 1, count: lengths.count))
  }
}
