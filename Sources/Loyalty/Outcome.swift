/// What the rating of one event brings: postings with their parts, tiers, coupons, and what it
/// consulted.
/// One value is used again for event after event, so that rating allocates nothing.
public struct Outcome: Sendable {
  /// What each rule gave, in the order in which rules were applied.
  public var parts = ReusedList<Part>()
  public var postings = ReusedList<Posting>()
  /// The shares of parts that postings point into.
  public var shares = ReusedList<PartShare>()
  public var lotUses = ReusedList<LotUse>()
  public var tierChanges = ReusedList<TierChange>()
  /// Why tiers are kept from now on.
  public var grounds = ReusedList<TierGround>()
  /// Of earlier grounds, what came back of their causes.
  public var groundMarks = ReusedList<TierGroundMark>()
  public var coupons = ReusedList<CouponIssue>()
  public var segmentChanges = ReusedList<SegmentChange>()
  /// What the member is to be told.
  public var notices = ReusedList<Notice>()
  /// What took something off the bill, and of which lines.
  public var benefits = ReusedList<BenefitUse>()
  public var lineOffs = ReusedList<LineOff>()
  /// What was taken from budgets, or given back.
  public var draws = ReusedList<BudgetDraw>()
  public var facts = ReusedList<Fact>()
  /// What became of holds.
  public var holds = ReusedList<HoldChange>()
  /// The rules that gave something, where limits count them.
  public var uses = ReusedList<RuleUse>()
  /// What came back of earlier events, or went again.
  public var returned: [ReturnRecord] = []
  /// The main ladder's tier with which it was rated; 0 is none.
  public var tier: TierID = 0
  public var refused: String?

  public init() {}

  /// Notes that a posting (its place; else the last one) moves so much of the lot of these dates.
  mutating func use(
    _ amount: Int64, ofLotDue due: Instant, expiring expires: Instant, by posting: Int32? = nil
  ) {
    lotUses.append(
      LotUse(
        posting: posting ?? Int32(postings.count - 1), due: due, expires: expires, amount: amount))
  }

  @inlinable
  public mutating func removeAll() {
    parts.removeAll()
    postings.removeAll()
    shares.removeAll()
    lotUses.removeAll()
    tierChanges.removeAll()
    grounds.removeAll()
    groundMarks.removeAll()
    coupons.removeAll()
    notices.removeAll()
    benefits.removeAll()
    lineOffs.removeAll()
    segmentChanges.removeAll()
    draws.removeAll()
    facts.removeAll()
    uses.removeAll()
    holds.removeAll()
    if !returned.isEmpty { returned.removeAll() }
    tier = 0
    if refused != nil { refused = nil }
  }
}

/// What one rule gave of one currency.
public struct Part: Sendable, Equatable {
  public var rule: RuleID
  public var currency: CurrencyID
  /// In the currency's smallest unit; below zero where points are taken back.
  public var amount: Int64
  /// What it was reckoned from: minor units of money, millionths of a quantity, or points; of a
  /// fixed award how often it was given.
  public var basis: Int64
  /// Which effect of the rule, by its place in the compiled program; for the explanation.
  public var effect: Int32
  public var due: Instant
  public var expires: Instant

  @inlinable
  public init(
    rule: RuleID, currency: CurrencyID, amount: Int64, basis: Int64, effect: Int32,
    due: Instant, expires: Instant
  ) {
    self.rule = rule
    self.currency = currency
    self.amount = amount
    self.basis = basis
    self.effect = effect
    self.due = due
    self.expires = expires
  }
}

/// The two sides of the ledger: the account's own buckets and the program's contra accounts.
public enum Bucket: Int16, Sendable {
  case available = 1
  case pending = 2
  case held = 3
  case debt = 4
  case issued = 11
  case redeemed = 12
  case expired = 13
  case adjusted = 14
  case transfer = 15
}

