import Loyalty
import Rules

/// The same sum under the published program and under the draft.
public struct Beside: Sendable, Equatable {
  public var published: Int64 = 0
  public var draft: Int64 = 0
  public init() {}
  public var difference: Int64 { draft - published }

  static func += (a: inout Beside, b: Beside) {
    a.published += b.published
    a.draft += b.draft
  }
}

/// What a simulation counts. Lanes have one each; they are added up at the end.
public struct SimulationTally: Sendable {
  public struct Given: Hashable, Sendable {
    /// The first day of a month, in the program's time zone.
    public var month: CivilDate
    public var rule: RuleID
    public var currency: CurrencyID
    /// Of the main ladder, when it was given; 0 is none.
    public var tier: TierID

    public init(month: CivilDate, rule: RuleID, currency: CurrencyID, tier: TierID) {
      self.month = month
      self.rule = rule
      self.currency = currency
      self.tier = tier
    }
  }
  /// Money that was taken off bills.
  public struct Off: Hashable, Sendable {
    public var month: CivilDate
    public var source: BenefitUse.Source
    public var id: Int32
    public var tier: TierID
  }
  public struct Move: Hashable, Sendable {
    /// 0 is none.
    public var published: TierID
    public var draft: TierID
  }
  /// What an account has more, or less, under the draft.
  public struct Change: Sendable, Equatable {
    public var shard: Int16
    public var account: Int64
    /// In the unit of `Simulation.yard`.
    public var worth: Int64
  }
  /// An event whose balances the published program does not reproduce.
  public struct Disagreement: Sendable, Equatable {
    public var shard: Int16
    public var account: Int64
    public var seq: Int64
    public var stored: [Int64]
    public var again: [Int64]
  }

  public static let mostListed = 10

  /// Points in their smallest unit, those taken back subtracted.
  public var given: [Given: Beside] = [:]
  /// In the money's smallest unit.
  public var off: [Off: Beside] = [:]
  public var coupons: [CouponTemplateID: Beside] = [:]
  public var expired: [CurrencyID: Beside] = [:]
  /// How many accounts end in which tier of the main ladder.
  public var tiers: [Move: Int64] = [:]
  public var events: Int64 = 0
  public var accounts: Int64 = 0
  public var gaining: Int64 = 0
  public var losing: Int64 = 0
  public var mostGained: [Change] = []
  public var mostLost: [Change] = []
  /// Rated events that were rated again with the published versions.
  public var checked: Int64 = 0
  /// Accounts with an event that came out otherwise; of the first of each, some are listed.
  public var disagreeing: Int64 = 0
  public var disagreements: [Disagreement] = []

  public init() {}

  /// Counts what a rating gave. What coupons take off that points were spent for is not given once
  /// more: those are `paid`. A `sign` below zero takes out what was counted and does not belong.
  mutating func note(
    _ outcome: borrowing Outcome, _ month: CivilDate, tier: TierID? = nil, isDraft: Bool,
    paid: Set<CouponTemplateID>, sign: Int64 = 1
  ) {
    let tier = tier ?? outcome.tier
    for index in outcome.parts.indices {
      let part = outcome.parts[index]
      let key = Given(
        month: month, rule: part.rule, currency: part.currency, tier: tier)
      Self.add(sign * part.amount, isDraft, &given[key, default: Beside()])
    }
    for index in outcome.benefits.indices
    where outcome.benefits[index].isGiven(except: paid) {
      let use = outcome.benefits[index]
      let key = Off(month: month, source: use.source, id: use.id, tier: tier)
      Self.add(sign * use.money, isDraft, &off[key, default: Beside()])
    }
    for index in outcome.coupons.indices {
      Self.add(sign, isDraft, &coupons[outcome.coupons[index].template, default: Beside()])
    }
    for index in outcome.postings.indices where outcome.postings[index].reason == .expiry {
      let posting = outcome.postings[index]
      Self.add(sign * posting.amount, isDraft, &expired[posting.currency, default: Beside()])
    }
  }

  private static func add(_ amount: Int64, _ isDraft: Bool, _ sum: inout Beside) {
    if isDraft { sum.draft += amount } else { sum.published += amount }
  }

  mutating func note(_ change: Change) {
    if change.worth > 0 {
      gaining += 1
      Self.list(change, &mostGained)
    } else if change.worth < 0 {
      losing += 1
      Self.list(change, &mostLost)
    }
  }

  mutating func note(_ disagreement: Disagreement) {
    disagreeing += 1
    disagreements.append(disagreement)
    disagreements.sort { ($0.shard, $0.account) < ($1.shard, $1.account) }
    if disagreements.count > Self.mostListed { disagreements.removeLast() }
  }

  /// Keeps the largest; of equal ones the first accounts.
  private static func list(_ change: Change, _ list: inout [Change]) {
    let size = { (change: Change) in (-change.worth.magnitude.signed, change.account) }
    guard list.count < mostListed || size(change) < size(list[list.count - 1]) else { return }
    let place = list.firstIndex { size(change) < size($0) } ?? list.count
    list.insert(change, at: place)
    if list.count > mostListed { list.removeLast() }
  }

  mutating func add(_ other: SimulationTally) {
    given.merge(other.given) { $0.plus($1) }
    off.merge(other.off) { $0.plus($1) }
    coupons.merge(other.coupons) { $0.plus($1) }
    expired.merge(other.expired) { $0.plus($1) }
    tiers.merge(other.tiers, uniquingKeysWith: +)
    events += other.events
    accounts += other.accounts
    gaining += other.gaining
    losing += other.losing
    for change in other.mostGained { Self.list(change, &mostGained) }
    for change in other.mostLost { Self.list(change, &mostLost) }
    checked += other.checked
    let before = disagreeing
    for disagreement in other.disagreements { note(disagreement) }
    disagreeing = before + other.disagreeing
  }
}

extension Beside {
  fileprivate func plus(_ other: Beside) -> Beside {
    var sum = self
    sum += other
    return sum
  }
}

extension UInt64 {
  fileprivate var signed: Int64 { Int64(clamping: self) }
}

extension BenefitUse {
  /// Whether it took something off a bill for nothing.
  func isGiven(except paid: Set<CouponTemplateID>) -> Bool {
    switch source {
    case .rule: money != 0
    case .coupon: money != 0 && !paid.contains(id)
    case .reward, .points, .perk: false
    }
  }
}
