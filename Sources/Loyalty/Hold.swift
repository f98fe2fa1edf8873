/// A redemption that is authorised and not yet done: what it takes is set aside until it is
/// captured, released, or falls away. It goes by the number of the event that made it.
public struct Hold: Sendable, Equatable {
  public enum State: Int16, Sendable {
    case open = 1
    /// Done: what was held is spent, the rest is free again.
    case captured = 2
    case released = 3
    /// Nobody captured it in time.
    case lapsed = 4
    /// Done, and given back whole.
    case refunded = 5
    /// Its account went into another one, and it with it.
    case moved = 6
  }

  /// Points of one lot that are set aside.
  public struct Lot: Sendable, Equatable {
    public var currency: CurrencyID
    public var due: Instant
    public var expires: Instant
    public var amount: Int64
    /// What of it was spent …
    public var captured: Int64 = 0
    /// … and what of that was given back.
    public var returned: Int64 = 0

    public init(currency: CurrencyID, due: Instant, expires: Instant, amount: Int64) {
      self.currency = currency
      self.due = due
      self.expires = expires
      self.amount = amount
    }
  }

  public var seq: Int64
  public var at: Instant
  /// The first moment at which it is gone.
  public var until: Instant
  public var source: BenefitUse.Source
  /// The number of what is redeemed, as in `BenefitUse`.
  public var id: Int32
  /// How often it stands: fewer after a part was captured, or given back.
  public var times: Int64 = 1
  /// What it pays, in minor units of money.
  public var money: Int64 = 0
  /// In the order in which they pay.
  public var lots: [Lot] = []
  /// Which of the account's coupons it uses up.
  public var coupon: CouponKey?
  /// What it took of stocks.
  public var draws: [BudgetDraw] = []
  public var state = State.open
  public var endedAt: Instant?
  /// The event that captured it; 0: none.
  public var capturedBy: Int64 = 0
  /// Where it went with its account: the event that holds it there; 0: none.
  public var movedTo: Int64 = 0
  /// What rules gave for the redemption, less what was taken back of it.
  public var awards: [Original.Award] = []
  public var isTouched = true
  /// It has a row in the store.
  public var isStored = false

  public init(
    seq: Int64, at: Instant, until: Instant, source: BenefitUse.Source, id: Int32
  ) {
    self.seq = seq
    self.at = at
    self.until = until
    self.source = source
    self.id = id
  }

  public var isOpen: Bool { state == .open }

  /// Points set aside, of all its lots.
  public var amount: Int64 { lots.reduce(0) { $0 + $1.amount } }
  public var captured: Int64 { lots.reduce(0) { $0 + $1.captured } }
  public var returned: Int64 { lots.reduce(0) { $0 + $1.returned } }

  /// What it pays, in minor units of money: where points were captured in part, what these pay.
  public var pays: Int64 {
    guard source == .points, captured > 0, amount > 0 else { return money }
    return Int64(Int128(money) * Int128(captured) / Int128(amount))
  }

  /// What stands of a currency: held, also of what fell away, or captured and not given back.
  public func standing(_ currency: CurrencyID) -> Int64 {
    lots.reduce(0) { sum, lot in
      guard lot.currency == currency else { return sum }
      return sum + (isOpen || state == .lapsed ? lot.amount : lot.captured - lot.returned)
    }
  }

  /// Its currencies, in the order in which they pay.
  public var currencies: [CurrencyID] {
    lots.reduce(into: []) { if !$0.contains($1.currency) { $0.append($1.currency) } }
  }

  /// What it gives back of limits and coupons when it comes to nothing.
  public var givenBack: BenefitUse {
    var use = BenefitUse(source: source, id: id)
    use.times = -times
    use.at = at
    if let coupon { (use.heldSeq, use.heldN) = (coupon.seq, coupon.n) }
    return use
  }

  /// Why what is asked of it cannot be done; nil where it can. `isRefund`: what was captured is to
  /// be given back.
  public func refusal(isRefund: Bool) -> String? {
    switch state {
    case .open: isRefund ? "the hold is not captured: release it" : nil
    case .captured: isRefund ? nil : "the hold is captured already"
    case .released: "the hold was released"
    case .lapsed: "the hold has fallen away at \(until.text(offset: 0))"
    case .refunded: "what the hold had taken is given back already"
    case .moved: "the hold went with its account into another one"
    }
  }
}

/// That a hold was made, or that something became of it.
public struct HoldChange: Sendable, Equatable {
  /// As it is now.
  public var hold: Hold
  public var at: Instant

  public init(_ hold: Hold, at: Instant) {
    self.hold = hold
    self.at = at
  }
}
