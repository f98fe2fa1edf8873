import Loyalty

/// What time alone brought to accounts.
public struct CloseTally: Sendable, Equatable {
  /// Accounts that were looked at, for something might have been due.
  public var looked = 0
  /// Days of accounts on which there was something: each is an event.
  public var events = 0
  /// In each currency's smallest unit.
  public var expired: [CurrencyID: Int64] = [:]
  public var released: [CurrencyID: Int64] = [:]
  public var given: [CurrencyID: Int64] = [:]
  /// Points that rules turned into rewards.
  public var redeemed: [CurrencyID: Int64] = [:]
  public var coupons = 0
  public var tiers = 0
  public var segments = 0
  public var notices = 0

  public init() {}

  mutating func note(_ outcome: borrowing Outcome) {
    events += 1
    for index in outcome.postings.indices {
      let posting = outcome.postings[index]
      switch posting.reason {
      case .expiry: expired[posting.currency, default: 0] += posting.amount
      case .release: released[posting.currency, default: 0] += posting.amount
      case .redemption: redeemed[posting.currency, default: 0] += posting.amount
      case .accrual: given[posting.currency, default: 0] += posting.amount
      default: break
      }
    }
    coupons += outcome.coupons.count
    tiers += outcome.tierChanges.count
    segments += outcome.segmentChanges.count
    notices += outcome.notices.count
  }

  mutating func add(_ other: CloseTally) {
    looked += other.looked
    events += other.events
    expired.merge(other.expired, uniquingKeysWith: +)
    released.merge(other.released, uniquingKeysWith: +)
    given.merge(other.given, uniquingKeysWith: +)
    redeemed.merge(other.redeemed, uniquingKeysWith: +)
    coupons += other.coupons
    tiers += other.tiers
    segments += other.segments
    notices += other.notices
  }
}

extension Outcome {
  /// Whether it leaves anything that is booked or told.
  var isSomething: Bool {
    !postings.isEmpty || !coupons.isEmpty || !tierChanges.isEmpty || !segmentChanges.isEmpty
      || !notices.isEmpty || !benefits.isEmpty || !grounds.isEmpty || !groundMarks.isEmpty
  }
}
