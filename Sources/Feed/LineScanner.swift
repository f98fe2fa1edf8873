/// Gives an input's lines one after the other, as places in a buffer that is used again.
struct LineScanner: ~Copyable {
  static let chunk = 1 << 20

  private var input: InputFile
  private(set) var buffer = [UInt8](repeating: 0, count: LineScanner.chunk)
  /// What is in the buffer and has not been given.
  private var start = 0
  private var end = 0
  private var atEnd = false
  /// Lines end with carriage returns, which become line feeds in `buffer`.
  private var hasReturns = false
  private let progress: (Int) -> Void
  /// Number of the line given last, from 1.
  private(set) var line = 0

  struct Line {
    /// In `buffer`, without the end of line.
    var range: Range<Int>
    /// False for what stands after the last end of line.
    var isTerminated: Bool
  }

  private init(_ input: consuming InputFile, _ progress: @escaping (Int) -> Void) {
    self.input = input
    self.progress = progress
  }

  static func open(
    _ input: FeedInput, progress: @escaping (Int) -> Void
  ) throws(FeedError) -> LineScanner {
    var scanner = LineScanner(try InputFile(input), progress)
    try scanner.fillFirst()
    // A byte order mark, as some editors put it, says nothing.
    if scanner.end >= 3, scanner.buffer[0..<3].elementsEqual([0xEF, 0xBB, 0xBF]) {
      scanner.start = 3
    }
    return scanner
  }

  /// Reads until it is known how lines end.
  private mutating func fillFirst() throws(FeedError) {
    repeat {
      try fill()
    } while !atEnd && end < FirstBytes.looked && !buffer[..<end].contains(0x0A)
    try FirstBytes.refuseUTF16(buffer[..<end])
    hasReturns = FirstBytes.endLinesWithReturns(buffer[..<end])
    if hasReturns { FirstBytes.turnReturns(&buffer, from: 0, to: end) }
  }

  /// The next line; it stands in `buffer` until the next call.
  mutating func next() throws(FeedError) -> Line? {
    var searched = start
    while true {
      if let newline = ByteSearch.first(UInt8(ascii: "\n"), in: buffer, searched..<end) {
        let line = start..<newline
        guard line.count <= FeedLimit.row else { throw tooLong() }
        start = newline + 1
        self.line += 1
        return Line(range: line, isTerminated: true)
      }
      let held = end - start
      guard !atEnd else {
        defer { start = end }
        guard held > 0 else { return nil }
        line += 1
        return Line(range: start..<end, isTerminated: false)
      }
      try fill()
      searched = start + held
    }
  }

  /// Reads on, with what is held moved to the buffer's beginning.
  private mutating func fill() throws(FeedError) {
    let held = end - start
    guard held <= FeedLimit.row else { throw tooLong() }
    if start > 0 {
      buffer.replaceSubrange(0..<held, with: Array(buffer[start..<end]))
      (start, end) = (0, held)
    }
    if buffer.count - end < LineScanner.chunk / 2 {
      buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }
    let count = try input.read(into: &buffer, at: end)
    if hasReturns { FirstBytes.turnReturns(&buffer, from: end, to: end + count) }
    end += count
    atEnd = count == 0
    progress(input.bytesRead)
  }

  private func tooLong() -> FeedError { FeedError.lineTooLong(line + 1) }
}
