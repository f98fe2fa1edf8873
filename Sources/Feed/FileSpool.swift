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
}

/// A whole file, read and checked before anything of it is published. Its rows wait in a temporary
/// file; memory holds
/// 24 bytes for each. They come back in the order of their time, then of their row.
public struct FileSpool: ~Copyable {
  var file: TemporaryFile
  var index: [Entry] = []
  /// Rows that cannot be read; they come back last.
  public internal(set) var problemCount = 0
  /// Rows of a CSV that its mapping leaves out.
  public internal(set) var leftOutCount = 0
  /// Lines of the file.
  public internal(set) var lineCount = 0
  /// Bytes read before one write or after one read, at most.
  private static let chunk = 1 << 20

  struct Entry {
    var instant: Instant
    var row: UInt32
    var length: UInt32
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
    precondition(size > 0)
    var buffer: [UInt8] = []
    var first = 0
    while first < index.count {
      let end = min(first + size, index.count)
      var rows: [SpooledRow] = []
      rows.reserveCapacity(end - first)
      while first < end {
        let run = runEnd(from: first, to: end)
        try read(first..<run, &buffer, into: &rows)
        first = run
      }
      try body(rows)
    }
  }

  /// Rows that lie one behind the other are read at once.
  private func runEnd(from first: Int, to end: Int) -> Int {
    var next = first + 1
    var last = index[first]
    let start = last.offset
    while next < end, index[next].offset == last.offset + Int(last.length),
      index[next].offset - start < FileSpool.chunk
    {
      last = index[next]
      next += 1
    }
    return next
  }

  private func read(
    _ run: Range<Int>, _ buffer: inout [UInt8], into rows: inout [SpooledRow]
  ) throws(FeedError) {
    let start = index[run.lowerBound].offset
    let last = index[run.upperBound - 1]
    try file.read(start..<last.offset + Int(last.length), into: &buffer)
    var reader = ByteReader(bytes: buffer, index: 0)
    for entry in index[run] {
      reader.index = entry.offset - start
      rows.append(SpoolRecord.decode(&reader, row: Int(entry.row)))
    }
  }
}

extension FileSpool {
  mutating func add(
    _ instant: Instant, line: Int, _ write: (inout [UInt8]) -> Void
  ) throws(FeedError) {
    guard index.count < Int(UInt32.max) else {
      throw FeedError(.tooManyRows, line: line, "the file has more rows than can be counted")
    }
    let offset = file.length
    var length = 0
    try file.append { bytes in
      let before = bytes.count
      write(&bytes)
      length = bytes.count - before
    }
    index.append(
      Entry(
        instant: instant, row: UInt32(index.count + 1), length: UInt32(length), offset: offset))
  }

  mutating func add(
    _ reading: FeedReading, line: Int, _ form: inout CanonicalForm, text: () -> ArraySlice<UInt8>
  ) throws(FeedError) {
    switch reading {
    case .transaction(let transaction):
      let digest = form.digest(of: transaction)
      try add(transaction.at, line: line) {
        SpoolRecord.encode(transaction, digest, line: line, into: &$0)
      }
    case .unreadable(let source, let id, let problems):
      problemCount += 1
      try add(Instant(microseconds: .max), line: line) {
        SpoolRecord.encode(text(), source, id, problems, line: line, into: &$0)
      }
    }
  }
}
