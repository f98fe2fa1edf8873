import Loyalty
import YAML

/// One rule: when it applies, to what, and what it gives.
public struct RuleSyntax: Sendable {
  /// What the rule waits for.
  public enum Trigger: Sendable, Equatable {
    case purchase
    case event(String)
    case calendar(CalendarSyntax)
  }

  public var key: Written<String>
  public var name: LocalText?
  public var trigger = Trigger.purchase
  /// Local days of the store, both included. A campaign's own are already folded in.
  public var from: Written<CivilDate>?
  public var to: Written<CivilDate>?
  /// The campaign file that it stands in.
  public var campaign: String?
  public var condition: ConditionSyntax?
  public var items: ItemsSyntax?
  public var tender: TenderSyntax?
  public var earn: [EarnSyntax] = []
  public var multiply: [MultiplySyntax] = []
  public var gives: [GiftSyntax] = []
  /// What it takes off the bill.
  public var benefit: Written<BenefitSyntax>?
  /// Nil: with everything.
  public var combines: CombinesSyntax?
  public var convert: [ConvertSyntax] = []
  /// Own times, where the currency's do not fit.
  public var pending: DurationSyntax?
  public var expires: Written<ExpirySyntax>?
  public var limits: [LimitSyntax] = []
  /// Budgets, holdout, opting in, funder.
  public var bounds = BoundsSyntax()
  public var group: Written<String>?
  /// Whether the rule rates a return without its receipt; nil leaves it to the default
  /// (a rule that earns by a rate or a table and has no `when`).
  public var returns: Bool?
  public var receipt: LocalText?
  /// `for: referrer`, where it stands: the rule gives to whom the event's `referrer` names.
  public var referrer: Place?
  /// Not written as a rule: it says what a coupon or a reward does.
  public var isImplied = false

  public init(key: Written<String>) { self.key = key }
}

/// `points: 1 per 1.00`, or a table.
public struct EarnSyntax: Sendable {
  public var currency: Written<String>
  public var rate: Written<RateOrTable<RateSyntax>>
  /// `least: 125`: at least so much when the rule applies.
  public var least: ExactDecimal?

  public init(currency: Written<String>, rate: Written<RateOrTable<RateSyntax>>) {
    self.currency = currency
    self.rate = rate
  }
}

/// `miles: 1 per 100 points`: so many for so many of another currency, which are given up.
public struct ConvertSyntax: Sendable {
  public var currency: Written<String>
  /// What is given for each full `per`.
  public var amount: ExactDecimal
  public var per: Int64
  public var source: Written<String>

  public init(
    currency: Written<String>, amount: ExactDecimal, per: Int64, source: Written<String>
  ) {
    self.currency = currency
    self.amount = amount
    self.per = per
    self.source = source
  }
}

/// `points: 2`, or a table by tier.
public struct MultiplySyntax: Sendable {
  public var currency: Written<String>
  public var factor: Written<RateOrTable<ExactDecimal>>

  public init(currency: Written<String>, factor: Written<RateOrTable<ExactDecimal>>) {
    self.currency = currency
    self.factor = factor
  }
}

/// One value, or values in a table with one or two keys.
public indirect enum RateOrTable<Value: Sendable & Equatable>: Sendable {
  case one(Value)
  case table(TableSyntax<Value>)
}

/// A table: by words (tier, cabin), by a number from lower bounds upwards, or a word and then a
/// number.
public struct TableSyntax<Value: Sendable & Equatable>: Sendable {
  public enum Key: Sendable, Equatable {
    /// The whole basket's spend decides; the rate found holds for all of it.
    case spend
    /// Each part of the spend is rated by its own step.
    case slice
    case tier
    case segment
    /// A declared attribute of the event (text or number), or `amount`.
    case attribute(String)
    /// An attribute of items: each line by its own.
    case item(String)
  }
  public indirect enum Row: Sendable {
    case value(Value)
    case rows([(key: Written<RowKey>, row: Row)])
  }
  public enum RowKey: Sendable, Equatable {
    case word(String)
    /// From this number on.
    case from(ExactDecimal)
  }

  public var by: [Written<Key>]
  public var rows: [(key: Written<RowKey>, row: Row)]

  public init(by: [Written<Key>], rows: [(key: Written<RowKey>, row: Row)]) {
    self.by = by
    self.rows = rows
  }
}

/// What `give:` and a tier's `gives:` hand out.
public struct GiftSyntax: Sendable {
  public enum Kind: Sendable, Equatable {
    case coupon, perk, reward, notice, tier
    /// One of several rewards or coupons, which the member chooses.
    case choice
    /// A reward that is redeemed unasked.
    case redemption
  }
  public var kind: Kind
  public var name: Written<String>
  /// Of a tier: how long it is granted; nil is as long as its `keeps` says.
  public var lasts: DurationSyntax?
  /// `3 more months`: on top of what is left.
  public var isMore = false
  /// What a notice tells the member.
  public var text: LocalText?
  /// Among what a choice is made.
  public var choices: [Written<String>] = []
  /// How long what is given can be used; nil is as long as the coupon or reward itself says.
  public var valid: DurationSyntax?
  public init(kind: Kind, name: Written<String>) {
    self.kind = kind
    self.name = name
  }
}

/// A coupon template, from which codes are issued.
public struct CouponSyntax: Sendable {
  public var key: Written<String>
  public var name: LocalText?
  public var benefit: Written<BenefitSyntax>?
  public var items: ItemsSyntax?
  public var condition: ConditionSyntax?
  /// Counted from the day of issue, which is not itself counted: `60 days` ends with the 60th day
  /// after it.
  public var valid: DurationSyntax?
  /// Local days of the store on which it can be used, both included.
  public var from: Written<CivilDate>?
  public var to: Written<CivilDate>?
  /// `SPRING-########`: each `#` a character of the code, the last a check character.
  public var code: Written<String>?
  public var uses = 1
  public var multiply: [MultiplySyntax] = []
  public var limits: [LimitSyntax] = []
  public var group: Written<String>?
  public var combines: CombinesSyntax?
  /// One code for everybody.
  public var publicCode: Written<String>?
  /// The member takes it first.
  public var isClaimed = false
  /// What becomes of it when what it was used on comes back.
  public var returns: Returns?
  /// At most this share of a bill is taken off; in millionths. Said by a reward that pays.
  public var share: Int64?
  /// Of a choice, what it can be given for: keys of rewards and coupons.
  public var choices: [String] = []

  public enum Returns: String, Sendable, CaseIterable {
    case lost, whole
    case byShare = "by share"
  }

  public init(key: Written<String>) { self.key = key }
}
