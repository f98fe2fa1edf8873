import YAML

/// Goals that need a window of time, and goals that cannot have one.
enum Windows {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var found: [Diagnostic] = []
    program.forEachCondition { condition, rule in
      switch condition {
      case .basket(let goals): found += once(goals).compactMap(basket)
      case .history(let goals): found += once(goals).compactMap { needed($0, "history", rule) }
      case .reach(let goal) where goal.isOfBalance: break
      case .reach(let goal): found += [needed(goal, "reach", rule)].compactMap { $0 }
      default: break
      }
    }
    for tier in program.tiers {
      let goals = (tier.qualify?.goals ?? []) + (tier.renew?.goals ?? [])
      found += once(goals.filter { !$0.isOfBalance }).compactMap { needed($0, "qualify", nil) }
    }
    return found
  }

  /// One goal for each place: measures side by side share their window.
  private static func once(_ goals: [GoalSyntax]) -> [GoalSyntax] {
    var last: Place?
    return goals.filter { goal in
      defer { last = goal.place }
      return goal.place != last
    }
  }

  private static func basket(_ goal: GoalSyntax) -> Diagnostic? {
    guard let window = goal.window else { return nil }
    return Diagnostic(
      "R036", at: window.place, "`basket` asks about this purchase and has no window",
      help:
        "delete `within`, or ask about earlier purchases with `history`, about a mark with `reach`")
  }

  private static func needed(_ goal: GoalSyntax, _ word: String, _ rule: RuleSyntax?) -> Diagnostic?
  {
    guard let window = goal.window else {
      return Diagnostic(
        "R036", at: goal.place, "a goal under `\(word)` needs its window",
        help: "add `within`, like `within: calendar year` or `within: ever`")
    }
    switch window.value {
    case .transaction where word == "reach": return nil
    case .transaction:
      return Diagnostic(
        "R036", at: window.place, "`\(word)` looks beyond this purchase",
        help: word == "qualify"
          ? "write `calendar year` or the like" : "ask about this purchase with `basket`")
    case .campaign where word == "qualify":
      return Diagnostic(
        "R036", at: window.place, "a tier has no campaign",
        help: "write `calendar year` or the like")
    case .campaign:
      guard let rule, rule.from == nil else { return nil }
      return Diagnostic(
        "R036", at: window.place,
        "`within: campaign` needs the days of the rule, which has no `from`",
        help: "add `from` and `to` to the rule")
    default: return nil
    }
  }
}
