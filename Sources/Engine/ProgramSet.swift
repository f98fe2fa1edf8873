import Ledger
import Loyalty
import Rules
import YAML

/// All published versions, compiled, by the instant from which they hold. A worker owns one.
public struct ProgramSet: Sendable {
  public struct Entry: Sendable {
    public let version: Version
    public var rater: Rater
    /// The counters that this version keeps.
    var own: Set<CounterID> = []
    /// Counters that other versions keep and this one does not: they are kept all the same.
    var others: [(entry: Int, counters: Set<CounterID>)] = []
    /// When a version follows that lives by the calendar: it looks at every account.
    var next = Instant.distantFuture
  }

  public var entries: [Entry] = []
  public private(set) var stamp: Int64 = -1

  public var isEmpty: Bool { entries.isEmpty }

  /// Tenders that spend points: their sales need the account's lots.
  var spendingTenders: Set<Symbol> {
    entries.reduce(into: []) { $0.formUnion($1.rater.program.spendingTenders) }
  }

  /// Whether some version asks for more than the account itself.
  var needsMembers: Bool { entries.contains { $0.rater.program.needsMember } }
  var needsSegments: Bool { entries.contains { !$0.rater.program.segments.isEmpty } }

  /// Whether some version gives tiers by rank.
  public private(set) var hasRanks = false
  /// What some version asks of events.
  private(set) var eventParts: EventParts = .all

  public init() {}

  /// Reads the versions again if any was published or withdrawn since.
  public mutating func refresh(_ store: borrowing Store) throws {
    let now = try store.versionStamp()
    if now != stamp { self = try ProgramSet(store, stamp: now) }
  }

  public init(_ store: borrowing Store) throws {
    try self.init(store, stamp: try store.versionStamp())
  }

  private init(_ store: borrowing Store, stamp: Int64) throws {
    self.stamp = stamp
    for version in try store.versions() {
      let files = version.files.map { SourceFile(name: $0.path, text: $0.body) }
      guard let syntax = ProgramReader.read(files).program else {
        throw ProgramFailure(
          message: "version \(version.id) was published by a Patron that reads more than this one")
      }
      let program = try ProgramSet.compile(syntax, store)
      entries.append(Entry(version: version, rater: Rater(program)))
    }
    link()
  }

  /// Versions beside each other: each keeps the counters of all the others, too.
  init(_ entries: [Entry]) {
    self.entries = entries.map { Entry(version: $0.version, rater: $0.rater) }
    link()
  }

  private mutating func link() {
    let begins = entries.first?.version.begins ?? .distantPast
    let isLimited = entries.contains { $0.rater.program.hasLimits }
    hasRanks = entries.contains { $0.rater.program.hasRanks }
    eventParts = entries.reduce([]) { $0.union($1.rater.program.eventParts) }
    for place in entries.indices {
      entries[place].rater.notesUses = isLimited
      entries[place].rater.begins = begins
      if place > 0 { entries[place].rater.since = entries[place].version.begins }
      entries[place].next =
        entries[(place + 1)...].first { $0.rater.program.livesByCalendar }?.version.begins
        ?? .distantFuture
      // Nothing is in hand until a worker has drawn it.
      entries[place].rater.shares = entries[place].rater.shares.map { _ in
        BudgetShare(left: 0, isLast: true)
      }
      entries[place].own = Set(entries[place].rater.program.keptCounters)
    }
    for place in entries.indices {
      for other in entries.indices where other != place {
        let more = entries[other].own.subtracting(entries[place].own)
          .subtracting(entries[place].others.flatMap(\.counters))
        if !more.isEmpty { entries[place].others.append((other, more)) }
      }
    }
  }

  /// Compiles with the numbers that the store has given; new names get theirs and are stored.
  static func compile(_ syntax: ProgramSyntax, _ store: borrowing Store) throws -> Program {
    guard let zone = ZoneTable.zone(syntax.timezone.value) else {
      throw ProgramFailure(message: "no time zone is called \(syntax.timezone.value)")
    }
    // Once to learn which texts the program names, once with their numbers.
    var draft = Registry()
    _ = Compiler.compile(syntax, zone: zone, registry: &draft)
    let names = try store.names()
    var registry = Registry(symbols: try store.symbols(draft.symbols.keys))
    registry.currencies = names.currencies
    registry.tiers = names.tiers
    registry.rules = names.rules
    registry.coupons = names.coupons
    registry.segments = names.segments
    registry.counters = names.counters
    registry.budgets = names.budgets
    registry.rewards = names.rewards
    let program = Compiler.compile(syntax, zone: zone, registry: &registry)
    var new = Names()
    new.currencies = registry.currencies.filter { names.currencies[$0.key] == nil }
    for currency in program.currencies { new.decimals[currency.id] = currency.decimals }
    new.tiers = registry.tiers.filter { names.tiers[$0.key] == nil }
    new.rules = registry.rules.filter { names.rules[$0.key] == nil }
    new.segments = registry.segments.filter { names.segments[$0.key] == nil }
    new.coupons = registry.coupons.filter { names.coupons[$0.key] == nil }
    new.rewards = registry.rewards.filter { names.rewards[$0.key] == nil }
    new.counters = registry.counters.filter { names.counters[$0.key] == nil }
    try store.add(new)
    try store.add(program.budgets.map { (id: $0.id, key: $0.key, total: $0.total) })
    return program
  }

