import Loyalty
import YAML

/// A question with yes or no for an answer. Conditions side by side are `all`.
public indirect enum ConditionSyntax: Sendable {
  case all([ConditionSyntax])
  case any([ConditionSyntax])
  case not(ConditionSyntax)
  /// A name from `conditions:`.
  case named(Written<String>)

  // clock, in the store's local time
  case dates([DateRangeSyntax], Place)
  /// Bit 0 is Monday.
  case weekdays(UInt8, Place)
  /// Days of the month, 1…31; 0 is the last.
  case daysOfMonth([Int], Place)
  /// Minutes since midnight, the end excluded; a range over midnight has its end before its start.
  case hours([(from: Int, to: Int)], Place)
  case holidays([Written<String>])

  // place
  case stores([Written<String>])
  case regions([Written<String>])
  case channels([Written<String>])
  case partners([Written<String>])

  // member
  case tier(TierTestSyntax)
  case birthday(BirthdayWindow, Place)
  /// Member since at most this long.
  case joined(WindowSyntax, Place)
  /// Member since at least, or at most, so long.
  case tenure(SpanSyntax, Place)
  /// Full years of age.
  case age(RangeSyntax, Place)
  /// What the member agreed to: `email`, `sms`.
  case consent([Written<String>], Place)
  case segments([Written<String>])
  /// A declared attribute of the member, the transaction or the event, and the values that it may
  /// have.
  case attribute(Written<String>, AttributeTestSyntax)
  /// What is held of a currency before this event.
  case balance(currency: Written<String>, RangeSyntax)

  // this purchase
  case coupons([Written<String>])
  /// A coupon that was shown is taken: what its own multiplier asks.
  case taken(coupon: String)
  /// A reward is redeemed by this event: what its own points ask.
  case redeemed(reward: String)
  case tender(TenderSyntax, Place)
  case basket([GoalSyntax])
  // before it
  case history([GoalSyntax])
  /// True at the purchase that passes the mark.
  case reach(GoalSyntax)
}

public enum BirthdayWindow: String, Sendable, CaseIterable { case day, week, month }

public enum AttributeTestSyntax: Sendable {
  case values([Written<String>])
  case range(RangeSyntax)
}

/// Which lines are meant. Parts side by side are `all`.
public indirect enum ItemsSyntax: Sendable {
  case all([ItemsSyntax])
  case any([ItemsSyntax])
  case not(ItemsSyntax)
  /// A name from `sets:`.
  case set(Written<String>)
  case categories([Written<String>])
  case skus([Written<String>])
  /// A declared attribute of the item.
  case attribute(Written<String>, [Written<String>])
  /// `discounted: no`
  case discounted(Bool, Place)
  /// `{favourite: category, of: cards}`: the kind that this member has bought most of.
  case favourite(FavouriteKind, of: ItemsSyntax?, Place)
  /// `cheapest: 1`: so many units, those with the lowest price.
  case cheapest(Int64, Place)
}

public enum FavouriteKind: String, Sendable, CaseIterable { case category, sku }

/// A measure of purchases, or of what was earned.
public enum MeasureSyntax: Sendable, Hashable {
  /// Money that counts.
  case spend
  /// Units bought, whatever their unit of measure.
  case quantity
  /// Purchases with at least one line that counts.
  case visits
  /// Different products.
  case variety
  /// How often an event happened.
  case times
  /// What was earned of a currency.
  case earned(String)
  /// The number that an event carried.
  case attribute(String)
  /// What the lines bring above their cost.
  case margin
  /// What is held of a currency.
  case balance(String)
  /// Money that is left to pay, after what was taken off.
  case left
}

/// Measure, items and window: it looks the same in baskets, histories, tiers and expiry.
public struct GoalSyntax: Sendable {
  public var measure: Written<MeasureSyntax>
  public var range: RangeSyntax
  public var items: ItemsSyntax?
  public var tender: TenderSyntax?
  public var window: Written<WindowSyntax>?
  /// Which events are counted; nil is purchases.
  public var event: Written<String>?
  /// What the events that count carry: `carrier: BA`.
  public var attributes: [(name: Written<String>, test: AttributeTestSyntax)] = []
  public var place: Place

  public init(measure: Written<MeasureSyntax>, range: RangeSyntax, place: Place) {
    self.measure = measure
    self.range = range
    self.place = place
  }
}
