import Foundation
import Ledger
import Loyalty
import Postgres
import Rules

/// How much one commit takes.
public struct BatchLimits: Sendable {
  /// Events of one commit.
  public var events = 2_000
  /// Events that are in memory at a time.
  public var chunk = 1_000
  /// Lines of receipts after which a commit takes no more accounts: bounds bytes.
  public var lines = 200_000
  public init(events: Int = 2_000) {
    self.events = events
    chunk = min(events, 1_000)
  }
}

/// Rates waiting events exactly once: it locks accounts, reads, rates and books them in one
/// transaction.
/// A worker is owned by one thread; any number of workers may run.
public struct Worker: ~Copyable {
  public let store: Store
  public var programs = ProgramSet()
  public var limits: BatchLimits
  private var cursor: Int16
  var booking = Booking()
  var outcome = Outcome()
  var done: [Account] = []
  var codes: BatchCodes
  var purse: BudgetPurse
  var isCommitting = false
  var calendar = ReviewCalendar()
  /// Of the review that it came to last: the inbox's highest number then.
  var arrived: (day: CivilDate, last: Int64)?
  /// Something waits behind a review that could not be held yet: try again in a moment.
  public internal(set) var isHeldUp = false
  let settings: ConnectionSettings
  /// Events an account had waiting on average: how many accounts to lock for a batch. Unknown
  /// before the first one.
  private var eventsPerAccount: Int?

  public init(
    _ settings: ConnectionSettings, limits: BatchLimits = BatchLimits(), from shard: Int16 = 0
  ) throws {
    var settings = settings
    settings.lockTimeoutMilliseconds = 10_000
    settings.statementTimeoutMilliseconds = 120_000
    settings.looksUpByIndex = true
    let opened = try Store(settings)
    codes = BatchCodes(secret: try opened.setting("coupon secret") ?? "")
    store = opened
    self.settings = settings
    self.limits = limits
    cursor = shard
    purse = BudgetPurse(settings)
  }

  /// Rates one batch; gives how many events it rated, 0 where nothing waits that no one else has.
  ///
  /// A commit that may or may not have taken place is settled by looking: positions tell, and the
  /// next batch reads them. Where all that waits lies behind a review of ranks that is due, it
  /// holds the review and goes on.
  public mutating func runBatch() throws -> Int {
    isHeldUp = false
    while true {
      let count = try trying { try $0.tryBatch() }
      guard count == 0, let review = try pendingReview() else { return count }
      switch try trying({ try $0.hold(review) }) {
      case .held: continue
      case .needless: return 0
      case .notYet:
        isHeldUp = true
        return 0
      }
    }
  }

  /// Does a batch, and again where the server says that it may succeed then.
  mutating func trying<Result>(_ batch: (inout Worker) throws -> Result) throws -> Result {
    var delay: UInt32 = 1_000
    var attempt = 1
    defer { codes.look(atEach: false) }
    while true {
      do {
        return try batch(&self)
      } catch is BatchCodes.Taken {
        settlePurse()
        store.db.rollback()
        codes.look(atEach: true)
      } catch let error as PostgresError where error.isRetryable && attempt < Worker.attempts {
        settlePurse()
        store.db.rollback()
        usleep(delay)
        delay = min(delay * 2, 1_000_000)
        attempt += 1
        if store.db.isLost { try reconnect() }
      } catch {
        settlePurse()
        store.db.rollback()
        throw error
      }
    }
  }

  /// After a batch that failed: in its commit, nobody knows whether what it took is spent.
  mutating func settlePurse() {
    if isCommitting { purse.forget() } else { purse.undo() }
    isCommitting = false
  }

  /// How often a batch is tried again before the error is shown.
  static let attempts = 12

  /// Gives back what is left of budgets' shares; call it where no batch follows.
  public mutating func end() throws { try purse.giveBack() }

  mutating func reconnect() throws {
    for attempt in 1... {
      do {
        return try store.db.reset()
      } catch {
        if attempt >= Worker.attempts { throw error }
        usleep(UInt32(attempt) * 100_000)
      }
    }
  }

  private mutating func tryBatch() throws -> Int {
    if programs.stamp < 0 { try programs.refresh(store) }
    try store.db.begin()
    let waiting = try lockAccounts()
    guard !waiting.isEmpty else {
      store.db.rollback()
      try purse.giveBack()
      return 0
    }
    try commit(waiting)
    cursor = waiting[waiting.count - 1].shard
    return booking.count
  }

