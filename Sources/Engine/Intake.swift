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
  /// It brings back what a closed account had bought: kept, and nobody's.
  case closed
  case accepted

  public var word: String {
    switch self {
    case .unreadable: "unreadable"
    case .already: "already"
    case .conflict: "conflict"
    case .parked: "parked"
    case .nobody: "no card"
    case .closed: "account closed"
    case .accepted: "accepted"
    }
  }

  /// Something that a person should look at.
  public var isProblem: Bool {
    switch self {
    case .unreadable, .conflict: true
    default: false
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
    case transaction(Readable)
    case unreadable(text: String, source: String?, id: String?, problems: [FeedProblem])
  }

  /// An object, for a transaction has many parts and an arrival changes hands often.
  public final class Readable: Sendable {
    public let transaction: Transaction
    /// Of its canonical form.
    public let digest: UInt128

    public init(_ transaction: Transaction, digest: UInt128) {
      self.transaction = transaction.isSuspended ? transaction.suspended(digest) : transaction
      self.digest = digest
    }
  }

  public let content: Content
  private let place: String?
  /// The line in the file; 0 where `place` says it all.
  let line: Int

  public init(_ content: Content, origin: String?, line: Int = 0) {
    self.content = content
    self.place = origin
    self.line = line
  }

  /// The id that it was sent under, where it could be read.
  var readID: String? {
    if case .transaction(let readable) = content { readable.transaction.id } else { nil }
  }

  public var origin: String? { place.map { line > 0 ? "\($0):\(line)" : $0 } }

  public init(_ transaction: Transaction, digest: UInt128, origin: String?, line: Int = 0) {
    self.init(.transaction(Readable(transaction, digest: digest)), origin: origin, line: line)
  }

  public init(_ row: SpooledRow, file: String) {
    switch row {
    case .transaction(let transaction, let digest, _, let line):
      self.init(transaction, digest: UInt128(bytes: digest), origin: file, line: line)
    case .unreadable(let text, let source, let id, let problems, _, let line):
      self.init(
        .unreadable(text: text, source: source, id: id, problems: problems),
        origin: file, line: line)
    }
  }
}

/// Brings arrivals into the ledger's events, each exactly once: resolves, claims, numbers, or parks
/// with a reason.
public struct Intake: Sendable {
  let money: MoneyUnit
  /// Nothing before this can be rated.
  let begins: Instant
  /// The program's events beyond purchases, in any version, and the language's own.
  let events: Set<String>
  /// The attributes of items that any version declares.
  let itemAttributes: Set<String>
  /// Events that happen to the referrer, too.
  let referrals: Set<String>
  /// What each version declares of its events' attributes.
  private let declared: [DeclaredValues]
  private var symbols: [String: Symbol] = [:]
  /// The batch before had no id that was there: then the next one's are not looked up, and the
  /// index of the claims tells if one is there all the same.
  private var expectsNew = false
  /// The running batch's events, and what of it waits for an original: looked at when the batch is
  /// committed.
  var taken = TakenIDs()
  /// For reading again what was parked.
  let programs: ProgramSet

  public init(_ programs: ProgramSet) throws {
    guard let first = programs.entries.first else {
      throw ProgramFailure(
        message: "no program is published yet; `patron publish PATH --from INSTANT` publishes one")
    }
    self.programs = programs
    money = first.rater.program.money
    begins = first.version.begins
    events = Set(
      programs.entries.flatMap { $0.rater.program.syntax.events.map(\.key.value) }
        + ["join", "claim", "redeem", "hold", "capture", "release", "refund", "partner"])
    referrals = programs.entries.reduce(into: []) { $0.formUnion($1.rater.program.referrals) }
    declared = programs.entries.map { DeclaredValues($0.rater.program) }
    itemAttributes = Set(
      programs.entries.flatMap { $0.rater.program.syntax.attributes.item.map(\.value) })
  }

  /// What an event carries that is not what the version in force declares.
  func fault(of event: String, _ transaction: Transaction) -> String? {
    declared[programs.place(at: transaction.at) ?? 0].fault(of: event, transaction.attributes)
  }

  public func declares(event: String) -> Bool { events.contains(event) }

  /// The kind of transaction or the event that was probably meant by an unknown one.
  public func nearEvent(to name: String) -> String? {
    NearName.of(name, among: ["sale", "return", "void", "exchange"] + events.sorted())
      ?? Self.otherWords[name.lowercased()]
  }

  /// What others call what the feed has a word for; the first is the rule files' own.
  private static let otherWords = [
    "purchase": "sale", "order": "sale", "receipt": "sale", "cancel": "void",
    "cancellation": "void", "storno": "void",
  ]

  /// How far in the future an instant may lie.
  static let futureSeconds: Int64 = 86_400