public enum PostingReason: Int16, Sendable {
  case accrual = 1
  case `return` = 2
  case release = 3
  case expiry = 4
  case opening = 5
  case redemption = 6
  /// Set aside for a redemption.
  case hold = 7
  /// Held, and free again.
  case holdEnded = 8
  /// Given up for points of another currency.
  case conversion = 9
  /// Given or taken back because what was given before was wrong.
  case correction = 10
  /// Points that had paid for what came back.
  case givenBack = 11
  /// Given or taken by hand.
  case adjustment = 20
  case transfer = 21
  /// Went with its account into another one.
  case merge = 22
  /// Forfeited, or no longer owed, when the account was closed.
  case closing = 23
}

/// One entry of the ledger: `amount` (above zero) moves from one bucket to another.
public struct Posting: Sendable, Equatable {
  public var currency: CurrencyID
  public var from: Bucket
  public var to: Bucket
  public var amount: Int64
  public var at: Instant
  public var reason: PostingReason
  /// The lot that it goes into, where it goes into one.
  public var due: Instant?
  public var expires: Instant?
  /// Its parts, in the outcome's `shares`.
  public var firstShare: Int32 = 0
  public var endShare: Int32 = 0
  /// Of what is taken back of a sale: when it had been earned; nil is `at`.
  public var earnedAt: Instant?

  @inlinable
  public init(
    currency: CurrencyID, from: Bucket, to: Bucket, amount: Int64, at: Instant,
    reason: PostingReason
  ) {
    self.currency = currency
    self.from = from
    self.to = to
    self.amount = amount
    self.at = at
    self.reason = reason
  }
}

/// A part's share of a posting, with the running total up to and with it: the last one is the
/// posting's amount.
public struct PartShare: Sendable, Equatable {
  public var rule: RuleID
  public var basis: Int64
  public var sum: Int64

  @inlinable
  public init(rule: RuleID, basis: Int64, sum: Int64) {
    self.rule = rule
    self.basis = basis
    self.sum = sum
  }
}

/// How often a rule gave something in one event: once, or once for each mark that it passed.
public struct RuleUse: Sendable, Equatable {
  public var rule: RuleID
  public var times: Int64
  /// When: the event's own instant, or that of a day before it.
  public var at: Instant

  public init(rule: RuleID, times: Int64, at: Instant) {
    self.rule = rule
    self.times = times
    self.at = at
  }
}

/// What a posting (by its place in the outcome) took from one lot.
public struct LotUse: Sendable, Equatable {
  public var posting: Int32
  public var due: Instant
  public var expires: Instant
  public var amount: Int64

  public init(posting: Int32, due: Instant, expires: Instant, amount: Int64) {
    self.posting = posting
    self.due = due
    self.expires = expires
    self.amount = amount
  }
}

public struct CouponIssue: Sendable, Equatable {
  public var template: CouponTemplateID
  /// Which rule gave it, or which tier; 0 is neither.
  public var rule: RuleID
  public var tier: TierID
  public var validUntil: Instant
  /// Where a day of the calendar brought it: that day's beginning. Nil is the event's own instant.
  public var issuedAt: Instant?
  /// How often over it counts when it is used: of a reward redeemed several times.
  public var times: Int64 = 1

  public init(template: CouponTemplateID, rule: RuleID, tier: TierID, validUntil: Instant) {
    self.template = template
    self.rule = rule
    self.tier = tier
    self.validUntil = validUntil
  }
}

/// Something that a rule, or a tier that was reached, tells the member.
public struct Notice: Sendable, Equatable {
  /// 0 where a tier tells it.
  public var rule: RuleID
  public var tier: TierID
  /// Its place among the texts of the program version that rated the event.
  public var text: Int32
  /// Where time brought it: when. Nil is the event's own instant.
  public var at: Instant?

  public init(rule: RuleID, tier: TierID, text: Int32) {
    self.rule = rule
    self.tier = tier
    self.text = text
  }
}

/// Something that a rating asked the account, and the answer: kept, so that it can be explained and
/// rated again.
public struct Fact: Sendable, Equatable {
  public var id: CounterID
  public var value: Int64

  @inlinable
  public init(id: CounterID, value: Int64) {
    self.id = id
    self.value = value
  }
}
