/// Reads CSV (RFC 4180) record by record: quotes, line ends inside of them, CRLF, a byte order
/// mark.
///
/// A quote opens only at a field's beginning; inside an unquoted field it is a letter, as in `15"
/// disc`.
struct CSVReader: ~Copyable {
  private var scanner: LineScanner
  private let delimiter: UInt8
  private let encoding: Encoding
  /// The current record's fields, one behind the other, and where each ends.
  private(set) var record = CSVRecord()
  /// What is wrong with the current record as a whole.
  private(set) var problem: FeedProblem?

  init(_ scanner: consuming LineScanner, delimiter: UInt8, encoding: Encoding) {
    self.scanner = scanner
    self.delimiter = delimiter
    self.encoding = encoding
  }

  var line: Int { scanner.line }

  /// Reads the next record that is not blank; false at the end.
  mutating func next() throws(FeedError) -> Bool {
    while let line = try scanner.next() {
      let range = withoutReturn(line.range)
      guard !range.isEmpty else { continue }
      record.removeAll(line: scanner.line)
      record.isTerminated = line.isTerminated
      problem = nil
      try read(range)
      decode()
      return true
    }
    return false
  }

  private func withoutReturn(_ range: Range<Int>) -> Range<Int> {
    guard let last = range.last, scanner.buffer[last] == 0x0D else { return range }
    return range.lowerBound..<last
  }

  private mutating func read(_ first: Range<Int>) throws(FeedError) {
    var isQuoted = take(first, isQuoted: false)
    while isQuoted {
      guard record.bytes.count <= FeedLimit.row, let line = try scanner.next() else {
        throw FeedError(
          record.bytes.count > FeedLimit.row ? .rowTooLong : .unfinished, line: record.line,
          "the quote that opens here is never closed, so nothing of the file was taken")
      }
      record.bytes.append(UInt8(ascii: "\n"))
      record.isTerminated = line.isTerminated
      isQuoted = take(withoutReturn(line.range), isQuoted: true)
    }
    record.endField()
  }

  /// Takes one line, piece by piece up to the next quote or delimiter; whether it ends inside
  /// quotes.
  private mutating func take(_ range: Range<Int>, isQuoted: Bool) -> Bool {
    let quote = UInt8(ascii: "\"")
    var isQuoted = isQuoted
    var wasQuoted = isQuoted
    var index = range.lowerBound
    while index < range.upperBound {
      if isQuoted {
        let end = stop(at: quote, index..<range.upperBound)
        record.bytes.append(contentsOf: scanner.buffer[index..<end])
        guard end < range.upperBound else { return true }
        let isDoubled = end + 1 < range.upperBound && scanner.buffer[end + 1] == quote
        if isDoubled { record.bytes.append(quote) }
        isQuoted = isDoubled
        index = end + (isDoubled ? 2 : 1)
      } else if scanner.buffer[index] == delimiter {
        record.endField()
        wasQuoted = false
        index += 1
      } else if scanner.buffer[index] == quote, record.isAtFieldStart, !wasQuoted {
        isQuoted = true
        wasQuoted = true
        index += 1
      } else {
        if wasQuoted { complain("something stands behind a closing quote") }
        let end = stop(at: delimiter, index..<range.upperBound)
        record.bytes.append(contentsOf: scanner.buffer[index..<end])
        index = end
      }
    }
    return isQuoted
  }

  private func stop(at byte: UInt8, _ range: Range<Int>) -> Int {
    ByteSearch.first(byte, in: scanner.buffer, range) ?? range.upperBound
  }

  private mutating func complain(_ reason: String) {
    guard problem == nil else { return }
    problem = FeedProblem(
      .unreadable, "", reason, remedy: "double the quotes inside a quoted field",
      line: record.line)
  }

  /// Makes UTF-8 of the record.
  private mutating func decode() {
    guard record.bytes.contains(where: { $0 >= 0x80 }) else { return }
    if encoding == .utf8 {
      guard String(validating: record.bytes, as: UTF8.self) == nil else { return }
    } else if record.recode(encoding) {
      return
    }
    problem = FeedProblem(
      .unreadable, "", "the row is not \(encoding == .utf8 ? "UTF-8" : encoding.rawValue)",
      remedy:
        "save it as UTF-8, or name its encoding in the mapping: format: {encoding: windows-1252}",
      line: record.line)
  }
}

/// One row of a CSV, its fields unquoted and in UTF-8.
struct CSVRecord: Sendable {
  var bytes: [UInt8] = []
  var ends: [Int] = []
  /// The file's line at which it begins.
  var line = 0
  var isTerminated = true

  var count: Int { ends.count }
  var isAtFieldStart: Bool { bytes.count == (ends.last ?? 0) }

  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

  mutating func removeAll(line: Int) {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    self.line = line
  }

  mutating func endField() { ends.append(bytes.count) }

  /// Makes UTF-8 of each field; false, and nothing is changed, where one has bytes that mean
  /// nothing.
  mutating func recode(_ encoding: CSVReader.Encoding) -> Bool {
    var texts: [String] = []
    for index in 0..<count {
      guard let text = encoding.text(bytes[range(index)]) else { return false }
      texts.append(text)
    }
    removeAll(line: line)
    for text in texts {
      bytes.append(contentsOf: text.utf8)
      endField()
    }
    return true
  }

  mutating func replace(_ index: Int, with text: String) {
    let old = range(index)
    bytes.replaceSubrange(old, with: text.utf8)
    let growth = text.utf8.count - old.count
    for place in index..<count { ends[place] += growth }
  }

  /// The row as CSV again, for the parking.
  func csv(_ delimiter: UInt8) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    var out: [UInt8] = []
    for index in 0..<count {
      if index > 0 { out.append(delimiter) }
      let field = bytes[range(index)]
      if field.contains(where: { $0 == quote || $0 == delimiter || $0 == 0x0A || $0 == 0x0D }) {
        out.append(quote)
        for byte in field { out.append(contentsOf: byte == quote ? [quote, quote] : [byte]) }
        out.append(quote)
      } else {
        out.append(contentsOf: field)
      }
    }
    return out
  }
}
