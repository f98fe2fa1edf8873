import Loyalty
import YAML

/// A program's folder as it was written: the program file and its campaign files, read but not yet
/// checked
/// against each other. Order is the order of the files and of the lines in them.
public struct ProgramSyntax: Sendable {
  public var key: Written<String>
  public var name: LocalText?
  /// An IANA zone name.
  public var timezone: Written<String>
  public var money: Written<MoneyUnit>
  public var currencies: [CurrencySyntax] = []
  public var counts = CountsSyntax()
  public var attributes = AttributesSyntax()
  public var events: [EventSyntax] = []
  /// Ranges of days, both ends included.
  public var holidays: [(key: Written<String>, days: [DateRangeSyntax])] = []
  public var sets: [(key: Written<String>, items: ItemsSyntax)] = []
  public var conditions: [(key: Written<String>, condition: ConditionSyntax)] = []
  public var segments: [SegmentSyntax] = []
  /// From the lowest to the highest.
  public var tiers: [TierSyntax] = []
  /// Those of which there is only so much; others are named where they are given.
  public var perks: [PerkSyntax] = []
  public var rules: [RuleSyntax] = []
  public var groups: [GroupSyntax] = []
  public var coupons: [CouponSyntax] = []
  public var rewards: [RewardSyntax] = []
  public var campaigns: [CampaignSyntax] = []
  public var examples: [ExampleSyntax] = []
  /// Top-level words below which something could not be read, perhaps a declaration.
  var lost: Set<String> = []

  public init(key: Written<String>, timezone: Written<String>, money: Written<MoneyUnit>) {
    self.key = key
    self.timezone = timezone
    self.money = money
  }
}

public struct CurrencySyntax: Sendable {
  public enum Kind: String, Sendable, CaseIterable { case points, status, stamps, money }
  /// How far a return may take back.
  public enum Returns: String, Sendable, CaseIterable { case debt, balance, pending }

  public var key: Written<String>
  public var name: LocalText?
  public var kind = Kind.points
  /// Each month's points are a pot; one redemption, one pot.
  public var hasPots = false
  /// Digits behind the point of one unit; `kind: money` has the money's.
  public var decimals = 0
  public var worth: WorthSyntax?
  public var rounds = Rounding.down
  /// How long earned points wait before they can be spent.
  public var pending: DurationSyntax?
  public var returns = Returns.debt
  public var expires: Written<ExpirySyntax>?
  /// Where it holds on the day on which points would end, they live on until the next such day.
  public var unless: ConditionSyntax?
  /// What `after activity` means; empty is any purchase or event of the member's own.
  public var activity: [Written<String>] = []

  public init(key: Written<String>) { self.key = key }
}

/// `1.00 per 300`: so much money for so many points.
public struct WorthSyntax: Sendable, Equatable {
  public var money: Money
  public var points: Int64
  public init(money: Money, points: Int64) {
    self.money = money
    self.points = points
  }
}

/// What a spend of 1.00 is, for every rule.
public struct CountsSyntax: Sendable {
  public enum Price: String, Sendable, CaseIterable {
    case beforeDiscounts = "before discounts"
    case afterStoreDiscounts = "after store discounts"
    case afterDiscounts = "after discounts"
  }
  public var price = Price.afterDiscounts
  public var taxIncluded = false
  /// How a part of a cent ends: of what is taken off the bill, and where part of the payment
  /// counts.
  public var rounds = Rounding.down
  public var items: ItemsSyntax?
  public var tender: TenderSyntax?
  public init() {}
}

public struct AttributesSyntax: Sendable {
  public var item: [Written<String>] = []
  public var member: [Written<String>] = []
  public var transaction: [Written<String>] = []
  public init() {}
}

/// A declared event beyond purchases.
public struct EventSyntax: Sendable {
  public enum AttributeKind: Sendable, Equatable {
    case number, money, text, date, boolean
    case oneOf([String])
  }
  public var key: Written<String>
  public var attributes: [(key: Written<String>, kind: AttributeKind)]
  public init(key: Written<String>, attributes: [(key: Written<String>, kind: AttributeKind)]) {
    self.key = key
    self.attributes = attributes
  }
}

public struct SegmentSyntax: Sendable {
  public enum Source: Sendable {
    case list
    case condition(ConditionSyntax)
  }
  public var key: Written<String>
  public var source: Source
  public init(key: Written<String>, source: Source) {
    self.key = key
    self.source = source
  }
}

public struct CampaignSyntax: Sendable {
  public var key: Written<String>
  public var name: LocalText?
  public var from: Written<CivilDate>?
  public var to: Written<CivilDate>?
  /// Of all its rules together.
  public var bounds = BoundsSyntax()
  public init(key: Written<String>) { self.key = key }
}

public struct GroupSyntax: Sendable {
  public enum Policy: Sendable, Equatable {
    case best, add, compound
    /// The first of these that matches wins.
    case first([Written<String>])
  }
  public var key: Written<String>
  public var policy: Policy
  public init(key: Written<String>, policy: Policy) {
    self.key = key
    self.policy = policy
  }
}
