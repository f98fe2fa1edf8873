import YAML

/// What is taken off the bill needs a bill, and limits of money and units need something to limit.
enum Benefits {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.flatMap { limits($0) + tender($0) } + left(program) + publicCodes(program)
  }

  private static func limits(_ rule: RuleSyntax) -> [Diagnostic] {
    guard rule.benefit == nil else { return [] }
    return rule.limits.filter { $0.measure == .money || $0.measure == .units }.map { limit in
      let word = limit.measure == .money ? "money" : "units"
      return Diagnostic(
        "R122", at: limit.place, "a limit of \(word), but the rule takes nothing off the bill",
        help: "it goes with `off`, `fixed`, `free` and `buy`; limit what is earned by its currency")
    }
  }

  private static func tender(_ rule: RuleSyntax) -> [Diagnostic] {
    guard rule.tender != nil, let benefit = rule.benefit else { return [] }
    return [
      Diagnostic(
        "R123", at: benefit.place,
        "`tender` chooses a part of the payment, and a price has no parts",
        help: "to ask how it is paid write `when: {tender: …}`")
    ]
  }

  /// Two coupons under one public code.
  private static func publicCodes(_ program: ProgramSyntax) -> [Diagnostic] {
    var seen: [String: String] = [:]
    return program.coupons.compactMap { coupon in
      guard let code = coupon.publicCode,
        let first = seen.updateValue(coupon.key.value, forKey: code.value)
      else { return nil }
      return Diagnostic(
        "R051", at: code.place, "`\(code.value)` is the code of the coupon `\(first)` already",
        help: "give one of them another code")
    }
  }

  /// `left` is of this bill.
  private static func left(_ program: ProgramSyntax) -> [Diagnostic] {
    var found: [Diagnostic] = []
    func check(_ goals: [GoalSyntax]) {
      for goal in goals where goal.measure.value == .left {
        found.append(
          Diagnostic(
            "R124", at: goal.measure.place, "`left` is what this bill leaves to pay",
            help: "it stands under `basket`; over a time write `spend`"))
      }
    }
    program.forEachCondition { condition, _ in
      switch condition {
      case .history(let goals): check(goals)
      case .reach(let goal): check([goal])
      default: break
      }
    }
    for tier in program.tiers { check(tier.qualify?.goals ?? []) }
    return found
  }
}
