extension FileSpool {
  /// Parsers at work, each in a thread of its own.
  static let parsers = 2

  mutating func readNDJSON(
    _ input: FeedInput, _ context: FeedContext, progress: @escaping (Int) -> Void
  ) throws(FeedError) {
    var chunks = try ChunkReader(input, progress: progress)
    let parsers = (0..<FileSpool.parsers).map { _ in
      Conveyor<LineChunk, Result<ParsedRows, FeedError>> {
        var parser = ChunkParser(context)
        return { parser.parse($0) }
      }
    }
    var given = 0
    var taken = 0
    while let chunk = try chunks.next() {
      if given - taken == 2 * parsers.count {
        try add(parsers[taken % parsers.count].take().get())
        taken += 1
      }
      parsers[given % parsers.count].give(chunk)
      given += 1
    }
    while taken < given {
      try add(parsers[taken % parsers.count].take().get())
      taken += 1
    }
    lineCount = chunks.lines
  }
}
