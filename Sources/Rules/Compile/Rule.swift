import Loyalty

/// A rule without its words: numbers and ranges only, so that copying one costs nothing.
public struct Rule: Sendable {
  public let id: RuleID
  let trigger: Symbol
  let isPurchase: Bool
  let from: CivilDate
  let to: CivilDate
  let weekdays: UInt8
  let tiers: UInt64
  let asksTier: Bool
  /// The least counted spend of the basket.
  let leastSpend: Int64
  /// What is left to ask; −1 is nothing.
  let condition: Int32
  /// A `reach` that tells how often the rule applies; −1 is none.
  let reach: Int32
  /// Its `reach` asks what was earned, this event's points included.
  let asksEarned: Bool
  /// Its `reach` asks what the event left of a balance.
  let isLate: Bool
  /// Which lines; −1 is all that counts.
  let selector: Int32
  /// The selector without which it cannot match; −1 is none.
  let anchor: Int32
  let tender: Int32
  public let earns: Range<Int>
  public let multiplies: Range<Int>
  let conversions: Range<Int>
  let gifts: Range<Int>
  let limits: Range<Int>
  /// Its place in `benefits`; −1 is none.
  let benefit: Int32
  /// Places in `budgetPlaces`.
  let budgets: Range<Int>
  /// Its place in `holdouts`, and in `joinings`; −1 is none.
  let holdout: Int32
  let join: Int32
  let group: Int32
  let ratesReturns: Bool
  /// It gives to whom the event's `referrer` names.
  let isForReferrer: Bool
  let pending: Int32
  let expiry: Int32
}

public struct Earn: Sendable {
  public let rule: Int
  /// Its rule's, or that of one row of a table by an attribute of items.
  let selector: Int32
  let currency: Int
  /// A rate, or −1 and a table.
  let rate: Int32
  let table: Int32
  let least: Int64
}

public struct Multiply: Sendable {
  public let rule: Int
  /// Its rule's, or that of one row of a table by an attribute of items.
  let selector: Int32
  let currency: Int
  /// The factor less one in millionths, where there is no table.
  let extra: Int64
  let table: Int32
}

/// So many of one currency for so many of another.
struct Conversion: Sendable {
  let rule: Int
  /// Places of currencies.
  let to: Int
  let from: Int
  /// What each full `per` gives, in 10^−scale of the currency's smallest unit.
  let amount: Int64
  let scale: Int
  let per: Int64
  /// Under which number stands how much was given up.
  let fact: CounterID
}

struct Rate: Sendable {
  enum Basis: Sendable { case once, money, quantity, attribute }
  let basis: Basis
  /// What is given for each full `per`, in 10^−scale of the currency's smallest unit.
  let amount: Int64
  let scale: Int
  let per: Int64
  let isProRata: Bool
  let unit: Symbol
  /// The same unit of several: `litres`.
  let units: Symbol
  let attribute: Int32

  /// Whole points for each full amount of money: the rate that nearly all programs have.
  var isPlain: Bool { basis == .money && !isProRata && scale == 0 }
}

/// A table of rates or factors; keys are looked up one after another.
struct RateTable: Sendable {
  indirect enum Row: Sendable {
    /// A place in `rates`, or a factor less one in millionths.
    case value(Int64)
    case words([(word: String, row: Row)])
    case steps([(from: Int64, row: Row)])
  }
  let by: [TableSyntax<RateSyntax>.Key]
  let places: [Int]
  let root: Row
}

struct Gift: Sendable {
  let kind: GiftSyntax.Kind
  /// Its template's place in `coupons`, −1 for anything else.
  let coupon: Int
  /// What a notice tells, as a place in `notices`; −1 for anything else.
  let notice: Int32
  /// What tier it grants, as a place in `tiers`; −1 for anything else.
  let tier: Int32
  let lasts: DurationSyntax?
  let isMore: Bool
  /// How long what it hands out can be used, where the coupon itself does not say it.
  let valid: DurationSyntax?
  /// The reward that it redeems, by its place; −1 for anything else.
  let reward: Int
}

struct Limit: Sendable {
  enum Measure: Sendable, Equatable {
    case times, money, units
    /// A currency's place.
    case points(Int)
  }
  let measure: Measure
  let most: Int64
  let orNone: Bool
  let window: WindowSyntax
  let campaign: ClosedRange<CivilDate>?
  let counter: CounterID
  let fact: CounterID
  let granularity: Granularity
}

extension Limit {
  /// Whether it looks at earlier events at all.
  var isCounted: Bool { window != .transaction }
}

struct Group: Sendable {
  enum Policy: Sendable { case best, add, compound, first }
  let key: String
  let policy: Policy
  /// For `first`: its rules in their order …
  let order: [Int32]
  /// … and its benefits, by their places.
  var benefits: [Int32] = []
}
