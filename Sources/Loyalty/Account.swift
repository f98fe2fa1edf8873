/// What one account has: all that its rating reads and changes. It is read and written whole, under
/// the account's lock.
public struct Account: Sendable {
  public var shard: Int16
  public var id: Int64
  /// The last event that was rated.
  public var position: Int64 = 0
  /// Brought up to this instant: nothing due before it is left undone.
  public var clock = Instant.distantPast
  /// Nothing falls due before this instant: what `advance` looks at first.
  public var due = Instant.distantFuture
  public var birthday: CivilDate?
  public var joined: CivilDate?
  /// What else is known of the member.
  public var attributes: [Attribute] = []
  public var balances: [Balance] = []
  /// Whether `lots` holds all that is stored, or only what is new since.
  public var lotsAreLoaded = true
  /// Where they are not loaded: before this instant none of those left behind falls due.
  public var dueOfUnloaded = Instant.distantFuture
  public var lots: [Lot] = []
  /// Where they were asked for: what it holds of coupons.
  public var coupons: [HeldCoupon] = []
  /// Redemptions that are not done yet, where the lots were asked for; of those that are done, the
  /// ones that an event names.
  public var holds: [Hold] = []
  public var counters: [CounterValue] = []
  public var standings: [Standing] = []
  /// What the member is in, or was until now.
  public var segments: [Membership] = []
  /// Currencies whose lots do not end by their own dates alone: whoever rates sees to them.
  public var ownExpiry: [CurrencyID] = []
  /// Past changes of tier, oldest first; needed only where an event is late.
  public var tierChanges: [TierChange] = []
  /// Why tiers are kept, and were; needed only where something comes back.
  public var grounds: [TierGround] = []
  /// Whether `grounds` is kept: all that is stored, and what is new.
  public var groundsAreLoaded = true

  public init(shard: Int16, id: Int64) {
    self.shard = shard
    self.id = id
  }

  /// Room for so many lots and counters is made at once, rather than one after another.
  public static let fewAtFirst = 4

  /// Shards are 1,024; an account's is fixed at its birth.
  public static let shards: Int64 = 1024
  public static func shard(of id: Int64) -> Int16 { Int16(id % shards) }
}

/// What an account has of one currency, in its smallest unit. None is below zero: what is owed is
/// debt.
public struct Balance: Sendable, Equatable {
  public var currency: CurrencyID
  public var available: Int64 = 0
  public var pending: Int64 = 0
  public var held: Int64 = 0
  public var debt: Int64 = 0
  /// Cumulative: available + pending + held − debt
  /// = earned − reversed − spent − expired + adjusted + transferred.
  public var earned: Int64 = 0
  public var reversed: Int64 = 0
  public var spent: Int64 = 0
  public var expired: Int64 = 0
  /// Given by hand, less what was taken by hand.
  public var adjusted: Int64 = 0
  /// Came from other accounts, less what went to them.
  public var transferred: Int64 = 0
  public var isTouched = false
  public var isStored = false

  public init(currency: CurrencyID) { self.currency = currency }

  /// Takes in what is granted; gives how much of it pays what is owed. What `waits` is pending and
  /// pays nothing yet.
  mutating func grant(_ total: Int64, waits: Bool) -> Int64 {
    isTouched = true
    earned += total
    if waits {
      pending += total
      return 0
    }
    let paid = min(debt, total)
    debt -= paid
    available += total - paid
    return paid
  }
}

/// Points earned together, that fall due together and expire together.
public struct Lot: Sendable, Equatable {
  public var currency: CurrencyID
  /// From when it can be spent; the distant past where it never waited.
  public var due: Instant
  /// The first instant at which it is gone.
  public var expires: Instant
  public var granted: Int64 = 0
  public var held: Int64 = 0
  public var spent: Int64 = 0
  public var expired: Int64 = 0
  public var reversed: Int64 = 0
  public var remaining: Int64 = 0
  public var isStored = false
  public var isTouched = false

  public init(currency: CurrencyID, due: Instant, expires: Instant) {
    self.currency = currency
    self.due = due
    self.expires = expires
  }

  mutating func grant(_ amount: Int64) {
    granted += amount
    remaining += amount
    isTouched = true
  }
}

/// What a counter has summed up in one bucket (a day, a month, a year…).
public struct CounterValue: Sendable, Equatable {
  public var counter: CounterID
  public var bucket: CivilDate
  public var value: Int64
  /// Added since it was read.
  public var delta: Int64
  public var isStored = false

