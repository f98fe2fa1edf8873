import Feed
import Ledger
import Loyalty
import Postgres

/// What became of the rows of a load.
public struct LoadSummary: Sendable, Equatable {
  public var added = 0
  public var updated = 0
  /// `members.csv:12: card …1234 belongs to another member`, the first of them.
  public var problems: [String] = []
  public var refused = 0
  /// Transactions that had waited for a card of these members, by what became of them.
  public var released = PostSummary()
  public init() {}
}

/// Loads members, products and stores in batches, each whole or not at all.
public enum Loader {
  static let batch = 1_000
  static let shownProblems = 50

  public static func members(
    _ input: FeedInput, _ format: RecordReader.Format, file: String, _ store: borrowing Store,
    progress: (Int) -> Void = { _ in }
  ) throws -> LoadSummary {
    var load = Load<MemberRecord>(file: file)
    var cards: [String] = []
    let programs = try ProgramSet(store)
    let write = { (records: [MemberRecord], store: borrowing Store) in
      let verdicts = try store.load(records)
      if programs.livesByCalendar { try store.lowerDue(ofMembers: records.map(\.member)) }
      return verdicts
    }
    try RecordReader.members(input, format) { row in
      if case .record(let record, let line) = row,
        let (field, reason) = MemberDays.fault(birthday: record.birthday, joined: record.joined)
      {
        return load.refuse("\(field): \(reason)", line)
      }
      guard load.take(row) else { return }
      cards += try load.flush(store, progress, write).flatMap(\.cards)
    }
    cards += try load.flush(store, progress, write).flatMap(\.cards)
    try release(cards, programs, &load.summary, store)
    return load.summary
  }

  public static func products(
    _ input: FeedInput, _ format: RecordReader.Format, file: String, _ store: borrowing Store,
    progress: (Int) -> Void = { _ in }
  ) throws -> LoadSummary {
    var load = Load<ProductRecord>(file: file)
    let write = { (records: [ProductRecord], store: borrowing Store) in
      let texts = records.flatMap { [$0.sku] + ($0.category.map { [$0] } ?? []) }
      return try store.load(records, symbols: try store.symbols(Set(texts)))
    }
    try RecordReader.products(input, format) { row in
      if load.take(row) { _ = try load.flush(store, progress, write) }
    }
    _ = try load.flush(store, progress, write)
    return load.summary
  }

  public static func stores(
    _ input: FeedInput, _ format: RecordReader.Format, file: String, _ store: borrowing Store,
    progress: (Int) -> Void = { _ in }
  ) throws -> LoadSummary {
    var load = Load<StoreRecord>(file: file)
    let write = { (records: [StoreRecord], store: borrowing Store) in
      let texts = records.flatMap { [$0.store] + ($0.region.map { [$0] } ?? []) }
      return try store.load(records, symbols: try store.symbols(Set(texts)))
    }
    try RecordReader.stores(input, format) { row in
      if case .record(let record, let line) = row, let zone = record.timezone,
        ZoneTable.zone(zone) == nil
      {
        load.refuse("no time zone is called `\(zone)`; write a name such as Europe/London", line)
        return
      }
      if load.take(row) { _ = try load.flush(store, progress, write) }
    }
    _ = try load.flush(store, progress, write)
    return load.summary
  }

  /// What waited for these cards goes on its way, in the order in which it came.
  private static func release(
    _ cards: [String], _ programs: ProgramSet, _ summary: inout LoadSummary,
    _ store: borrowing Store
  ) throws {
    guard !programs.isEmpty else { return }
    var start = 0
    while start < cards.count {
      let some = Array(cards[start..<min(start + 10_000, cards.count)])
      start += some.count
      let ids = try Release.parkedIDs(cards: some, store)
      guard !ids.isEmpty else { continue }
      var intake = try Intake(programs)
      summary.released.add(
        try Release.release(
          ids: ids, intake: &intake, context: try programs.feedContext(store), store: store))
    }
  }
}

/// Records on their way to the store.
private struct Load<Record: Sendable> {
  let file: String
  var summary = LoadSummary()
  private var records: [Record] = []
  private var lines: [Int] = []

  init(file: String) { self.file = file }

  /// Whether the batch is full.
  mutating func take(_ row: RecordReader.Row<Record>) -> Bool {
    switch row {
    case .record(let record, let line):
      records.append(record)
      lines.append(line)
    case .unreadable(_, let problems, let line):
      let told = problems.map { problem in
        var problem = problem
        if problem.line == line { problem.line = nil }
        return problem.description
      }
      refuse(told.joined(separator: "; "), line)
    }
    return records.count >= Loader.batch
  }

  mutating func refuse(_ reason: String, _ line: Int) {
    summary.refused += 1
    if summary.problems.count < Loader.shownProblems {
      summary.problems.append("\(file):\(line): \(reason)")
    }
  }

  /// Writes the batch in one transaction; gives the records that were written.
  mutating func flush(
    _ store: borrowing Store, _ progress: (Int) -> Void,
    _ write: ([Record], borrowing Store) throws -> [LoadVerdict]
  ) throws -> [Record] {
    guard !records.isEmpty else { return [] }
    try store.db.begin()
    let verdicts: [LoadVerdict]
    do {
      verdicts = try write(records, store)
      try store.db.commit()
    } catch {
      store.db.rollback()
      throw error
    }
    var written: [Record] = []
    for (index, verdict) in verdicts.enumerated() {
      switch verdict {
      case .added: summary.added += 1
      case .updated: summary.updated += 1
      case .refused(let reason):
        refuse(reason, lines[index])
        continue
      }
      written.append(records[index])
    }
    records.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    progress(summary.added + summary.updated)
    return written
  }
}
