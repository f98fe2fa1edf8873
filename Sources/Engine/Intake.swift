import Digests
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import Rules

/// What became of one transaction, in the order of precedence in which it is decided.
public enum Verdict: Sendable, Equatable {
  /// It cannot be read: parked with its text.
  case unreadable(String)
  /// The same id with the same content is there: nothing was done.
  case already
  /// The same id with other content: kept for a person. Names what differs.
  case conflict(String)
  /// It waits for something: a card, a person.
  case parked(reason: String, detail: String)
  /// A sale without a card: kept for analysis, nobody's.
  case nobody
  case accepted

  public var word: String {
    switch self {
    case .unreadable: "unreadable"
    case .already: "already"
    case .conflict: "conflict"
    case .parked: "parked"
    case .nobody: "no card"
    case .accepted: "accepted"
    }
  }

  public var detail: String {
    switch self {
    case .unreadable(let text), .conflict(let text): text
    case .parked(let reason, let detail): detail.isEmpty ? reason : "\(reason): \(detail)"
    default: ""
    }
  }
}

/// Something that arrived, with where it came from (`feed.ndjson:12`, `inbox:77`).
public struct Arrival: Sendable {
  public enum Content: Sendable {
    case transaction(Transaction, digest: UInt128)
    case unreadable(text: String, source: String?, id: String?, problems: [FeedProblem])
  }
  public var content: Content
  public var origin: String?

  public init(_ content: Content, origin: String?) {
    self.content = content
    self.origin = origin
  }

  public init(_ row: SpooledRow, file: String) {
    switch row {
    case .transaction(let transaction, let digest, _, let line):
      self.init(
        .transaction(transaction, digest: UInt128(bytes: digest)), origin: "\(file):\(line)")
    case .unreadable(let text, let source, let id, let problems, _, let line):
      self.init(
        .unreadable(text: text, source: source, id: id, problems: problems),
        origin: "\(file):\(line)")
    }
  }
}

/// Brings arrivals into the ledger's events, each exactly once: resolves, claims, numbers, or parks
/// with a reason.
public struct Intake: Sendable {
  let money: MoneyUnit
  /// Nothing before this can be rated.
  let begins: Instant
  /// The program's events beyond purchases, in any version.
  let events: Set<String>
  private var symbols: [String: Symbol] = [:]

  public init(_ programs: ProgramSet) throws {
    guard let first = programs.entries.first else {
      throw ProgramFailure(
        message: "no program is published yet; `patron publish PATH --from INSTANT` publishes one")
    }
    money = first.rater.program.money
    begins = first.version.begins
    events = Set(
      programs.entries.flatMap { $0.rater.program.syntax.events.map(\.key.value) })
  }

  /// How far in the future an instant may lie.
  static let futureSeconds: Int64 = 86_400

  /// Takes a batch in a transaction of its own, again where another took one of its ids at the same
  /// moment.
  public mutating func take(
    _ arrivals: [Arrival], _ store: borrowing Store, now: Instant = .now
  ) throws -> [Verdict] {
    var tries = 0
    while true {
      do {
        try learn(arrivals, store)
        try store.db.begin()
        let verdicts = try takeWithin(arrivals, store, now: now)
        try store.db.commit()
        return verdicts
      } catch let error as PostgresError {
        store.db.rollback()
        tries += 1
        guard error.isUnique || error.isRetryable, tries < 10 else { throw error }
        if store.db.isLost { try store.db.reset() }
      } catch {
        store.db.rollback()
        throw error
      }
    }
  }

  /// Gives numbers to texts that are new, in commits of their own, before the batch's transaction.
  mutating func learn(_ arrivals: [Arrival], _ store: borrowing Store) throws {
    var new: Set<String> = []
    func note(_ text: String?) {
      if let text, !text.isEmpty, symbols[text] == nil { new.insert(text) }
    }
    for arrival in arrivals {
      guard case .transaction(let transaction, _) = arrival.content else { continue }
      note(transaction.source)
      note(transaction.store)
      note(transaction.channel)
      note(transaction.original?.source)
      if case .event(let name) = transaction.kind { note(name) }
      for line in transaction.lines {
        note(line.sku)
        note(line.category)
        note(line.unit)
      }
      for tender in transaction.tenders { note(tender.kind) }
    }
    guard !new.isEmpty else { return }
    if symbols.count > Intake.mostSymbols { symbols.removeAll() }
    symbols.merge(try store.symbols(Array(new))) { _, new in new }
    // After a clearing, what was known before is missing again.
    if arrivals.contains(where: { !knows($0) }) { try learn(arrivals, store) }
  }

  /// Texts kept in memory at most.
  static let mostSymbols = 500_000

  private func knows(_ arrival: Arrival) -> Bool {
    guard case .transaction(let transaction, _) = arrival.content else { return true }
    return symbols[transaction.source] != nil
      && transaction.lines.allSatisfy { symbols[$0.sku] != nil }
  }

  func symbol(_ text: String?) -> Symbol {
    guard let text, !text.isEmpty else { return .none }
    return symbols[text] ?? .none
  }

  /// The same within the caller's transaction. `learn` must have been called outside of it.
  mutating func takeWithin(
    _ arrivals: [Arrival], _ store: borrowing Store, now: Instant
  ) throws -> [Verdict] {
    var batch = IntakeBatch(arrivals, self, now)
    try batch.claim(store)
    try batch.resolve(store)
    try batch.write(store)
    return batch.verdicts
  }
}

extension UInt128 {
  /// From 16 bytes, the first the highest.
  public init(bytes: some Sequence<UInt8>) {
    self = bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
  }
}