  /// Rates what waits on accounts that are locked, and ends the transaction. The programs were
  /// looked at since the accounts are locked.
  mutating func commit(_ waiting: [WaitingAccount]) throws {
    booking.removeAll()
    done.removeAll(keepingCapacity: true)
    purse.begin()
    codes.begin()
    try rate(waiting)
    try codes.check(store)
    try store.book(booking, done, ratedAt: Instant.now)
    try finish()
  }

  /// Ends a transaction whose booking is written.
  mutating func finish() throws {
    try store.spend(purse.spends)
    isCommitting = true
    try store.db.commit()
    isCommitting = false
  }

  /// With what lies before the next review, where one is due.
  private mutating func lockAccounts() throws -> [WaitingAccount] {
    let each = try eventsPerAccount ?? store.eventsWaitingEach(from: cursor)
    let most = max(1, (limits.events + each - 1) / each)
    let limit = try pendingReview()?.at
    var waiting = try store.lockWaiting(from: cursor, most: most, before: limit)
    if waiting.isEmpty, cursor > 0 {
      cursor = 0
      waiting = try store.lockWaiting(from: cursor, most: most, before: limit)
    }
    guard !waiting.isEmpty else { return [] }
    try programs.refresh(store)
    return try beforeReview(waiting)
  }

  /// Rates chunk by chunk, until the batch is full.
  private mutating func rate(_ waiting: [WaitingAccount]) throws {
    var left = limits.events
    var lines = 0
    var first = 0
    var total = 0
    while first < waiting.count, left > 0, lines < limits.lines {
      var spans: [EventSpan] = []
      var room = min(limits.chunk, left)
      var end = first
      while end < waiting.count, room > 0 {
        let account = waiting[end]
        let count = min(account.last - account.position, Int64(room))
        spans.append(
          EventSpan(
            shard: account.shard, account: account.id, first: account.position + 1,
            last: account.position + count))
        room -= Int(count)
        end += 1
      }
      let events = try store.events(
        spans, withReviews: programs.hasRanks, programs.eventParts)
      guard events.count == spans.reduce(0, { $0 + Int($1.last - $1.first + 1) }) else {
        throw EngineError(
          "accounts \(spans[0].account) … \(spans[spans.count - 1].account) have fewer events than "
            + "their last number says; run `patron audit`")
      }
      try rate(waiting[first..<end], events)
      lines += events.reduce(0) { $0 + $1.event.lines.count }
      left -= events.count
      total += events.count
      first = end
    }
    eventsPerAccount = max(1, total / max(1, first))
  }

  private mutating func rate(
    _ waiting: ArraySlice<WaitingAccount>, _ events: [(span: Int, event: Event)]
  ) throws {
    let takesPoints = programs.entries.contains { $0.rater.program.takesPoints }
    var accounts = try store.load(
      waiting,
      needs: Worker.needs(
        waiting, events, programs.spendingTenders, takesPoints: takesPoints,
        borders: programs.borders),
      withMembers: programs.needsMembers, withSegments: programs.needsSegments)
    var originals = try store.originals(Worker.originals(waiting, events))
    var isCut: Set<Int> = []
    for (span, event) in events where !isCut.contains(span) {
      // What it brings something back of is booked by the next batch's beginning. An original that
      // does not come before it is none.
      let isEarly =
        event.originalAccount == 0 && event.returned < event.seq
        && event.returned > waiting[waiting.startIndex + span].position
      if isEarly {
        isCut.insert(span)
        continue
      }
      let own = try lendHold(for: event, to: &accounts[span])
      let place = try rate(own, &accounts[span], &originals)
      try keep(own, ratedBy: place, &accounts[span])
      try settleLent(event, own, &accounts[span])
      if event.kind.isOfAHold, let reason = outcome.refusalOfHold {
        Messages.tellRefused(reason, accounts[span], event, &booking)
      }
    }
    done += accounts
  }

  /// The booked events that something comes back of.
  private static func originals(
    _ waiting: ArraySlice<WaitingAccount>, _ events: [(span: Int, event: Event)]
  ) -> Set<OriginalKey> {
    var keys: Set<OriginalKey> = []
    for (span, event) in events where event.returned != 0 {
      let account = waiting[waiting.startIndex + span]
      guard let key = event.originalKey(in: account.shard, account.id),
        key.account != account.id || key.seq <= account.position
      else { continue }
      keys.insert(key)
    }
    return keys
  }

