import Digests
import Loyalty

extension FileSpool {
  mutating func readCSV(
    _ input: FeedInput, _ mapping: Mapping, _ context: FeedContext,
    progress: @escaping (Int) -> Void
  ) throws(FeedError) {
    var csv = CSVReader(
      try LineScanner.open(input, progress: progress), delimiter: mapping.delimiter,
      encoding: mapping.encoding)
    let head = try FileSpool.head(&csv, mapping)
    try FileSpool.check(mapping, head, context)
    var rows = MappedRows(mapping, head: head, context)
    var groups = try RowGroups()
    var form = CanonicalForm()
    while try csv.next() {
      var row = csv.record
      if !row.isTerminated, csv.line > 1 { openLine = row.line }
      if csv.problem == nil, row.count == head.count { rows.fill(&row) }
      if csv.problem == nil, rows.isLeftOut(row) {
        leftOutCount += 1
      } else if let problem = try FileSpool.problem(csv, row, head) {
        let reading = FeedReading.unreadable(source: mapping.feed, id: nil, [problem])
        try add(reading, line: row.line, &form) { row.csv(mapping.delimiter)[...] }
      } else {
        try groups.add(row, key: rows.group(row))
      }
    }
    lineCount = csv.line
    try groups.visit { (records) throws(FeedError) in
      try add(rows.read(records), line: records[0].line, &form) {
        Array(records.map { $0.csv(mapping.delimiter) }.joined(separator: [UInt8(ascii: "\n")]))[
          ...]
      }
    }
  }

  private static func head(
    _ csv: inout CSVReader, _ mapping: Mapping
  ) throws(FeedError) -> [String] {
    if let columns = mapping.columns { return columns }
    guard try csv.next() else {
      throw FeedError(.wrongFormat, "the file is empty; its first line should name its columns")
    }
    if let problem = csv.problem {
      throw FeedError(
        .wrongFormat, line: csv.line,
        "the first line should name the columns: \(problem.reason) (\(problem.remedy))")
    }
    return (0..<csv.record.count).map { csv.record.trimmedText($0) }
  }

  private static func check(
    _ mapping: Mapping, _ head: [String], _ context: FeedContext
  ) throws(FeedError) {
    let diagnostics = mapping.diagnostics(head: head) + mapping.diagnostics(context)
    guard let first = diagnostics.first else { return }
    var error = FeedError(
      .wrongFormat, "the mapping does not fit the file: \(first.place): \(first.message)")
    error.diagnostics = diagnostics
    throw error
  }

  private static func problem(
    _ csv: borrowing CSVReader, _ row: CSVRecord, _ head: [String]
  ) throws(FeedError) -> FeedProblem? {
    if let problem = csv.problem { return problem }
    guard row.count != head.count else { return nil }
    guard row.isTerminated else {
      throw FeedError(
        .unfinished, line: row.line,
        "the file ends inside a record, so nothing of it was taken; post it again when it is whole")
    }
    return FeedProblem(
      .unreadable, "", "the row has \(row.count) fields, the head \(head.count)",
      remedy: "check its quotes and delimiters", line: row.line)
  }
}

/// A file's rows by transaction, wherever they stand. The rows wait in a temporary file; memory
/// holds a digest for each
/// transaction and 32 bytes for each run of rows that lie together.
struct RowGroups: ~Copyable {
  private var file: TemporaryFile
  private var numbers: [Key: Int] = [:]
  private var runs: [Run] = []
  private var last = ""
  /// Rows that one transaction may have: more are refused as its lines anyway.
  private static let limit = FeedLimit.lines + 1

  /// Half a SHA-256: that two keys share it is not to be feared.
  private struct Key: Hashable {
    var first: UInt64
    var second: UInt64
  }

  private struct Run {
    var group: Int
    var offset: Int
    var length: Int
    var rows: Int
  }

  init() throws(FeedError) { file = try TemporaryFile() }

  mutating func add(_ row: CSVRecord, key: String) throws(FeedError) {
    let offset = file.length
    var length = 0
    try file.append { bytes in
      let before = bytes.count
      bytes.append(count: row.line)
      bytes.append(count: row.count)
      for end in row.ends { bytes.append(count: end) }
      bytes.append(contentsOf: row.bytes)
      length = bytes.count - before
    }
    // Rows without a key are not one transaction: each is bad for itself.
    if !key.isEmpty, key == last, let run = runs.last, run.rows < RowGroups.limit {
      runs[runs.count - 1].length = run.length + length
      runs[runs.count - 1].rows = run.rows + 1
    } else {
      runs.append(Run(group: number(key), offset: offset, length: length, rows: 1))
    }
    last = key
  }

  private mutating func number(_ key: String) -> Int {
    guard !key.isEmpty else { return runs.count + 1 << 40 }
    let digest = SHA256.digest(key.utf8)
    let words = [0, 8].map { start in
      digest[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    let place = Key(first: words[0], second: words[1])
    if let number = numbers[place] { return number }
    numbers[place] = numbers.count
    return numbers.count - 1
  }

  /// Gives the rows of one transaction after the other, in the order of their first rows.
  mutating func visit(_ body: ([CSVRecord]) throws(FeedError) -> Void) throws(FeedError) {
    try file.flush()
    runs.sort { $0.group != $1.group ? $0.group < $1.group : $0.offset < $1.offset }
    var buffer: [UInt8] = []
    var first = 0
    while first < runs.count {
      var records: [CSVRecord] = []
      var next = first
      while next < runs.count, runs[next].group == runs[first].group {
        let run = runs[next]
        if records.count < RowGroups.limit {
          try file.read(run.offset..<run.offset + run.length, into: &buffer)
          var reader = ByteReader(bytes: buffer, index: 0)
          for _ in 0..<run.rows { records.append(RowGroups.record(&reader)) }
        }
        next += 1
      }
      try body(records)
      first = next
    }
  }

  private static func record(_ reader: inout ByteReader) -> CSVRecord {
    var record = CSVRecord()
    record.line = reader.count()
    record.ends = reader.list { $0.count() }
    let length = record.ends.last ?? 0
    record.bytes = Array(reader.bytes[reader.index..<reader.index + length])
    reader.index += length
    return record
  }
}
