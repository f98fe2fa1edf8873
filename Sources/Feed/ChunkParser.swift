import JSON
import Loyalty

/// Reads the rows of one chunk of NDJSON after the other.
struct ChunkParser {
  private var reader: TransactionReader
  private var form = CanonicalForm()

  init(_ context: FeedContext) { reader = TransactionReader(context) }

  mutating func parse(_ chunk: LineChunk) -> Result<ParsedRows, FeedError> {
    do throws(FeedError) {
      return .success(try rows(chunk))
    } catch {
      return .failure(error)
    }
  }

  private mutating func rows(_ chunk: LineChunk) throws(FeedError) -> ParsedRows {
    let bytes = chunk.bytes
    var rows = ParsedRows(capacity: bytes.count)
    var line = chunk.linesBefore
    var start = chunk.start
    while start < bytes.count {
      let newline = ByteSearch.first(UInt8(ascii: "\n"), in: bytes, start..<bytes.count)
      let end = newline ?? bytes.count
      line += 1
      if let range = ChunkParser.content(bytes, start..<end) {
        if chunk.isFirst, rows.isEmpty { try ChunkParser.check(bytes, range, line: line) }
        if newline == nil { try ChunkParser.requireWhole(bytes, range, line) }
        rows.add(reader.read(bytes, in: range), line: line, &form) { bytes[range] }
      }
      start = end + 1
    }
    return rows
  }

  /// The line without blanks around it; nil where nothing is left.
  private static func content(_ bytes: [UInt8], _ line: Range<Int>) -> Range<Int>? {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    var (first, end) = (line.lowerBound, line.upperBound)
    while first < end, isBlank(bytes[first]) { first += 1 }
    while first < end, isBlank(bytes[end - 1]) { end -= 1 }
    return first < end ? first..<end : nil
  }

  private static func check(
    _ bytes: [UInt8], _ range: Range<Int>, line: Int
  ) throws(FeedError) {
    let first = bytes[range.lowerBound]
    if first == UInt8(ascii: "[") {
      throw FeedError(
        .wrongFormat, line: line,
        "the file is one JSON list; send one object a line, without brackets and commas between")
    }
    if first == 0x1F, range.count > 1, bytes[range.lowerBound + 1] == 0x8B {
      throw FeedError(
        .wrongFormat, "the file is packed by gzip; unpack it: gzip -dc FILE | patron post -")
    }
    if !bytes[range].contains(UInt8(ascii: "{")) {
      throw FeedError(
        .wrongFormat, line: line,
        "this is no JSON object { }, so nothing of the file was taken; of CSV a mapping file tells "
          + "which column is what: --mapping FILE")
    }
    if range.count == 1, first == UInt8(ascii: "{") {
      throw FeedError(
        .wrongFormat, line: line, "an object goes over several lines; send each object on one line")
    }
  }

  /// What stands after the last end of line is a row only if it is whole: otherwise the file is
  /// still being written.
  private static func requireWhole(
    _ bytes: [UInt8], _ range: Range<Int>, _ line: Int
  ) throws(FeedError) {
    var json = JSONReader(bytes, in: range)
    do {
      try json.skipValue()
      try json.finish()
    } catch {
      throw FeedError(
        .unfinished, line: line,
        "the file ends inside a record, so nothing of it was taken; post it again when it is whole")
    }
  }
}
