import Ledger
import Loyalty
import Rules

/// What one account's rules give more under the draft than they gave.
public struct AccountDifference: Sendable, Equatable {
  public var shard: Int16
  public var account: Int64
  /// None of no amount, by rule and currency.
  public var corrections: [Correction]
}

/// One thread's part of a simulation: replays shard after shard.
struct SimulationLane: ~Copyable {
  let store: Store
  let simulation: Simulation
  var published: ProgramSet
  var draft: ProgramSet
  var tally = SimulationTally()
  private var differences: [AccountDifference] = []
  var outcome = Outcome()
  var months = MonthOf()
  /// Of each review that is to be made again what reaches it; nil: this is to be found out.
  let cutoffs: [Int64?]?
  var values: [[Int64]]

  /// Events that are in memory at a time.
  private static let eventsAtATime: Int64 = 5_000

  init(_ simulation: Simulation, cutoffs: [Int64?]?, _ store: consuming Store) {
    self.store = store
    self.simulation = simulation
    self.cutoffs = cutoffs
    values = simulation.reranks.list.map { _ in [] }
    published = simulation.published
    draft = simulation.draft
    months.zone = simulation.program.zone
  }

  var result: Simulation.Result {
    Simulation.Result(tally: tally, differences: differences, values: values)
  }

  /// One account under both programs. Up to the first event within the days they are one.
  struct Pair {
    var published: Account
    var draft: Account?
    /// An event came out otherwise than it was booked; what follows from it is not told again.
    var disagrees = false
    /// What rules give more under the draft, less what was corrected before.
    var differences: [RuleCurrency: Int64] = [:]
    /// The next review that is to be made again.
    var review = 0
    /// What stored reviews gave before the event that comes next, where the two are one still.
    var marks: [ReviewMark] = []
    /// What the draft takes off bills more, in the money's smallest unit.
    var off: Int64 = 0
    /// Coupons that were issued, by which shown codes are found.
    var codes: IssuedCodes
    /// The events that something came back of, and how each side gave for them.
    var returned: Set<Int64> = []
    var originals: [OriginalKey: Original] = [:]
    var draftOriginals: [OriginalKey: Original] = [:]
    /// Those of accounts that went into this one, as they were booked.
    var merged: [OriginalKey: Original] = [:]
    /// What was booked for redemptions of accounts that went into this one, by their events.
    var lent: [Int64: [Posting]] = [:]
    /// The last event that is not behind the days, where any is: late ones come after others.
    var last = Int64.max
    /// What the draft gives more for events behind the days, by currency.
    var aside: [CurrencyID: Int64] = [:]
    /// What time had brought before the days that nobody had looked at: each side's first rating
    /// brings it, and it is not counted.
    var unseen: (published: Outcome?, draft: Outcome?) = (nil, nil)
  }

  struct RuleCurrency: Hashable {
    var rule: RuleID
    var currency: CurrencyID
  }

  /// Gives how many events it read.
  mutating func replay(shard: Int16) throws -> Int64 {
    let heads = try store.rated(shard: shard)
    var events: Int64 = 0
    var first = 0
    while first < heads.count {
      var end = first
      var count: Int64 = 0
      while end < heads.count, end == first || count + heads[end].position <= Self.eventsAtATime {
        count += heads[end].position
        end += 1
      }
      try replay(shard, heads[first..<end])
      events += count
      first = end
    }
    return events
  }

  private mutating func replay(
    _ shard: Int16, _ heads: ArraySlice<(id: Int64, position: Int64)>
  ) throws {
    var accounts = heads.map { Account(shard: shard, id: $0.id) }
    let facts = simulation.facts
    if facts.needsMembers { try store.readMembers(&accounts) }
    if !facts.lists.isEmpty { try store.readSegments(facts.lists, &accounts) }
    var held = accounts
    if facts.hasCoupons { try store.readCoupons(&held) }
    var pairs = zip(accounts, held).map { Pair(published: $0, codes: IssuedCodes($1.coupons)) }
    let returned = try store.returned(shard: shard, accounts: accounts.map(\.id))
    for index in pairs.indices { pairs[index].returned = returned[pairs[index].published.id] ?? [] }
    // One account alone may have more events than are held at a time.
    let most = heads.map(\.position).max() ?? 0
    for start in stride(from: Int64(1), through: most, by: Int64.Stride(Self.eventsAtATime)) {
      let spans = heads.map {
        EventSpan(
          shard: shard, account: $0.id, first: start,
          last: min($0.position, start + Self.eventsAtATime - 1))
      }
      try replay(spans, &pairs)
    }
    for index in pairs.indices { finish(&pairs[index]) }
  }

