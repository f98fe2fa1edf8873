/// A text that rules compare, as the number that the store keeps for it. 0 is no text.
public struct Symbol: Sendable, Hashable, Comparable {
  public var id: Int32

  @inlinable
  public init(id: Int32) { self.id = id }

  public static let none = Symbol(id: 0)

  @inlinable
  public static func < (a: Symbol, b: Symbol) -> Bool { a.id < b.id }
}

public enum EventKind: Int16, Sendable {
  case sale = 1
  case `return` = 2
  case void = 3
  case exchange = 4
  /// An event of the program's own; its name says which.
  case other = 5
  /// The answer of a rank review.
  case review = 6
  /// The end of a local day on which time alone brought something.
  case close = 7
  /// Differences that a corrected program makes to what was given before.
  case correction = 9
  /// By hand: points that a person gives or takes.
  case adjustment = 20
  /// What was held in another system before.
  case opening = 21
  /// Points that go to another account, or come from one.
  case transfer = 22
  /// An account that goes into another one, or takes one in.
  case merge = 23
  /// The end of an account.
  case closing = 24
  /// Something is set aside for a redemption.
  case hold = 25
  /// What was held is redeemed; `original` is the hold.
  case capture = 26
  /// What was held is free again.
  case release = 27
  /// What was captured is given back.
  case refund = 28
  /// A thing that was redeemed goes its way.
  case order = 29
}

extension EventKind {
  /// Done by a person, or for one: its event says itself what moves.
  public var isOfTheDesk: Bool {
    switch self {
    case .adjustment, .opening, .transfer, .merge, .closing: true
    default: false
    }
  }

  /// A step of a redemption that is held first.
  public var isOfAHold: Bool {
    switch self {
    case .hold, .capture, .release, .refund: true
    default: false
    }
  }
}

extension Event {
  /// The number of what something comes back of; 0: nothing does. A step of a hold names the hold.
  public var returned: Int64 { kind.isOfAHold ? 0 : original }
}

extension Event {
  /// The attribute that marks the referrer's side of an event.
  public static let referrerMark = "for referrer"
}

/// What happened to one account, with every fact that its rating may ask for and that does not lie
/// in the account.
public struct Event: Sendable {
  /// The account's own number of it, from 1.
  public var seq: Int64
  public var kind: EventKind
  public var name = Symbol.none
  public var at: Instant
  /// Seconds east of UTC at the store at that instant.
  public var offset: Int32
  public var store = Symbol.none
  public var region = Symbol.none
  public var channel = Symbol.none
  public var isTraining = false
  /// Laid aside at the till, and not done.
  public var isSuspended = false
  /// The number of the account's own event that something comes back of; 0: none is named.
  public var original: Int64 = 0
  /// The account whose event that is; 0: its own. Another one went into this one.
  public var originalAccount: Int64 = 0
  /// What was taken off its bill stands, whatever a rating says: it is rated again.
  public var isSettled = false
  /// Of a settled one: whether the till had taken it off before it was rated.
  public var tillTookOff = false
  /// The account is whom the event's `referrer` names, and not the one that it happened to.
  public var isForReferrer = false
  public var lines: [Line] = []
  public var tenders: [EventTender] = []
  /// For a review: the tier reached and until when the review's own terms keep it.
  public var reviewedTier: TierID = 0
  /// What few events carry.
  @usableFromInline var extras: EventExtras.Box?

  /// It is recorded, and that is all.
  public var earnsNothing: Bool { isTraining || isSuspended }

  public init(seq: Int64, kind: EventKind, at: Instant, offset: Int32) {
    self.seq = seq
    self.kind = kind
    self.at = at
    self.offset = offset
  }
}

/// What one rule gives more of a currency after a correction; below zero is less.
public struct Correction: Sendable, Equatable {
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

/// A line of a receipt, as rules see it. On a return, what comes back is positive here, too.
public struct Line: Sendable {
  public var product: Symbol
  public var category: Symbol
  /// 0 is a piece.
  public var unit = Symbol.none
  /// As the POS numbered it; 0 where it did not.
  public var number: Int32 = 0
  public var quantity: Quantity
  /// After the line's discounts, without tax.
  public var total: Money
  public var tax = Money.zero
  public var storeDiscount = Money.zero
  public var manufacturerDiscount = Money.zero
  public var loyaltyDiscount = Money.zero

  @inlinable
  public init(product: Symbol, category: Symbol, quantity: Quantity, total: Money) {
    self.product = product
    self.category = category
    self.quantity = quantity
    self.total = total
  }
}

public struct EventTender: Sendable {
  public var kind: Symbol
  public var amount: Money
  public init(kind: Symbol, amount: Money) {
    self.kind = kind
    self.amount = amount
  }
}

/// An attribute of one line (counted from 0).
public struct LineAttribute: Sendable {
  public var line: Int32
  public var attribute: Attribute
  public init(line: Int32, attribute: Attribute) {
    self.line = line
    self.attribute = attribute
  }
}

public typealias CurrencyID = Int16
public typealias TierID = Int16
public typealias RuleID = Int32
public typealias CounterID = Int32
public typealias CouponTemplateID = Int32
public typealias SegmentID = Int16
public typealias BudgetID = Int32
public typealias RewardID = Int32
