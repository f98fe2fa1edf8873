import YAML

extension ConditionSyntax {
  /// Calls `visit` for this condition and those inside it, from the outside inwards.
  func walk(_ visit: (ConditionSyntax) -> Void) {
    visit(self)
    switch self {
    case .all(let parts), .any(let parts): for part in parts { part.walk(visit) }
    case .not(let part): part.walk(visit)
    default: break
    }
  }

  /// The goals that stand directly in this condition.
  var goals: [GoalSyntax] {
    switch self {
    case .basket(let goals), .history(let goals): goals
    case .reach(let goal): [goal]
    default: []
    }
  }
}

extension ItemsSyntax {
  /// Calls `visit` for this choice and those inside it.
  func walk(_ visit: (ItemsSyntax) -> Void) {
    visit(self)
    switch self {
    case .all(let parts), .any(let parts): for part in parts { part.walk(visit) }
    case .not(let part): part.walk(visit)
    case .favourite(_, let of, _): of?.walk(visit)
    default: break
    }
  }
}

extension QualifySyntax {
  /// The goals and ranks inside.
  func walk(_ visit: (QualifySyntax) -> Void) {
    visit(self)
    switch self {
    case .all(let parts), .any(let parts): for part in parts { part.walk(visit) }
    case .not(let part): part.walk(visit)
    default: break
    }
  }

  var goals: [GoalSyntax] {
    var goals: [GoalSyntax] = []
    walk { if case .goal(let goal) = $0 { goals.append(goal) } }
    return goals
  }
}

extension ProgramSyntax {
  /// Every condition of the program, with the rule that it stands in.
  func forEachCondition(_ visit: (ConditionSyntax, RuleSyntax?) -> Void) {
    for rule in rules { rule.condition?.walk { visit($0, rule) } }
    for (_, condition) in conditions { condition.walk { visit($0, nil) } }
    for coupon in coupons { coupon.condition?.walk { visit($0, nil) } }
    for reward in rewards { reward.condition?.walk { visit($0, nil) } }
    for segment in segments {
      if case .condition(let condition) = segment.source { condition.walk { visit($0, nil) } }
    }
    for currency in currencies { currency.unless?.walk { visit($0, nil) } }
  }

  /// Every choice of items of the program.
  func forEachItems(_ visit: (ItemsSyntax) -> Void) {
    for (_, items) in sets { items.walk(visit) }
    counts.items?.walk(visit)
    for rule in rules { rule.items?.walk(visit) }
    for coupon in coupons { coupon.items?.walk(visit) }
    for reward in rewards { reward.items?.walk(visit) }
    for tier in tiers {
      for goal in (tier.qualify?.goals ?? []) + (tier.renew?.goals ?? []) {
        goal.items?.walk(visit)
      }
    }
    forEachCondition { condition, _ in
      for goal in condition.goals { goal.items?.walk(visit) }
    }
  }
}