  /// Takes a batch in a transaction of its own, again where another took one of its ids at the same
  /// moment.
  public mutating func take(
    _ arrivals: [Arrival], _ store: borrowing Store, now: Instant = .now
  ) throws -> [Verdict] {
    let verdicts = try takeRetrying(arrivals, store, now)
    try releaseReturns(store, now)
    return verdicts
  }

  private mutating func takeRetrying(
    _ arrivals: [Arrival], _ store: borrowing Store, _ now: Instant
  ) throws -> [Verdict] {
    var tries = 0
    while true {
      do {
        let events = try prepare(arrivals, store)
        try store.db.begin()
        let lookingUp = !expectsNew
        let verdicts = try take(arrivals, events, store, now: now, lookingUp: lookingUp)
        try store.db.commit()
        return verdicts
      } catch let error as PostgresError {
        store.db.rollback()
        tries += 1
        guard error.isUnique || error.isRetryable, tries < 10 else { throw error }
        expectsNew = false
        if store.db.isLost { try store.db.reset() }
      } catch {
        store.db.rollback()
        throw error
      }
    }
  }

  /// Gives numbers to texts that are new, in commits of their own, before the batch's transaction.
  mutating func learn(_ arrivals: [Arrival], _ store: borrowing Store) throws {
    _ = try prepare(arrivals, store)
  }

  /// The arrivals as events that still lack their account, with the numbers of all texts.
  mutating func prepare(
    _ arrivals: [Arrival], _ store: borrowing Store
  ) throws -> [NewEvent?] {
    var new: Set<String> = []
    let events = drafts(arrivals, &new)
    if new.isEmpty { return events }
    // After a clearing, what was known before is missing again: twice is enough for any batch.
    if symbols.count > Intake.mostSymbols {
      symbols.removeAll()
      _ = drafts(arrivals, &new)
    }
    symbols.merge(try store.symbols(Array(new))) { _, new in new }
    return drafts(arrivals, &new)
  }

  /// `new` gathers the texts whose numbers are not known.
  func drafts(_ arrivals: [Arrival], _ new: inout Set<String>) -> [NewEvent?] {
    arrivals.map { arrival in
      guard case .transaction(let readable) = arrival.content else { return nil }
      return draft(readable.transaction, &new)
    }
  }

  private func draft(_ transaction: Transaction, _ new: inout Set<String>) -> NewEvent {
    func number(_ text: String?) -> Symbol {
      guard let text, !text.isEmpty else { return .none }
      if let symbol = symbols[text] { return symbol }
      new.insert(text)
      return .none
    }
    let event = NewEvent(transaction, kind: EventKind(transaction.kind))
    if case .event(let name) = transaction.kind { event.name = number(name) }
    event.source = number(transaction.source)
    event.store = number(transaction.store)
    event.channel = number(transaction.channel)
    event.originalSource = number(transaction.original?.source)
    event.card = transaction.cards.first
    let lines = transaction.lines.indices
    event.products = lines.map { number(transaction.lines[$0].sku).id }
    event.categories = lines.map { index in
      let category = transaction.lines[index].category
      return category == nil ? Intake.asked : number(category).id
    }
    if lines.contains(where: { transaction.lines[$0].unit != nil }) {
      event.units = lines.map { number(transaction.lines[$0].unit).id }
    }
    event.tenderKinds = transaction.tenders.map { number($0.kind).id }
    return event
  }

  /// A category that its product's row is asked for.
  static let asked: Int32 = -1

  /// Texts kept in memory at most.
  static let mostSymbols = 500_000

  func symbol(_ text: String?) -> Symbol {
    guard let text, !text.isEmpty else { return .none }
    return symbols[text] ?? .none
  }

  /// The same within the caller's transaction. `learn` must have been called outside of it.
  mutating func takeWithin(
    _ arrivals: [Arrival], _ store: borrowing Store, now: Instant
  ) throws -> [Verdict] {
    var new: Set<String> = []
    return try take(arrivals, drafts(arrivals, &new), store, now: now, lookingUp: true)
  }

  private mutating func take(
    _ arrivals: [Arrival], _ events: [NewEvent?], _ store: borrowing Store, now: Instant,
    lookingUp: Bool
  ) throws -> [Verdict] {
    var batch = IntakeBatch(arrivals, events, self, now)
    try store.preferIndexes()
    expectsNew = try !batch.claim(store, lookingUp: lookingUp)
    try batch.resolve(store)
    try batch.write(store)
    taken = batch.taken
    return batch.verdicts
  }
}

extension UInt128 {
  /// From 16 bytes, the first the highest.
  public init(bytes: some Sequence<UInt8>) {
    self = bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
  }
}
