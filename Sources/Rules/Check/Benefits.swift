import YAML

/// What is taken off the bill needs a bill, and limits of money and units need something to limit.
enum Benefits {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.flatMap { limits($0) + tender($0) } + program.coupons.flatMap(limits)
      + program.rewards.flatMap(limits) + program.perks.flatMap(limits) + left(program)
      + publicCodes(program)
  }

  /// A limit of points of what gives none of them.
  private static func limits(_ limits: [LimitSyntax], given: Set<String>) -> [Diagnostic] {
    limits.compactMap { limit in
      guard case .currency(let key) = limit.measure, !given.contains(key) else { return nil }
      return Diagnostic(
        "R133", at: limit.place, "a limit of `\(key)`, of which nothing is given here",
        help: "limit what it gives, or how often: `limit: {times: 1 per day}`")
    }
  }

  private static func limits(_ coupon: CouponSyntax) -> [Diagnostic] {
    limits(coupon.limits, given: Set(coupon.multiply.map(\.currency.value)))
      + (coupon.benefit == nil ? bills(coupon.limits, "the coupon") : [])
  }

  private static func limits(_ reward: RewardSyntax) -> [Diagnostic] {
    limits(
      reward.limits,
      given: Set((reward.earn.map(\.currency) + reward.multiply.map(\.currency)).map(\.value)))
      + (reward.benefit == nil && reward.pays == nil ? bills(reward.limits, "the reward") : [])
  }

  /// A perk has no price and no bill: one can only count it, over some time.
  private static func limits(_ perk: PerkSyntax) -> [Diagnostic] {
    perk.limits.filter { $0.measure != .times || $0.window == .transaction }.map { limit in
      Diagnostic(
        "R122", at: limit.place, "a perk is counted by how often a member has it",
        help: "write `limit: {times: 2 per month}`")
    }
  }

  private static func limits(_ rule: RuleSyntax) -> [Diagnostic] {
    let given = Set(
      (rule.earn.map(\.currency) + rule.multiply.map(\.currency) + rule.convert.map(\.currency))
        .map(\.value))
    return limits(rule.limits, given: given)
      + (rule.benefit == nil ? bills(rule.limits, "the rule") : [])
  }

  /// Limits of what takes nothing off a bill.
  private static func bills(_ limits: [LimitSyntax], _ what: String) -> [Diagnostic] {
    limits.filter { $0.measure == .money || $0.measure == .units }.map { limit in
      let word = limit.measure == .money ? "money" : "units"
      return Diagnostic(
        "R122", at: limit.place, "a limit of \(word), but \(what) takes nothing off the bill",
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
