import Loyalty

/// Rows as they go into the spool, one behind the other, still without their numbers.
struct ParsedRows: Sendable {
  struct Entry: Sendable {
    var instant: Instant
    var length: UInt32
    /// Of the card that it goes by, or of its id.
    var hash: UInt32
  }

  private(set) var bytes: [UInt8] = []
  private(set) var entries: [Entry] = []
  private(set) var problemCount = 0
  /// Line of the last row.
  private(set) var lastLine = 0

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(
    _ reading: FeedReading, line: Int, _ form: inout CanonicalForm, text: () -> ArraySlice<UInt8>
  ) {
    let before = bytes.count
    lastLine = line
    var entry = Entry(instant: Instant(microseconds: .max), length: 0, hash: 0)
    switch reading {
    case .transaction(let transaction):
      let digest = form.digest(of: transaction)
      entry.instant = transaction.at
      entry.hash = ParsedRows.hash(transaction.cards.first ?? transaction.id)
      SpoolRecord.encode(transaction, digest, written: &form, line: line, into: &bytes)
    case .unreadable(let source, let id, let problems):
      problemCount += 1
      SpoolRecord.encode(text(), source, id, problems, line: line, into: &bytes)
    }
    entry.length = UInt32(bytes.count - before)
    entries.append(entry)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    problemCount = 0
  }

  /// FNV-1a, folded.
  static func hash(_ text: String) -> UInt32 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return UInt32(truncatingIfNeeded: hash >> 33)
  }
}
