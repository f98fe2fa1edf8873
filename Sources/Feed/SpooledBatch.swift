import Loyalty

/// Rows that come back from the spool together, still in its own bytes.
public struct SpooledBatch: Sendable {
  var bytes: [UInt8] = []
  /// Where each row begins in `bytes`.
  var places: [Int] = []
  private let entries: ArraySlice<FileSpool.Entry>

  init(entries: ArraySlice<FileSpool.Entry>) {
    self.entries = entries
    places.reserveCapacity(entries.count)
    bytes.reserveCapacity(entries.reduce(0) { $0 + Int($1.length) })
  }

  public var indices: Range<Int> { 0..<entries.count }

  public func row(_ index: Int) -> SpooledRow {
    var reader = ByteReader(bytes: bytes, index: places[index])
    return SpoolRecord.decode(&reader, row: Int(entries[entries.startIndex + index].row))
  }

  /// Which of `lanes` a row goes by: always the same for the same first card, and for the same id
  /// where there is no card.
  public func lane(of index: Int, among lanes: Int) -> Int {
    Int(entries[entries.startIndex + index].hash) % lanes
  }
}
