import YAML

/// `reach: {balance: …}` looks at what the event left, so it stands alone and gives no points.
enum BalanceMarks {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.compactMap { rule in
      var marks: [GoalSyntax] = []
      rule.condition?.walk {
        if case .reach(let goal) = $0, goal.isOfBalance { marks.append(goal) }
      }
      guard let mark = marks.first else { return nil }
      let gives = !rule.earn.isEmpty || !rule.multiply.isEmpty || !rule.convert.isEmpty
      if gives || rule.benefit != nil {
        return Diagnostic(
          "R080", at: mark.place,
          "the rule `\(rule.key.value)` gives points when a balance passes a mark, which would "
            + "move the balance again",
          help:
            "such a rule has `give: {notice: …}` or `give: {coupon: …}`; points for a mark hang "
            + "on what was earned: `reach: {points: 50, within: ever}`")
      }
      guard marks.count > 1 || !sideBySide(rule.condition) else { return nil }
      return Diagnostic(
        "R080", at: mark.place,
        "a mark of a balance is looked at when everything else is done, and stands directly under "
          + "`when`", help: "give the rule one mark, outside of `any` and `not`")
    }
  }

  /// Whether a mark stands beside the other conditions and not inside of one.
  private static func sideBySide(_ condition: ConditionSyntax?) -> Bool {
    switch condition {
    case .reach(let goal)?: goal.isOfBalance
    case .all(let parts)?: parts.contains { sideBySide($0) }
    default: false
    }
  }
}

extension GoalSyntax {
  var isOfBalance: Bool {
    if case .balance = measure.value { return true }
    return false
  }
}