  /// What must be read of each account, by what its events may touch.
  static func needs(
    _ waiting: ArraySlice<WaitingAccount>, _ events: [(span: Int, event: Event)],
    _ spending: Set<Symbol>, takesPoints: Bool, borders: [Instant]
  ) -> [AccountNeeds] {
    var needs = Array(repeating: AccountNeeds(), count: waiting.count)
    var latest = waiting.map(\.clock)
    let dues = waiting.map(\.due)
    for (span, event) in events {
      if takesPoints || event.kind != .sale || dues[span] <= event.at { needs[span].lots = true }
      if event.at < latest[span] { needs[span].tierChanges = true }
      if borders.contains(where: { latest[span] < $0 && $0 <= event.at }) {
        needs[span].lots = true
      }
      if !spending.isEmpty, event.tenders.contains(where: { spending.contains($0.kind) }) {
        (needs[span].lots, needs[span].holds) = (true, true)
      }
      if !event.coupons.isEmpty || event.kind == .other && !event.attributes.isEmpty {
        needs[span].coupons = true
      }
      if event.kind.isOfAHold {
        needs[span].coupons = true
        needs[span].holds = true
      }
      if event.original != 0 {
        needs[span].lots = true
        needs[span].coupons = true
        needs[span].tierChanges = true
      }
      if let first = event.reviews.first {
        needs[span].lots = true
        if first.at < latest[span] { needs[span].tierChanges = true }
      }
      latest[span] = max(latest[span], event.at)
    }
    return needs
  }

  private mutating func rate(
    _ event: Event, _ account: inout Account, _ originals: inout [OriginalKey: Original]
  ) throws -> Int? {
    guard event.returned != 0 else { return try rate(event, &account) }
    let key = OriginalKey(shard: account.shard, account: account.id, seq: event.seq)
    let reversals = programs.reversals(by: event, key) { originals[$0] }
    let own = programs.hand(reversals, of: event)
    defer { programs.takeReversals(event) }
    let place = try rate(own, &account)
    for record in outcome.returned { originals[record.original]?.returns.append(record) }
    return place
  }

  /// Rates an event into `outcome`; gives the place of its version, nil where none held.
  mutating func rate(_ event: Event, _ account: inout Account) throws -> Int? {
    let begun = programs.begin(event, &account, &outcome) { program, account, outcome in
      Messages.tellNotices(outcome, program, account, event, &booking)
      outcome.notices.removeAll()
    }
    guard let place = begun else { return nil }
    if programs.entries[place].rater.program.budgets.isEmpty {
      programs.entries[place].rater.rateOn(event, &account, &outcome)
    } else {
      try purse.rate(event, &programs.entries[place].rater, &account, &outcome)
    }
    programs.end(event, at: place, &account, outcome)
    return place
  }

  /// Takes what the event that was just rated brought into the booking.
  mutating func keep(_ event: Event, ratedBy place: Int?, _ account: inout Account) throws {
    guard let place else {
      return booking.add(outcome, of: event, account: account, version: 0, codes: [])
    }
    let shared = programs.entries[place].rater.shared
    let made =
      outcome.coupons.isEmpty
      ? []
      : try codes.make(
        outcome, shared.program, account, event.seq, store)
    account.take(outcome, codes: made, of: event)
    booking.add(
      outcome, of: event, account: account, version: programs.entries[place].version.id,
      codes: made)
    if !event.coupons.isEmpty {
      Messages.tellUses(
        outcome, shared.program, account, event, &booking)
    }
    for record in outcome.returned {
      Messages.tellReturned(
        record, shared.program, account, event, &booking)
    }
    if !outcome.benefits.isEmpty {
      keepOrders(event, shared.program, account)
    }
    for change in outcome.holds {
      Messages.tell(
        change, of: outcome, shared.program, account, event, &booking)
    }
    let isSilent =
      outcome.tierChanges.isEmpty && made.isEmpty && outcome.notices.isEmpty
      && outcome.segmentChanges.isEmpty
    if !isSilent {
      Messages.tell(
        outcome, codes: made, shared.program, account, event, &booking)
    }
  }
}

/// Something that went wrong in a way that a person must look at.
public struct EngineError: Error, Sendable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}

extension Instant {
  /// The edge's clock; rules never see it.
  public static var now: Instant {
    Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }
}