  /// Whether time alone brings more than releases, expiries and ends of tiers.
  public var livesByCalendar: Bool { entries.contains { $0.rater.program.livesByCalendar } }

  /// Brings an account to the end of each version that was in force before an event's: what time
  /// brought then is rated by the rules of then. `tell` hears of what each version's days brought.
  mutating func bringUp(
    _ account: inout Account, toVersion place: Int, _ outcome: inout Outcome,
    tell: (Program, Account, inout Outcome) -> Void
  ) {
    let from = account.clock > .distantPast ? account.clock : beginning(of: account)
    guard let from, let first = self.place(at: from), first < place else { return }
    for old in first..<place {
      let end = entries[old + 1].version.begins
      guard end > account.clock else { continue }
      let first = BookedPlace(outcome)
      entries[old].rater.advance(
        &account, to: Instant(microseconds: end.microseconds - 1), &outcome)
      account.due = min(account.due, entries[old].next)
      for (other, counters) in entries[old].others {
        entries[other].rater.countDays(&outcome, &account, only: counters, from: first)
      }
      tell(entries[old].rater.program, account, &outcome)
      // They are booked; what the event itself gives comes next.
      outcome.parts.removeAll()
    }
  }

  /// Brings an account to an instant by time alone, through the versions that held until then.
  mutating func advance(
    _ account: inout Account, to instant: Instant, _ outcome: inout Outcome,
    tell: (Account, inout Outcome) -> Void = { _, _ in }
  ) {
    guard let place = place(at: instant) else { return }
    if place > 0, livesByCalendar {
      bringUp(&account, toVersion: place, &outcome) { _, account, outcome in
        tell(account, &outcome)
      }
    }
    entries[place].rater.advance(&account, to: instant, &outcome)
  }

  /// The first moment of an account that was never rated: the day of joining, where that is known
  /// and time brings anything. Nil: it begins with its first event.
  func beginning(of account: Account) -> Instant? {
    guard livesByCalendar, let joined = account.joined, let first = entries.first else {
      return nil
    }
    return max(first.rater.program.zone.start(of: joined), first.version.begins)
  }

  /// When versions follow on each other of which the later one lives by the calendar.
  var borders: [Instant] {
    entries.dropFirst().filter(\.rater.program.livesByCalendar).map(\.version.begins)
  }

  /// The place of the version in force at an instant; nil before the first.
  public func place(at instant: Instant) -> Int? {
    entries.lastIndex { $0.version.begins <= instant }
  }

  public func place(ofVersion id: Int32) -> Int? {
    entries.firstIndex { $0.version.id == id }
  }

  /// Rates an event with the version in force at its instant, after what time brought under older
  /// ones, and keeps the counters of the others.
  /// Gives that version's place; nil, with a refusal in the outcome, before the first.
  mutating func rate(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome,
    tell: (Program, Account, inout Outcome) -> Void = { _, _, _ in }
  ) -> Int? {
    guard let place = begin(event, &account, &outcome, tell: tell) else { return nil }
    entries[place].rater.rateOn(event, &account, &outcome)
    end(event, at: place, &account, outcome)
    return place
  }

  /// What comes before the rating: what time brought under older versions, of which `tell` hears.
  mutating func begin(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome,
    tell: (Program, Account, inout Outcome) -> Void
  ) -> Int? {
    outcome.removeAll()
    guard let place = place(at: event.at) else {
      outcome.refused = "no version of the program held at that time"
      account.position = event.seq
      return nil
    }
    if !event.reviews.isEmpty {
      takeReviews(before: event, ofVersionsBefore: place, &account, &outcome, tell: tell)
    }
    if place > 0, livesByCalendar { bringUp(&account, toVersion: place, &outcome, tell: tell) }
    return place
  }

  /// What comes after it: the counters that only other versions keep.
  mutating func end(
    _ event: Event, at place: Int, _ account: inout Account, _ outcome: Outcome
  ) {
    for (other, counters) in entries[place].others
    where !event.earnsNothing || !outcome.postings.isEmpty {
      entries[other].rater.count(
        event, outcome, &account, only: counters, from: entries[place].rater.began)
    }
    account.due = min(account.due, entries[place].next)
    account.position = event.seq
  }

  /// The version in force now, or the first one that will be.
  public func current(at instant: Instant) -> Program? {
    (place(at: instant) ?? entries.indices.first).map { entries[$0].rater.program }
  }
}
