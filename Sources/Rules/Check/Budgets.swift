import Loyalty
import YAML

/// A limit that cuts each award: what was meant is mostly how often.
enum NarrowBounds {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.flatMap { rule in rule.limits.compactMap { cut(rule, $0, program) } }
  }

  private static func cut(
    _ rule: RuleSyntax, _ limit: LimitSyntax, _ program: ProgramSyntax
  ) -> Diagnostic? {
    guard case .currency(let key) = limit.measure,
      let decimals = program.currencies.first(where: { $0.key.value == key })?.decimals
    else { return nil }
    for earn in rule.earn where earn.currency.value == key {
      guard case .one(let rate) = earn.rate.value, rate.basis == .once,
        let units = rate.amount.rounded(places: decimals, .down), units > limit.most
      else { continue }
      let most = ExactDecimal.text(limit.most, places: decimals)
      return Diagnostic(
        "R077", .warning, at: limit.place,
        "the rule `\(rule.key.value)` gives \(rate.amount) at once, and this leaves "
          + (limit.orNone ? "none of it" : "\(most) of it"),
        help: "how often it gives says `times: 1 per day`; else write no more than \(most) under "
          + "`earn`")
    }
    return nil
  }
}

/// A budget of something that the rule never gives bounds nothing.
enum Budgets {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.flatMap { rule in
      rule.bounds.budgets.filter { !gives(rule, $0.measure) }.map { diagnostic($0) }
    }
      + program.campaigns.flatMap { campaign in
        let rules = program.rules.filter { $0.campaign == campaign.key.value }
        return campaign.bounds.budgets.filter { budget in
          !rules.contains { gives($0, budget.measure) }
        }.map { diagnostic($0) }
      }
  }

  private static func gives(_ rule: RuleSyntax, _ measure: BudgetSyntax.Measure) -> Bool {
    switch measure {
    case .times: true
    case .money: rule.benefit != nil
    case .currency(let key):
      rule.earn.contains { $0.currency.value == key }
        || rule.multiply.contains { $0.currency.value == key }
    }
  }

  private static func diagnostic(_ budget: BudgetSyntax) -> Diagnostic {
    let what =
      switch budget.measure {
      case .money: "money, but nothing here is taken off the bill"
      case .currency(let key): "`\(key)`, of which nothing is given here"
      case .times: "times"
      }
    return Diagnostic(
      "R125", at: budget.place, "a budget of \(what)",
      help: "write a budget of what it gives, or `{times: …}`")
  }
}