  @inlinable
  public init(counter: CounterID, bucket: CivilDate, value: Int64, delta: Int64 = 0) {
    self.counter = counter
    self.bucket = bucket
    self.value = value
    self.delta = delta
  }
}

/// A tier that the account may call its own until its validity ends.
public struct Standing: Sendable, Equatable {
  public var tier: TierID
  public var since: Instant
  public var until: Instant
  public var isTouched = false

  public init(tier: TierID, since: Instant, until: Instant) {
    self.tier = tier
    self.since = since
    self.until = until
  }
}

/// That an account is in a segment, or that it has just left it.
public struct Membership: Sendable, Equatable {
  public var segment: SegmentID
  public var since: Instant
  public var isIn: Bool
  public var isTouched: Bool

  public init(segment: SegmentID, since: Instant, isIn: Bool = true, isTouched: Bool = false) {
    self.segment = segment
    self.since = since
    self.isIn = isIn
    self.isTouched = isTouched
  }
}

/// That an account entered a segment, or left it.
public struct SegmentChange: Sendable, Equatable {
  public var segment: SegmentID
  public var at: Instant
  public var isIn: Bool

  public init(segment: SegmentID, at: Instant, isIn: Bool) {
    self.segment = segment
    self.at = at
    self.isIn = isIn
  }
}

public struct TierChange: Sendable, Equatable {
  public enum Reason: Int16, Sendable {
    case qualified = 1
    case requalified = 2
    case ended = 3
    case review = 4
    case byHand = 5
    /// By a rule.
    case granted = 6
    /// The sale that caused it came back.
    case returned = 7
    /// Brought by an account that was merged into this one.
    case merged = 8
    /// The return was voided that had taken it.
    case restored = 9
  }
  public var from: TierID
  public var to: TierID
  public var at: Instant
  public var until: Instant
  public var reason: Reason

  public init(from: TierID, to: TierID, at: Instant, until: Instant, reason: Reason) {
    self.from = from
    self.to = to
    self.at = at
    self.until = until
    self.reason = reason
  }
}

extension Account {
  /// The place of a currency's balance, made where there is none yet.
  @inlinable
  public mutating func balanceIndex(_ currency: CurrencyID) -> Int {
    for index in balances.indices where balances[index].currency == currency { return index }
    balances.append(Balance(currency: currency))
    return balances.count - 1
  }

  public func balance(_ currency: CurrencyID) -> Balance {
    balances.first { $0.currency == currency } ?? Balance(currency: currency)
  }

  public func isIn(_ segment: SegmentID) -> Bool {
    segments.contains { $0.segment == segment && $0.isIn }
  }

  /// Enters a segment, or leaves it.
  public mutating func move(_ change: SegmentChange) {
    let now = Membership(
      segment: change.segment, since: change.at, isIn: change.isIn, isTouched: true)
    if let index = segments.firstIndex(where: { $0.segment == change.segment }) {
      segments[index] = now
    } else {
      segments.append(now)
    }
  }

  /// Adds to a counter's bucket.
  @inlinable
  public mutating func count(_ counter: CounterID, _ bucket: CivilDate, _ amount: Int64) {
    guard amount != 0 else { return }
    var index = counters.count - 1
    while index >= 0 {
      if counters[index].counter == counter, counters[index].bucket == bucket {
        counters[index].value += amount
        counters[index].delta += amount
        return
      }
      index -= 1
    }
    if counters.isEmpty { counters.reserveCapacity(Account.fewAtFirst) }
    counters.append(CounterValue(counter: counter, bucket: bucket, value: amount, delta: amount))
  }

  /// What a counter holds in the buckets from `first` to `last`, both included.
  @inlinable
  public func sum(_ counter: CounterID, from first: CivilDate, to last: CivilDate) -> Int64 {
    Account.sum(counters, counter, from: first, to: last)
  }

  /// The same, for who would rather not copy the account.
  @inlinable
  public static func sum(
    _ counters: borrowing [CounterValue], _ counter: CounterID, from first: CivilDate,
    to last: CivilDate
  ) -> Int64 {
    let counters = counters.span
    var sum: Int64 = 0
    for index in counters.indices where counters[index].counter == counter {
      let bucket = counters[index].bucket
      if bucket >= first, bucket <= last { sum += counters[index].value }
    }
    return sum
  }
}