  private mutating func replay(_ spans: [EventSpan], _ pairs: inout [Pair]) throws {
    let events = try store.events(spans, withReviews: published.hasRanks)
    let outcomes = try store.outcomes(spans)
    guard events.count == outcomes.count else {
      throw EngineError(
        "shard \(spans[0].shard): \(events.count) rated events have \(outcomes.count) outcomes; "
          + "run `patron audit`")
    }
    try readMerged(events, spans, &pairs)
    let end = simulation.span.upperBound
    if events.contains(where: { $0.event.at >= end && pairs[$0.span].last == .max }) {
      let last = try store.lastSeqs(
        of: pairs.map { (spans[0].shard, $0.published.id) }, before: end)
      for index in pairs.indices { pairs[index].last = last[index] }
    }
    for (place, (span, event)) in events.enumerated() {
      noteCorrection(event, &pairs[span])
      if event.at < end {
        replay(event, outcomes[place], &pairs[span])
      } else if event.seq < pairs[span].last {
        replay(aside: event, outcomes[place], &pairs[span])
      } else if !event.reviews.isEmpty {
        replay(reviewsOf: event, &pairs[span])
      }
    }
  }

  /// What lies behind the days counts for nothing, but what comes late after it knows of it.
  private mutating func replay(
    aside event: Event, _ stored: StoredOutcome, _ pair: inout Pair
  ) {
    part(&pair)
    reviewAgain(before: event, &pair)
    let before = Self.more(pair)
    ratePublished(event, stored, &pair, keepsDraft: false)
    guard var account = pair.draft.take() else { return }
    rateDraft(event, stored, &account, &pair)
    if simulation.facts.hasCoupons { pair.codes.take(outcome, of: event, isDraft: true, &account) }
    pair.draft = account
    for (currency, more) in Self.more(pair) {
      pair.aside[currency, default: 0] += more - (before[currency] ?? 0)
    }
  }

  /// What the draft has given more, by currency.
  private static func more(_ pair: borrowing Pair) -> [CurrencyID: Int64] {
    var more: [CurrencyID: Int64] = [:]
    for balance in pair.published.balances { more[balance.currency, default: 0] -= balance.given }
    for balance in pair.draft?.balances ?? [] {
      more[balance.currency, default: 0] += balance.given
    }
    return more
  }

  private func noteCorrection(_ event: Event, _ pair: inout Pair) {
    guard event.kind == .correction, isForTheseDays(event) else { return }
    for done in event.corrections {
      let key = RuleCurrency(rule: done.rule, currency: done.currency)
      pair.differences[key, default: 0] -= done.amount
    }
  }

  private func readMerged(
    _ events: [(span: Int, event: Event)], _ spans: [EventSpan], _ pairs: inout [Pair]
  ) throws {
    var keys: [Int: Set<OriginalKey>] = [:]
    for (span, event) in events where event.originalAccount != 0 {
      if let key = event.originalKey(in: spans[span].shard, spans[span].account) {
        keys[span, default: []].insert(key)
      }
    }
    for (span, keys) in keys {
      pairs[span].merged.merge(try store.originals(keys)) { first, _ in first }
    }
    for (span, event) in events
    where event.kind.isOfAHold
      && (event.originalAccount != 0 || event.original < 0
        || pairs[span].lent[event.original] != nil)
    {
      let owner = CardOwner(shard: spans[span].shard, account: spans[span].account)
      pairs[span].lent[event.seq] = try store.lent(event.seq, of: owner)
    }
  }

  private mutating func replay(_ event: Event, _ stored: StoredOutcome, _ pair: inout Pair) {
    reviewAgain(before: event, &pair)
    let isInside = simulation.span.contains(event.at)
    if isInside { part(&pair) }
    if isInside { tally.events += 1 }
    let month = months.first(of: max(event.at, simulation.span.lowerBound))
    let counts = pair.draft != nil
    ratePublished(event, stored, &pair, keepsDraft: !counts)
    if counts { note(month, isDraft: false, &pair) }
    guard var account = pair.draft.take() else { return }
    rateDraft(event, stored, &account, &pair)
    if simulation.facts.hasCoupons { pair.codes.take(outcome, of: event, isDraft: true, &account) }
    note(month, isDraft: true, &pair)
    pair.draft = account
  }

  /// From here on there are two.
  mutating func part(_ pair: inout Pair) {
    guard pair.draft == nil else { return }
    pair.unseen = unseen(by: pair.published)
    pair.draft = pair.published
    pair.draftOriginals = pair.originals
    tally.accounts += 1
    for mark in pair.marks { reviewDraft(mark, &pair) }
    pair.marks.removeAll()
  }

