/// Transactions that go to a parser together.
private struct POSLogBatch: Sendable {
  var pieces: [XMLPiece] = []
  var size = 0
}

/// What a parser made of them.
private struct POSLogRows: Sendable {
  var rows = ParsedRows()
  var leftOut = 0
}

extension FileSpool {
  /// Bytes that go to a parser at once.
  private static let batch = 1 << 18

  mutating func readPOSLog(
    _ input: FeedInput, _ context: FeedContext, progress: @escaping (Int) -> Void
  ) throws(FeedError) {
    var scanner = try XMLScanner(input, progress: progress)
    let parsers = (0..<FileSpool.parsers).map { _ in
      Conveyor<POSLogBatch, POSLogRows> {
        var reader = POSLogReader(context)
        var form = CanonicalForm()
        return { FileSpool.parse($0, &reader, &form) }
      }
    }
    var given = 0
    var taken = 0
    var batch = POSLogBatch()
    var isOver = false
    while !isOver {
      if let piece = try scanner.next() {
        batch.size += piece.bytes.count
        batch.pieces.append(piece)
      } else {
        isOver = true
      }
      guard batch.size >= FileSpool.batch || isOver else { continue }
      if given - taken == 2 * parsers.count {
        try add(parsers[taken % parsers.count].take())
        taken += 1
      }
      parsers[given % parsers.count].give(batch)
      given += 1
      batch = POSLogBatch()
    }
    while taken < given {
      try add(parsers[taken % parsers.count].take())
      taken += 1
    }
    lineCount = scanner.lines
  }

  private mutating func add(_ read: POSLogRows) throws(FeedError) {
    leftOutCount += read.leftOut
    try add(read.rows)
  }

  private static func parse(
    _ batch: POSLogBatch, _ reader: inout POSLogReader, _ form: inout CanonicalForm
  ) -> POSLogRows {
    var read = POSLogRows()
    for piece in batch.pieces {
      switch reader.read(piece) {
      case .leftOut: read.leftOut += 1
      case .read(let reading):
        read.rows.add(reading, line: piece.line, &form) { piece.bytes[...] }
      }
    }
    return read
  }
}
