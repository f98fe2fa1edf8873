import Ledger
import Loyalty
import Rules

/// Counters, counted anew from events and postings.
extension ProgramSet {
  /// Events that are in memory at a time.
  private static let eventsAtATime: Int64 = 5_000

  /// Adds to the accounts' counters what their rated events brought, as the rating did it; `only`
  /// to some. What an account that was merged away had counts in the one that took it in. Events
  /// are read a bounded number at a time.
  public mutating func recount(
    _ accounts: inout [Account], only: Set<CounterID>? = nil, _ store: borrowing Store
  ) throws {
    var spans: [EventSpan] = []
    var owners: [Int] = []
    var count: Int64 = 0
    for (index, history) in try histories(accounts, store) {
      var first: Int64 = 1
      while first <= history.last {
        let end = min(history.last, first + Self.eventsAtATime - count - 1)
        spans.append(
          EventSpan(shard: history.shard, account: history.account, first: first, last: end))
        owners.append(index)
        count += end - first + 1
        first = end + 1
        guard count >= Self.eventsAtATime else { continue }
        try recount(spans, owners, &accounts, only, store)
        spans.removeAll()
        owners.removeAll()
        count = 0
      }
    }
    if !spans.isEmpty { try recount(spans, owners, &accounts, only, store) }
  }

  /// The events of each account, by its place, and of those that went into it.
  private func histories(
    _ accounts: [Account], _ store: borrowing Store
  ) throws -> [(index: Int, EventSpan)] {
    let owners = accounts.map { CardOwner(shard: $0.shard, account: $0.id) }
    let (gone, merged) = (try store.mergedAway(owners), try store.merged(into: owners))
    return owners.indices.filter { !gone.contains(owners[$0]) }.flatMap { index in
      let own = (owner: owners[index], position: accounts[index].position)
      return ([own] + (merged[owners[index]] ?? [])).map { owner, position in
        (index, EventSpan(shard: owner.shard, account: owner.account, first: 1, last: position))
      }
    }
  }

  private mutating func recount(
    _ spans: [EventSpan], _ owners: [Int], _ accounts: inout [Account], _ only: Set<CounterID>?,
    _ store: borrowing Store
  ) throws {
    let booked = try store.booked(spans)
    let events = try store.events(spans)
    var keys: Set<OriginalKey> = []
    for (span, event) in events {
      if let key = event.originalKey(in: spans[span].shard, spans[span].account) {
        keys.insert(key)
      }
    }
    let originals = try store.originals(keys)
    let awards = try store.awards(
      ofHolds: Set(
        events.filter { $0.event.kind == .refund }.map { Self.hold(of: $0.event, spans[$0.span]) }))
    var next = 0
    for (span, event) in events {
      while next < booked.count, (booked[next].span, booked[next].seq) < (span, event.seq) {
        next += 1
      }
      var outcome = Outcome()
      if next < booked.count, booked[next].span == span, booked[next].seq == event.seq {
        outcome = booked[next].outcome
      }
      if event.returned != 0 {
        let key = OriginalKey(
          shard: spans[span].shard, account: spans[span].account, seq: event.seq)
        recount(event, key, originals, &outcome, &accounts[owners[span]], only)
      }
      if let given = awards[Self.hold(of: event, spans[span])], event.kind == .refund {
        Self.date(&outcome, by: given)
      }
      recount(event.soldPart(), &outcome, &accounts[owners[span]], only)
    }
  }

  /// The hold of which an event gives back; of an account that was merged, its attributes say so.
  private static func hold(of event: Event, _ span: EventSpan) -> OriginalKey {
    if event.originalAccount != 0, event.kind.isOfAHold {
      return OriginalKey(shard: span.shard, account: span.account, seq: event.seq)
    }
    guard event.original < 0, let account = event.formerAccount else {
      return OriginalKey(shard: span.shard, account: span.account, seq: event.original)
    }
    return OriginalKey(shard: Account.shard(of: account), account: account, seq: -event.original)
  }

  /// What is taken back with a refund counts when it had been earned.
  private static func date(_ outcome: inout Outcome, by given: [Original.Award]) {
    for place in outcome.postings.indices where outcome.postings[place].reason == .return {
      let share = outcome.shares[Int(outcome.postings[place].firstShare)]
      outcome.postings[place].earnedAt =
        given.first {
          $0.rule == share.rule && $0.currency == outcome.postings[place].currency
        }?.earnedAt
    }
  }

  /// What came back lowers the counters as the rating did it, by what the sale had counted for; a
  /// void of a return raises them again.
  private mutating func recount(
    _ event: Event, _ key: OriginalKey, _ originals: [OriginalKey: Original],
    _ outcome: inout Outcome, _ account: inout Account, _ only: Set<CounterID>?
  ) {
    let reversals = reversals(by: event, key) { originals[$0]?.before(key) }
    for reversal in reversals where reversal.refused == nil {
      let done = originals[reversal.original.key]
      guard done?.record(by: key) != nil else { continue }
      for change in reversal.counters where only?.contains(change.counter) != false {
        account.count(change.counter, change.bucket, change.value)
      }
    }
    let awards = reversals.filter { $0.refused == nil }.flatMap(\.original.standing)
    for place in outcome.postings.indices where outcome.postings[place].reason == .return {
      let share = outcome.shares[Int(outcome.postings[place].firstShare)]
      let own = awards.filter { $0.currency == outcome.postings[place].currency }
      outcome.postings[place].earnedAt =
        own.first { $0.rule == share.rule }?.earnedAt ?? own.first?.earnedAt
    }
  }

  /// An event that no version held for counted nowhere; of one in training counts what time brought
  /// before it.
  private mutating func recount(
    _ event: Event, _ outcome: inout Outcome, _ account: inout Account, _ only: Set<CounterID>?
  ) {
    guard let place = place(at: event.at) else { return }
    entries[place].rater.noteUses(&outcome, at: event.at)
    for (entry, counters) in [(place, entries[place].own)] + entries[place].others {
      let wanted = only.map { counters.intersection($0) } ?? counters
      guard !wanted.isEmpty else { continue }
      entries[entry].rater.count(event, outcome, &account, only: wanted)
    }
  }

  /// The counters that `recount` fills.
  public var recountable: Set<CounterID> {
    entries.reduce(into: []) { $0.formUnion($1.own) }
  }
}
