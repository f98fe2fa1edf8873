/// What took something off one event's bill, or was shown for it and refused.
public struct BenefitUse: Sendable, Equatable {
  public enum Source: Int16, Sendable {
    case rule = 1
    case coupon = 2
    case reward = 3
    /// Points as they are, for something that the program does not name.
    case points = 4
    case perk = 5
  }

  public var source: Source
  /// The number of the rule, of the coupon's template, of the reward, of the currency or of the
  /// perk; 0 is unknown.
  public var id: Int32
  /// 0 where it was refused, or was held before and is captured; below 0 where it came to nothing
  /// after all, at `at`.
  public var times: Int64 = 1
  /// Taken off, in minor units of money.
  public var money: Int64 = 0
  /// How many units it was given for, in millionths.
  public var units: Int64 = 0
  /// The lines that it made cheaper, in the outcome's `lineOffs`.
  public var firstLine: Int32 = 0
  public var endLine: Int32 = 0
  /// Of a coupon, its place among those shown; −1: none.
  public var shown: Int32 = -1
  /// Which of the account's coupons; 0: one for everybody.
  public var heldSeq: Int64 = 0
  public var heldN: Int16 = 0
  /// When a day of the calendar brought it, or it was held; nil is at the event itself.
  public var at: Instant?
  /// Why it was refused. With something taken off, it was past its terms, and the till took it.
  public var refusal: Refusal?

  public init(source: Source, id: Int32) {
    self.source = source
    self.id = id
  }
}

/// What a benefit took off one line (counted from 0), in minor units.
public struct LineOff: Sendable, Equatable {
  public var line: Int32
  public var amount: Int64

  @inlinable
  public init(line: Int32, amount: Int64) {
    self.line = line
    self.amount = amount
  }
}

extension Outcome {
  /// All that was taken off the bill.
  public var moneyOff: Int64 { lineOffs.reduce(0) { $0 + $1.amount } }
}

extension Event {
  /// Whether the till has taken loyalty discounts off already: what it took stands then.
  public var hasLoyaltyDiscounts: Bool {
    isSettled || lines.contains { $0.loyaltyDiscount != .zero }
  }

  /// Whether the till took them off by itself.
  public var isTakenByTill: Bool { isSettled ? tillTookOff : hasLoyaltyDiscounts }

  /// The lines as they were offered, before the loyalty discounts that the till took off.
  public func beforeLoyaltyDiscounts() -> Event {
    guard hasLoyaltyDiscounts else { return self }
    var event = self
    for index in event.lines.indices {
      event.lines[index].total = event.lines[index].total + event.lines[index].loyaltyDiscount
      event.lines[index].loyaltyDiscount = .zero
    }
    return event
  }

  /// The event as it is after a rating took something off its lines. Where the till had done so
  /// already, what it took stands, whatever the rating says.
  public func reduced(by outcome: borrowing Outcome) -> Event {
    guard !outcome.lineOffs.isEmpty, !hasLoyaltyDiscounts else { return self }
    var event = self
    for off in outcome.lineOffs {
      let line = Int(off.line)
      let amount = Money(minor: off.amount)
      event.lines[line].total = event.lines[line].total - amount
      event.lines[line].loyaltyDiscount = event.lines[line].loyaltyDiscount + amount
    }
    return event
  }
}

extension Outcome {
  public typealias Draws = ReusedList<BudgetDraw>
}

/// What an event took from a budget; below zero where a return gave back.
public struct BudgetDraw: Sendable, Equatable {
  public var budget: BudgetID
  public var amount: Int64

  public init(budget: BudgetID, amount: Int64) {
    self.budget = budget
    self.amount = amount
  }
}

extension Outcome {
  /// The coupons that were shown, and what their own terms said of them.
  public var shown: [ShownCoupon] {
    let own: Set<Refusal> = [.unknown, .notClaimed, .expired, .usedUp, .withdrawn]
    return benefits.filter { $0.shown >= 0 }.sorted { $0.shown < $1.shown }.map { use in
      var coupon = ShownCoupon(
        place: use.shown, template: use.id,
        refusal: use.refusal.flatMap { own.contains($0) ? $0 : nil })
      coupon.times = max(1, use.times)
      return coupon
    }
  }
}
