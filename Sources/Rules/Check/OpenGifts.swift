import Loyalty
import YAML

/// Fixed points and coupons at every purchase or event, as often as somebody likes.
enum OpenGifts {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    rules(program) + program.coupons.compactMap { forEverybody($0) }
      + (program.rules.map(\.gives) + program.tiers.map(\.gives)).flatMap(twice)
  }

  /// `coupon: [a, a]`
  private static func twice(_ gifts: [GiftSyntax]) -> [Diagnostic] {
    gifts.indices.compactMap { index in
      let (gift, name) = (gifts[index], gifts[index].name)
      guard [.coupon, .reward, .perk].contains(gift.kind),
        gifts[..<index].contains(where: { $0.kind == gift.kind && $0.name == name })
      else { return nil }
      return Diagnostic(
        "R076", .warning, at: name.place, "`\(name.value)` is given twice at once",
        help: "name it once; a coupon that can be used more often says `uses: 2`")
    }
  }

  /// Money off, or goods for nothing, by a code that everybody can show at each purchase.
  private static func forEverybody(_ coupon: CouponSyntax) -> Diagnostic? {
    guard let code = coupon.publicCode, coupon.limits.isEmpty, coupon.condition == nil else {
      return nil
    }
    switch coupon.benefit?.value {
    case .off(.money), .free:
      return Diagnostic(
        "R064", .warning, at: code.place,
        "nothing limits how often one member uses the coupon `\(coupon.key.value)`, whose code is "
          + "everybody's",
        help: "add `limit: {times: 1 ever}`, or ask for a spend with `when: {basket: …}`")
    default: return nil
    }
  }

  private static func rules(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.compactMap { rule in
      guard rule.limits.isEmpty, !rule.bounds.join else { return nil }
      if case .event(let event) = rule.trigger { return atEvent(rule, event) }
      guard rule.trigger == .purchase, rule.items == nil, rule.tender == nil,
        !asksForMore(rule.condition), let place = gift(rule)
      else { return nil }
      return Diagnostic(
        "R064", .warning, at: place,
        "the rule `\(rule.key.value)` gives this at every purchase, however small and "
          + "however often",
        help: "add a limit, like `limit: {times: 1 per day}`, or ask for a spend with `basket`")
    }
  }

  /// What anybody can post again and again: a survey, a review.
  private static func atEvent(_ rule: RuleSyntax, _ event: String) -> Diagnostic? {
    guard let place = gift(rule), !looksBack(rule.condition) else { return nil }
    return Diagnostic(
      "R064", .warning, at: place,
      "nothing limits how often one member gets this: the rule `\(rule.key.value)` gives it at "
        + "every `\(event)`",
      help: "add a limit, like `limit: {times: once every 7 days}`")
  }

  private static func gift(_ rule: RuleSyntax) -> Place? {
    rule.earn.first(where: isFixed)?.rate.place
      ?? rule.gives.first { $0.kind == .coupon || $0.kind == .reward }?.name.place
  }

  private static func looksBack(_ condition: ConditionSyntax?) -> Bool {
    var found = false
    condition?.walk {
      switch $0 {
      case .reach, .history, .named, .coupons, .segments: found = true
      default: break
      }
    }
    return found
  }

  private static func isFixed(_ earn: EarnSyntax) -> Bool {
    guard case .one(let rate) = earn.rate.value else { return false }
    return rate.basis == .once && rate.amount.units > 0
  }

  /// Anything that says more than a day or a member.
  private static func asksForMore(_ condition: ConditionSyntax?) -> Bool {
    var found = false
    condition?.walk {
      switch $0 {
      case .basket, .reach, .history, .coupons, .tender, .named, .attribute: found = true
      default: break
      }
    }
    return found
  }
}
