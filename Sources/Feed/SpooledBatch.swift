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

  /// Which of `count` lanes a row goes by.
  public func lane(of index: Int, among count: Int, _ lanes: borrowing CardLanes) -> Int {
    lanes.lane(of: entries[entries.startIndex + index].hash, among: count)
  }
}