  /// Counts what the last rating gave.
  mutating func note(_ month: CivilDate, isDraft: Bool, _ pair: inout Pair) {
    tally.note(outcome, month, isDraft: isDraft, paid: simulation.facts.paid)
    let off = Self.off(outcome, simulation.facts.paid)
    pair.off += isDraft ? off : -off
    noteDifferences(outcome, isDraft ? 1 : -1, &pair)
    takeOutUnseen(month, isDraft: isDraft, &pair)
  }

  private func isForTheseDays(_ correction: Event) -> Bool {
    guard let rerate = correction.attributes.first(where: { $0.name == "rerate" }),
      case .number(let number) = rerate.value
    else { return false }
    return simulation.rerates.contains(Int32(clamping: number.units))
  }

  /// As it was rated, from the account's own state; before the two part, the counters that only the
  /// draft keeps are filled too.
  private mutating func ratePublished(
    _ event: Event, _ stored: StoredOutcome, _ pair: inout Pair, keepsDraft: Bool
  ) {
    var replay = Self.replay(stored.facts, simulation.facts.published)
    if simulation.facts.hasBudgets {
      replay = replay ?? Replay(facts: [:])
      replay?.boundsBudgets = true
    }
    let place: Int?
    if keepsDraft {
      place = Self.rate(
        &draft, event, replay, pair.returned, pair.merged, &pair.originals, &pair.published,
        &outcome)
    } else {
      var days: [Part] = []
      let start = simulation.span.lowerBound
      place = Self.rate(
        &published, event, replay, pair.returned, pair.merged, &pair.originals, &pair.published,
        &outcome
      ) { account, outcome in
        // Of a version that ended within the days: its parts make room for the event's own.
        if account.clock >= start { days += outcome.parts }
      }
      for part in days { outcome.parts.append(part) }
    }
    Self.lend(pair.lent[event.seq], &pair.published, &outcome)
    if simulation.facts.hasCoupons {
      pair.codes.take(outcome, of: event, isDraft: false, &pair.published)
    }
    tally.checked += 1
    guard !pair.disagrees else { return }
    let again = balances(of: pair.published)
    let isSame =
      (place == nil) == (stored.version == 0)
      && (event.kind.isOfAHold || (outcome.refused == nil) == (stored.refused == nil))
      && Self.areSame(again, stored.balances)
    guard !isSame else { return }
    pair.disagrees = true
    tally.note(
      SimulationTally.Disagreement(
        shard: pair.published.shard, account: pair.published.id, seq: event.seq,
        stored: stored.balances, again: again))
  }

  private mutating func rateDraft(
    _ event: Event, _ stored: StoredOutcome, _ account: inout Account, _ pair: inout Pair
  ) {
    guard event.kind != .review || simulation.reranks.unchanged.contains(event.reviewedTier)
    else { return outcome.removeAll() }
    var event = event
    // It has its own of them.
    event.reviews = []
    let replay = Self.replay(stored.facts, simulation.facts.draft)
    defer { Self.lend(pair.lent[event.seq], &account, &outcome) }
    guard let place = draft.place(at: event.at), simulation.facts.hasBudgets else {
      _ = Self.rate(
        &draft, event, replay, pair.returned, pair.merged, &pair.draftOriginals, &account, &outcome)
      return
    }
    let budgets = draft.entries[place].rater.program.budgets
    simulation.budgets.draw(budgets) { left in
      draft.entries[place].rater.shares = left
      _ = Self.rate(
        &draft, event, replay, pair.returned, pair.merged, &pair.draftOriginals, &account, &outcome)
      return outcome.draws
    }
  }

  /// Keeps what comes back later, and takes back what comes back now as this side had given it.
  private static func rate(
    _ programs: inout ProgramSet, _ event: Event, _ replay: Replay?, _ returned: Set<Int64>,
    _ merged: [OriginalKey: Original], _ originals: inout [OriginalKey: Original],
    _ account: inout Account, _ outcome: inout Outcome,
    tell: (Account, inout Outcome) -> Void = { _, _ in }
  ) -> Int? {
    let key = OriginalKey(shard: account.shard, account: account.id, seq: event.seq)
    let reversals = programs.reversals(by: event, key) {
      originals[$0] ?? merged[$0]?.before(key)
    }
    let own = programs.hand(reversals, of: event)
    let place = rate(&programs, own, replay, &account, &outcome, tell)
    programs.takeReversals(event)
    for record in outcome.returned { originals[record.original]?.returns.append(record) }
    if returned.contains(event.seq) || event.returned != 0 {
      let version = place.map { programs.entries[$0].version.id } ?? -1
      originals[key] = Original(
        event, outcome, version: version, in: account.shard, account.id)
    }
    return place
  }

