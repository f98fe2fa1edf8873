import Loyalty
import YAML

/// `{points: 1_000_000}`: what a rule, or all rules of a campaign, may give to all members
/// together.
public struct BudgetSyntax: Sendable {
  public enum Measure: Sendable, Equatable {
    case times
    /// Taken off bills.
    case money
    case currency(String)
  }
  public var measure: Measure
  /// In the currency's smallest unit, in minor units of money, or how often.
  public var total: Int64
  public var place: Place

  public init(measure: Measure, total: Int64, place: Place) {
    self.measure = measure
    self.total = total
    self.place = place
  }
}

/// What bounds who may take part in a rule, and how much all may take: of the rule, or of all rules
/// of a campaign.
public struct BoundsSyntax: Sendable {
  public var budgets: [BudgetSyntax] = []
  /// The share of members who get nothing, for comparison; in millionths.
  public var holdout: Int64?
  /// Only members who opted in.
  public var join = false
  /// Who pays for what it gives.
  public var funded: Written<String>?
  public init() {}

  /// Whether any of it keeps the rule from members, or ends what they get.
  public var isBound: Bool { !budgets.isEmpty || holdout != nil || join }
}
