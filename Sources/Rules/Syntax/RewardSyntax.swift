import Loyalty
import YAML

/// What members redeem their points for.
public struct RewardSyntax: Sendable {
  public var key: Written<String>
  public var name: LocalText?
  /// What it costs once; several currencies side by side are all paid.
  public var price: [(currency: Written<String>, amount: Int64)] = []
  public var pays: PaysSyntax?
  /// At least so many points are turned into money.
  public var least: (currency: Written<String>, amount: Int64)?
  /// At most this share of a bill is paid with points; in millionths.
  public var share: Int64?
  public var benefit: Written<BenefitSyntax>?
  public var items: ItemsSyntax?
  public var condition: ConditionSyntax?
  public var earn: [EarnSyntax] = []
  public var multiply: [MultiplySyntax] = []
  /// The member takes one of these rewards or coupons.
  public var choice: [Written<String>] = []
  /// What it waits for, to be handed out unasked; nil where members redeem it.
  public var trigger: RuleSyntax.Trigger?
  public var limits: [LimitSyntax] = []
  /// How long what was redeemed can be used.
  public var valid: DurationSyntax?
  /// So many for all members together.
  public var stock: Int64?
  /// Sent or handed over: redeeming it makes an order.
  public var isThing = false
  public var group: Written<String>?
  public var combines: CombinesSyntax?
  public var returns: CouponSyntax.Returns?
  public init(key: Written<String>) { self.key = key }
}

/// `1.00 per 300 points`: money for points, in whole steps where it is paid out.
public struct PaysSyntax: Sendable {
  public var money: Money
  public var points: Int64
  public var currency: Written<String>
  public init(money: Money, points: Int64, currency: Written<String>) {
    self.money = money
    self.points = points
    self.currency = currency
  }
}
