import Loyalty
import YAML

/// What a rule, a coupon or a reward takes off the bill.
public enum BenefitSyntax: Sendable, Equatable {
  case off(OffSyntax)
  /// What one unit costs.
  case fixed(Money)
  /// So many units for nothing: the dearest of those that are meant, or the cheapest.
  case free(units: Int64, cheapest: Bool)
  /// `buy: 3` `pay: 2`
  case bundle(buy: Int64, pay: Int64)

  /// Whether it takes nothing off, whatever is bought.
  var isNothing: Bool {
    switch self {
    case .off(.money(let money)), .off(.perUnit(let money)): money.minor == 0
    case .off(.share(let share)): share == 0
    case .fixed, .free, .bundle: false
    }
  }
}

public enum OffSyntax: Sendable, Equatable {
  case money(Money)
  /// In millionths of the whole: 10% is 100_000.
  case share(Int64)
  case perUnit(Money)
}

/// With what else a benefit may stand on one bill.
public enum CombinesSyntax: Sendable, Equatable {
  case none
  /// With these rules, coupons and rewards only.
  case only([Written<String>])
  case not([Written<String>])

  public var names: [Written<String>] {
    switch self {
    case .none: []
    case .only(let names), .not(let names): names
    }
  }
}
