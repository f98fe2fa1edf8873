import Loyalty

/// What became of one row of a file, as it comes back from the spool.
public enum SpooledRow: Sendable, Equatable {
  /// `row` counts transactions, `line` is the file's line at which it begins; both from 1.
  case transaction(Transaction, digest: [UInt8], row: Int, line: Int)
  /// What cannot be read, with its own text for the parking.
  case unreadable(
    text: String, source: String?, id: String?, problems: [FeedProblem], row: Int, line: Int)
}

/// What a file's rows are written in.
public enum FeedFormat: Sendable {
  /// One JSON object a line.
  case ndjson(FeedContext)
  /// One line item a row.
  case csv(Mapping, FeedContext)
  /// The retail industry's XML: a `Transaction` element each.
  case poslog(FeedContext)
}

/// A whole file, read and checked before anything of it is published. Its rows wait in a temporary
/// file; memory holds 32 bytes for each. They come back in the order of their time, then of their
/// row.
public struct FileSpool: ~Copyable {
  var file: TemporaryFile
  var index: [Entry] = []
  /// Rows that cannot be read; they come back last.
  public internal(set) var problemCount = 0
  /// Rows of a CSV that its mapping leaves out; of a POSLog, what no customer did.
  public internal(set) var leftOutCount = 0
  /// Lines of the file.
  public internal(set) var lineCount = 0
  /// Line of a CSV's last row where no end of line stands behind it, though others have one: if
  /// the file was cut there, so is its last field. Many whole exports end so, too.
  public internal(set) var openLine: Int?
  private var single = ParsedRows()

  struct Entry: Sendable {
    var instant: Instant
    var row: UInt32
    var length: UInt32
    var hash: UInt32
    var offset: Int
  }

  init() throws(FeedError) { file = try TemporaryFile() }

  /// Transactions, readable or not.
  public var count: Int { index.count }

  /// Reads an input to its end. Throws where it is unfinished, and nothing of it can be published
  /// then.
  public static func read(
    _ input: FeedInput, _ format: FeedFormat, progress: @escaping (_ bytes: Int) -> Void = { _ in }
  ) throws(FeedError) -> FileSpool {
    var spool = try FileSpool()
    switch format {
    case .ndjson(let context): try spool.readNDJSON(input, context, progress: progress)
    case .csv(let mapping, let context):
      try spool.readCSV(input, mapping, context, progress: progress)
    case .poslog(let context): try spool.readPOSLog(input, context, progress: progress)
    }
    try spool.finish()
    return spool
  }

  private mutating func finish() throws(FeedError) {
    try file.flush()
    let precedes: (Entry, Entry) -> Bool = {
      $0.instant != $1.instant ? $0.instant < $1.instant : $0.row < $1.row
    }
    let inOrder = index.indices.dropFirst().allSatisfy { !precedes(index[$0], index[$0 - 1]) }
    if !inOrder { index.sort(by: precedes) }
  }
}

extension FileSpool {
  /// Gives all rows in their order, `size` at a time.
  public func batches(of size: Int, _ body: ([SpooledRow]) throws -> Void) throws {
    try spooledBatches(of: size) { batch in try body(batch.indices.map { batch.row($0) }) }
  }

  /// The same, for whoever reads the rows in another thread.
  public func spooledBatches(of size: Int, _ body: (SpooledBatch) throws -> Void) throws {
    precondition(size > 0)
    var first = 0
    while first < index.count {
      let end = min(first + size, index.count)
      try body(batch(first..<end))
      first = end
    }
  }

  private func batch(_ range: Range<Int>) throws(FeedError) -> SpooledBatch {
    var batch = SpooledBatch(entries: index[range])
    var first = range.lowerBound
    while first < range.upperBound {
      let next = runEnd(from: first, to: range.upperBound)
      let last = index[next - 1]
      let start = index[first].offset
      var place = batch.bytes.count
      try file.read(start..<last.offset + Int(last.length), appendingTo: &batch.bytes)
      for entry in index[first..<next] {
        batch.places.append(place)
        place += Int(entry.length)
      }
      first = next
    }
    return batch
  }

  /// Rows that lie one behind the other are read at once.
  private func runEnd(from first: Int, to end: Int) -> Int {
    var next = first + 1
    var last = index[first]
    while next < end, index[next].offset == last.offset + Int(last.length) {
      last = index[next]
      next += 1
    }
    return next
  }
}

extension FileSpool {
  /// Adds rows behind those that are there, and numbers them.
  mutating func add(_ rows: ParsedRows) throws(FeedError) {
    guard index.count + rows.entries.count < Int(UInt32.max) else {
      throw FeedError(
        .tooManyRows, line: rows.lastLine, "the file has more rows than can be counted")
    }
    problemCount += rows.problemCount
    var offset = file.length
    for entry in rows.entries {
      index.append(
        Entry(
          instant: entry.instant, row: UInt32(index.count + 1), length: entry.length,
          hash: entry.hash, offset: offset))
      offset += Int(entry.length)
    }
    try file.append { $0.append(contentsOf: rows.bytes) }
  }

  mutating func add(
    _ reading: FeedReading, line: Int, _ form: inout CanonicalForm, text: () -> ArraySlice<UInt8>
  ) throws(FeedError) {
    single.removeAll()
    single.add(reading, line: line, &form, text: text)
    try add(single)
  }
}
