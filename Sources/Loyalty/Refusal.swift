/// Why a coupon that was shown took nothing off, or a reward was not handed out, in the order in
/// which it is asked.
public enum Refusal: Int16, Sendable, CaseIterable {
  case unknown = 1
  case notClaimed = 2
  case expired = 3
  case usedUp = 4
  case notMet = 5
  case limit = 6
  case noItems = 7
  case doesNotCombine = 8
  case nothingLeft = 9
  case notEnough = 10
  case outOfStock = 11
  /// What it was given for came back.
  case withdrawn = 12

  /// As examples and reports say it.
  public var text: String {
    switch self {
    case .unknown: "unknown"
    case .notClaimed: "not claimed"
    case .expired: "expired"
    case .usedUp: "used up"
    case .notMet: "not met"
    case .limit: "limit"
    case .noItems: "no items"
    case .doesNotCombine: "does not combine"
    case .nothingLeft: "nothing left"
    case .notEnough: "not enough"
    case .outOfStock: "out of stock"
    case .withdrawn: "withdrawn"
    }
  }

  public init?(text: String) {
    guard let found = Refusal.allCases.first(where: { $0.text == text }) else { return nil }
    self = found
  }
}

/// A coupon that an account holds.
public struct HeldCoupon: Sendable, Equatable {
  /// The event that brought it, and which of its coupons it was.
  public var seq: Int64
  public var n: Int16
  public var template: CouponTemplateID
  public var code: String
  /// The first moment at which it can no longer be used.
  public var validUntil: Instant
  public var used: Int32 = 0
  /// What it was given for came back before it was used.
  public var isWithdrawn = false
  /// The tier whose reaching brought it; 0: none.
  public var tier: TierID = 0
  public var issuedAt = Instant.distantPast
  /// How often over it counts when it is used.
  public var times: Int64 = 1
  public var isTouched = false

  public init(
    seq: Int64, n: Int16, template: CouponTemplateID, code: String, validUntil: Instant
  ) {
    self.seq = seq
    self.n = n
    self.template = template
    self.code = code
    self.validUntil = validUntil
  }
}

/// A coupon that was shown, and what its own terms say.
public struct ShownCoupon: Sendable, Equatable {
  /// Its place among the event's coupons.
  public var place: Int32
  /// 0: none.
  public var template: CouponTemplateID
  /// Its place among the account's coupons; −1: one for everybody.
  public var held: Int32 = -1
  public var code = ""
  public var times: Int64 = 1
  public var refusal: Refusal?

  public init(place: Int32, template: CouponTemplateID, refusal: Refusal? = nil) {
    self.place = place
    self.template = template
    self.refusal = refusal
  }
}

extension Account {
  /// Takes in the coupons that an event brought, with their codes.
  public mutating func take(
    _ outcome: borrowing Outcome, codes: [String], of event: Event
  ) {
    for (n, issue) in outcome.coupons.enumerated() {
      var coupon = HeldCoupon(
        seq: event.seq, n: Int16(n), template: issue.template, code: codes[n],
        validUntil: issue.validUntil)
      coupon.times = issue.times
      coupon.tier = issue.tier
      coupon.issuedAt = issue.issuedAt ?? event.at
      coupons.append(coupon)
    }
  }
}
