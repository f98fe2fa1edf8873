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

/// What one return, void or exchange brought back of an earlier event: kept, so that the next one
/// goes on from there. The void of a return has one, too, with everything the other way round.
public struct ReturnRecord: Sendable, Equatable {
  /// The event that something came back of.
  public let original: OriginalKey
  /// The how manieth of its original's it is, from 0.
  public var n: Int16
  /// The event that says so: of the original's account, or of one that this went into.
  public let by: OriginalKey
  /// Which of its original's it undoes; nil: none.
  public var undoes: Int16?
  /// It is the void of a return: what had come back is gone again. Its lines are below zero.
  public var isGone = false
  /// Lines of the original.
  public var lines: [LineBack] = []
  /// Lines of the return itself that name more than there was to come back.
  public var excess: [LineBack] = []
  public var awards: [AwardChange] = []
  /// Coupons that had been used for it and can be used again; gone: that are used again.
  public var coupons: [CouponKey] = []
  /// Coupons that it had brought, which were not used and are withdrawn; gone: that are good again.
  public var withdrawn: [CouponKey] = []

  public init(of original: Original, by key: OriginalKey) {
    self.init(of: original.key, n: Int16(original.returns.count), by: key)
  }

  public init(of original: OriginalKey, n: Int16, by key: OriginalKey) {
    self.original = original
    self.n = n
    by = key
  }
}
