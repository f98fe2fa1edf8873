import Loyalty
import YAML

/// Rules that can never match.
enum Contradictions {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let order = Dictionary(
      program.tiers.enumerated().map { ($1.key.value, $0) }, uniquingKeysWith: { first, _ in first }
    )
    var found =
      program.rules.compactMap { dates($0) } + program.campaigns.compactMap { dates($0) }
      + program.coupons.compactMap { dates($0) }
    for rule in program.rules {
      rule.condition?.walk { condition in
        guard case .all(let parts) = condition else { return }
        if let place = tiers(parts, order) {
          found.append(
            never(
              place, "nobody is in two of these tiers at once", "join them: `tier: [silver, gold]`")
          )
        }
        if let place = weekdays(parts) {
          found.append(
            never(place, "no day is all of these weekdays", "join them: `weekday: [sat, sun]`"))
        }
      }
    }
    return found
  }

  private static func never(_ place: Place, _ why: String, _ help: String) -> Diagnostic {
    Diagnostic("R055", at: place, "this can never be true: \(why)", help: help)
  }

  private static func dates(_ rule: RuleSyntax) -> Diagnostic? {
    guard let from = rule.from, let to = rule.to, from.value > to.value else { return nil }
    // The days of a campaign were checked with the campaign.
    let isOwn = from.place.file == rule.key.place.file && from.place > rule.key.place
    let isOwnEnd = to.place.file == rule.key.place.file && to.place > rule.key.place
    guard isOwn || isOwnEnd else { return nil }
    return Diagnostic(
      "R053", at: isOwnEnd ? to.place : from.place,
      "the rule `\(rule.key.value)` ends on \(to.value), before it begins on \(from.value)",
      help: isOwn && isOwnEnd
        ? "exchange `from` and `to`, or correct the year" : "choose days within the campaign")
  }

  private static func dates(_ coupon: CouponSyntax) -> Diagnostic? {
    guard let from = coupon.from, let to = coupon.to, from.value > to.value else { return nil }
    return Diagnostic(
      "R053", at: to.place,
      "the coupon `\(coupon.key.value)` ends on \(to.value), before it begins on \(from.value)",
      help: "exchange `from` and `to`, or correct the year")
  }

  private static func dates(_ campaign: CampaignSyntax) -> Diagnostic? {
    guard let from = campaign.from, let to = campaign.to, from.value > to.value else { return nil }
    return Diagnostic(
      "R053", at: to.place,
      "the campaign `\(campaign.key.value)` ends on \(to.value), before it begins on \(from.value)",
      help: "exchange `from` and `to`, or correct the year")
  }

  /// Conditions on tiers that no tier meets all of.
  private static func tiers(_ parts: [ConditionSyntax], _ order: [String: Int]) -> Place? {
    var allowed = Set(order.values)
    var last: Place?
    var count = 0
    for case .tier(let test) in parts {
      let named = test.names.compactMap { order[$0.value] }
      guard let first = named.first else { return nil }
      switch test.form {
      case .exactly: allowed.formIntersection(named)
      case .orAbove: allowed = allowed.filter { $0 >= first }
      case .orBelow: allowed = allowed.filter { $0 <= first }
      }
      (last, count) = (test.names.first?.place, count + 1)
    }
    return count > 1 && allowed.isEmpty ? last : nil
  }

  private static func weekdays(_ parts: [ConditionSyntax]) -> Place? {
    var mask: UInt8 = 0x7F
    var last: Place?
    for case .weekdays(let days, let place) in parts {
      mask &= days
      last = place
    }
    return mask == 0 ? last : nil
  }
}
