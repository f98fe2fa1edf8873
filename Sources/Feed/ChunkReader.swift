/// Whole lines of an input, for a parser of their own.
struct LineChunk: Sendable {
  var bytes: [UInt8]
  /// Where the first line begins.
  var start: Int
  /// Number of the line before the first one, from 1.
  var linesBefore: Int
  /// Nothing but blank lines came before.
  var isFirst: Bool
}

/// Cuts an input into pieces of about a megabyte, at ends of lines.
struct ChunkReader: ~Copyable {
  /// Bytes read at once; a pipe may give fewer.
  static let size = 1 << 20

  private var input: InputFile
  private let progress: (Int) -> Void
  /// The beginning of a line whose end is still to be read.
  private var rest: [UInt8] = []
  private var atEnd = false
  /// Lines end with carriage returns, which become line feeds; nil until it is known.
  private var hasReturns: Bool?
  private var isStart = true
  private var isFirst = true
  /// Lines given so far.
  private(set) var lines = 0

  init(_ input: FeedInput, progress: @escaping (Int) -> Void) throws(FeedError) {
    self.input = try InputFile(input)
    self.progress = progress
  }

  /// The last chunk may end without an end of line.
  mutating func next() throws(FeedError) -> LineChunk? {
    var bytes = rest
    rest = []
    while !atEnd {
      let held = bytes.count
      try fill(&bytes)
      // Only the line that was begun can be so long: the others end within what was read now.
      let first = ByteSearch.first(UInt8(ascii: "\n"), in: bytes, held..<bytes.count)
      guard first ?? bytes.count <= FeedLimit.row else { throw .lineTooLong(lines + 1) }
      guard !atEnd, let end = ByteSearch.last(UInt8(ascii: "\n"), in: bytes, held..<bytes.count)
      else { continue }
      rest = Array(bytes[(end + 1)...])
      bytes.removeSubrange((end + 1)...)
      break
    }
    return bytes.isEmpty ? nil : chunk(bytes)
  }

  private mutating func fill(_ bytes: inout [UInt8]) throws(FeedError) {
    let start = bytes.count
    var end = start
    bytes.append(contentsOf: repeatElement(0, count: ChunkReader.size))
    while end < bytes.count {
      let count = try input.read(into: &bytes, at: end)
      end += count
      if count == 0 {
        atEnd = true
        bytes.removeSubrange(end...)
      }
    }
    if hasReturns == nil { try FirstBytes.refuseUTF16(bytes[...]) }
    let turns = hasReturns ?? FirstBytes.endLinesWithReturns(bytes[...])
    hasReturns = turns
    if turns { FirstBytes.turnReturns(&bytes, from: start, to: bytes.count) }
    progress(input.bytesRead)
  }

  private mutating func chunk(_ bytes: [UInt8]) -> LineChunk {
    // A byte order mark, as some editors put it, says nothing.
    let hasMark = isStart && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let chunk = LineChunk(
      bytes: bytes, start: hasMark ? 3 : 0, linesBefore: lines, isFirst: isFirst)
    isStart = false
    if isFirst { isFirst = !bytes.contains { $0 > 0x20 } }
    lines += ByteSearch.count(UInt8(ascii: "\n"), in: bytes)
    if bytes.last != UInt8(ascii: "\n"), bytes.count > chunk.start { lines += 1 }
    return chunk
  }
}
