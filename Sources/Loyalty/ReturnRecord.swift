/// What came back of one line: goods by their quantity, or money alone.
public struct LineBack: Sendable, Equatable {
  /// Counted from 0.
  public var line: Int32
  /// Millionths.
  public var quantity: Int64
  /// Minor units that came back without goods.
  public var amount: Int64

  public init(line: Int32, quantity: Int64, amount: Int64 = 0) {
    self.line = line
    self.quantity = quantity
    self.amount = amount
  }
}

/// What one rule's award of a currency became less by; above zero it is more.
public struct AwardChange: Sendable, Equatable {
  public var rule: RuleID
  public var currency: CurrencyID
  /// In the currency's smallest unit.
  public var amount: Int64

  public init(rule: RuleID, currency: CurrencyID, amount: Int64) {
    self.rule = rule
    self.currency = currency
    self.amount = amount
  }
}

/// A coupon by the event that brought it, and which of its coupons it was.
public struct CouponKey: Sendable, Hashable {
  public var seq: Int64
  public var n: Int16

  public init(seq: Int64, n: Int16) {
    self.seq = seq
    self.n = n
  }
}

/// What one return, void or exchange brought back of an earlier event of its account: kept, so that
/// the next one goes on from there.
public struct ReturnRecord: Sendable, Equatable {
  /// The event that something came back of.
  public var original: Int64
  /// The event that says so.
  public var seq: Int64
  /// Lines of the original.
  public var lines: [LineBack] = []
  /// Lines of the return itself that name more than there was to come back.
  public var excess: [LineBack] = []
  public var awards: [AwardChange] = []
  /// Coupons that had been used for it and can be used again.
  public var coupons: [CouponKey] = []
  /// Coupons that it had brought, which were not used and are withdrawn.
  public var withdrawn: [CouponKey] = []

  public init(original: Int64, seq: Int64) {
    self.original = original
    self.seq = seq
  }
}
