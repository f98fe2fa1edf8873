import Loyalty
import YAML

/// Fixed points at every purchase, however small, and as often as somebody likes.
enum OpenGifts {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.compactMap { rule in
      guard rule.trigger == .purchase, rule.limits.isEmpty, !rule.bounds.join, rule.items == nil,
        rule.tender == nil,
        !asksForMore(rule.condition), let fixed = rule.earn.first(where: isFixed)
      else { return nil }
      return Diagnostic(
        "R064", .warning, at: fixed.rate.place,
        "the rule `\(rule.key.value)` gives this at every purchase, however small and "
          + "however often",
        help: "add a limit, like `limit: {times: 1 per day}`, or ask for a spend with `basket`")
    }
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