  private static func rate(
    _ programs: inout ProgramSet, _ event: Event, _ replay: Replay?, _ account: inout Account,
    _ outcome: inout Outcome, _ tell: (Account, inout Outcome) -> Void
  ) -> Int? {
    let place = replay == nil ? nil : programs.place(at: event.at)
    if let place { programs.entries[place].rater.replay = replay }
    defer { if let place { programs.entries[place].rater.replay = nil } }
    return programs.rate(event, &account, &outcome) { _, account, outcome in
      tell(account, &outcome)
    }
  }

  /// What stood at the member when it was rated.
  private static func replay(_ facts: [Fact], _ known: Set<CounterID>) -> Replay? {
    var answers: [CounterID: Int64] = [:]
    for fact in facts where known.contains(fact.id) { answers[fact.id] = fact.value }
    return answers.isEmpty ? nil : Replay(facts: answers)
  }

  private func balances(of account: Account) -> [Int64] {
    var values: [Int64] = []
    for balance in account.balances {
      let place = Int(balance.currency) - 1
      while values.count <= place { values.append(0) }
      values[place] = balance.available - balance.debt
    }
    return values
  }

  /// A currency that was never moved is as good as nothing.
  private static func areSame(_ a: [Int64], _ b: [Int64]) -> Bool {
    for place in 0..<max(a.count, b.count) {
      let (left, right) = (place < a.count ? a[place] : 0, place < b.count ? b[place] : 0)
      if left != right { return false }
    }
    return true
  }

  /// Brings both to the end of the days, and compares them.
  private mutating func finish(_ pair: inout Pair) {
    reviewAgain(upTo: simulation.span.upperBound + (-1), &pair)
    guard var account = pair.draft.take() else { return }
    let end = simulation.span.upperBound + (-1)
    let month = months.first(of: end)
    advancePublished(to: end, &pair)
    note(month, isDraft: false, &pair)
    outcome.removeAll()
    draft.entries[draft.entries.count - 1].rater.advance(&account, to: end, &outcome)
    note(month, isDraft: true, &pair)
    let was = simulation.lastPublished.tier(of: pair.published, at: end)
    let becomes = simulation.program.tier(of: account, at: end)
    tally.tiers[
      SimulationTally.Move(published: was?.id ?? 0, draft: becomes?.id ?? 0), default: 0] += 1
    compare(pair, account)
    let corrections = pair.differences.filter { $0.value != 0 }
      .map { Correction(rule: $0.key.rule, currency: $0.key.currency, amount: $0.value) }
    // What one that disagrees would have had is not known.
    guard simulation.keepsDifferences, !pair.disagrees, !corrections.isEmpty else { return }
    differences.append(
      AccountDifference(
        shard: account.shard, account: account.id,
        corrections: corrections.sorted { ($0.rule, $0.currency) < ($1.rule, $1.currency) }))
  }

  private static func off(_ outcome: borrowing Outcome, _ paid: Set<CouponTemplateID>) -> Int64 {
    var sum: Int64 = 0
    for index in outcome.benefits.indices where outcome.benefits[index].isGiven(except: paid) {
      sum += outcome.benefits[index].money
    }
    return sum
  }

  private mutating func compare(_ pair: borrowing Pair, _ draft: Account) {
    let published = pair.published
    var worth = simulation.yard == .money ? Int128(pair.off) * 1_000_000 : 0
    for currency in simulation.program.currencies {
      let difference =
        draft.balance(currency.id).given - published.balance(currency.id).given
        - (pair.aside[currency.id] ?? 0)
      guard difference != 0 else { continue }
      switch simulation.yard {
      case .money: worth += currency.worth(of: difference, scale: 1_000_000)
      case .points(let id): worth += currency.id == id ? Int128(difference) : 0
      }
    }
    tally.note(
      SimulationTally.Change(
        shard: draft.shard, account: draft.id, worth: Int64(clamping: worth)))
  }
}

extension Balance {
  /// All that was ever given and not taken back.
  fileprivate var given: Int64 { earned - reversed }
}

extension Currency {
  /// What points are worth, in the `scale`-th of the money's smallest unit, towards zero; 0 where
  /// the program does not say.
  public func worth(of points: Int64, scale: Int64 = 1) -> Int128 {
    guard let worth, worth.points != 0 else { return 0 }
    return Int128(points) * Int128(worth.money.minor) * Int128(scale) / Int128(worth.points)
  }
}
