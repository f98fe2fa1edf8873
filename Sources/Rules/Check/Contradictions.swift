import Loyalty
import YAML

/// Rules that can never match.
enum Contradictions {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.compactMap { dates($0) } + program.campaigns.compactMap { dates($0) }
      + program.coupons.compactMap { dates($0) } + NeverTrue.check(program)
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
}
