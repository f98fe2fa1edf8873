import Loyalty

/// The numbers that names have: given once, kept from version to version. The store keeps it;
/// examples use an empty one.
public struct Registry: Sendable {
  public var symbols: [String: Symbol] = [:]
  public var currencies: [String: CurrencyID] = [:]
  public var tiers: [String: TierID] = [:]
  public var rules: [String: RuleID] = [:]
  public var coupons: [String: CouponTemplateID] = [:]
  public var segments: [String: SegmentID] = [:]
  public var budgets: [String: BudgetID] = [:]
  public var rewards: [String: RewardID] = [:]
  /// Counters, and windows of counters, by their definition in words.
  public var counters: [String: CounterID] = [:]

  private var lastSymbol: Int32 = 0

  /// New texts get numbers above those of `symbols`, and above `taken`.
  public init(symbols: [String: Symbol] = [:], taken: Symbol = .none) {
    self.symbols = symbols
    lastSymbol = max(taken, symbols.values.max() ?? .none).id
  }

  public mutating func symbol(_ text: String) -> Symbol {
    if text.isEmpty { return .none }
    if let known = symbols[text] { return known }
    lastSymbol += 1
    let symbol = Symbol(id: lastSymbol)
    symbols[text] = symbol
    return symbol
  }

  mutating func currency(_ key: String) -> CurrencyID { Registry.number(key, &currencies) }
  mutating func tier(_ key: String) -> TierID { Registry.number(key, &tiers) }
  mutating func rule(_ key: String) -> RuleID { Registry.number(key, &rules) }
  mutating func coupon(_ key: String) -> CouponTemplateID { Registry.number(key, &coupons) }
  mutating func segment(_ key: String) -> SegmentID { Registry.number(key, &segments) }
  mutating func reward(_ key: String) -> RewardID { Registry.number(key, &rewards) }
  mutating func budget(_ key: String) -> BudgetID { Registry.number(key, &budgets) }
  mutating func counter(_ key: String) -> CounterID { Registry.number(key, &counters) }

  /// The next number after those given; numbers are never given again.
  private static func number<ID: FixedWidthInteger>(_ key: String, _ known: inout [String: ID])
    -> ID
  {
    if let number = known[key] { return number }
    let number = ID(known.count + 1)
    known[key] = number
    return number
  }
}
