import YAML

/// `reach: {points: …}` is looked at when the other rules have earned: after what is taken off the
/// bill, at whatever earns.
enum EarnedMarks {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.compactMap { rule in
      var marks: [(currency: String, goal: GoalSyntax)] = []
      rule.condition?.walk {
        if case .reach(let goal) = $0, case .earned(let name) = goal.measure.value {
          marks.append((name, goal))
        }
      }
      guard let (currency, mark) = marks.first else { return nil }
      let found = { (message: String, help: String) in
        Diagnostic("R081", at: mark.place, message, help: help)
      }
      if rule.benefit != nil {
        return found(
          "what is taken off the bill comes before the `\(currency)` that it earns",
          "let the mark give a coupon for the next purchase: `give: {coupon: …}`")
      }
      if case .calendar = rule.trigger {
        return found(
          "a mark of `\(currency)` is passed by what earns them, whatever that is, and the rule "
            + "waits for a day of the calendar",
          "leave `event` out: then the rule waits for the mark itself")
      }
      guard marks.count > 1 || !sideBySide(rule.condition) else { return nil }
      return found(
        "a mark of what is earned is looked at when the other rules are done, and stands directly "
          + "under `when`", "give the rule one mark, outside of `any` and `not`")
    }
  }

  /// Whether a mark stands beside the other conditions and not inside of one.
  private static func sideBySide(_ condition: ConditionSyntax?) -> Bool {
    switch condition {
    case .reach?: true
    case .all(let parts)?: parts.contains { sideBySide($0) }
    default: false
    }
  }
}
