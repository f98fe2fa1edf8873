import YAML

/// The cheapest units are a part of lines, and so a choice only of what takes money off.
enum CheapestPlaces {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var allowed: Set<Place> = []
    for rule in program.rules where rule.benefit?.value.takesCheapest == true {
      allow(rule.items, &allowed)
    }
    for coupon in program.coupons where coupon.benefit?.value.takesCheapest == true {
      allow(coupon.items, &allowed)
    }
    for reward in program.rewards where reward.benefit?.value.takesCheapest == true {
      allow(reward.items, &allowed)
    }
    var found: [Diagnostic] = []
    program.forEachItems { items in
      guard case .cheapest(_, let place) = items, !allowed.contains(place) else { return }
      found.append(
        Diagnostic(
          "R129", at: place, "`cheapest` cannot stand here",
          help:
            "it stands in the `items` of a rule, a coupon or a reward, beside `off`, `fixed` or "
            + "`free`"))
    }
    return found
  }

  private static func allow(_ items: ItemsSyntax?, _ places: inout Set<Place>) {
    switch items {
    case .cheapest(_, let place)?: places.insert(place)
    case .all(let parts)?:
      for case .cheapest(_, let place) in parts { places.insert(place) }
    default: break
    }
  }
}

/// What a choice is made of can be handed out at once.
enum Choices {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let nested = Set(program.rewards.filter { !$0.choice.isEmpty }.map(\.key.value))
    let gifts = program.rules.flatMap(\.gives) + program.tiers.flatMap(\.gives)
    let lists = program.rewards.map(\.choice) + gifts.map(\.choices)
    let names = lists.flatMap(\.self)
    let circles = names.filter { nested.contains($0.value) }.map { name in
      Diagnostic(
        "R130", at: name.place, "`\(name.value)` is a choice itself",
        help: "name in one choice all that can be chosen")
    }
    return circles + lists.flatMap(twice)
  }

  private static func twice(_ choice: [Written<String>]) -> [Diagnostic] {
    var seen: Set<String> = []
    let repeated = choice.filter { !seen.insert($0.value).inserted }
    if choice.count == 1, let only = choice.first {
      return [
        Diagnostic(
          "R134", at: only.place, "a choice of one thing",
          help: "name at least two, or give `\(only.value)` itself")
      ]
    }
    return repeated.map { name in
      Diagnostic(
        "R134", at: name.place, "`\(name.value)` stands twice in this choice",
        help: "name each once")
    }
  }
}

/// Of each product only the last purchase is known, so different products are counted up to now.
enum VarietyWindows {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var goals: [GoalSyntax] = []
    program.forEachCondition { condition, _ in goals += condition.goals }
    for tier in program.tiers {
      goals += (tier.qualify?.goals ?? []) + (tier.renew?.goals ?? [])
    }
    return goals.compactMap { goal in
      guard goal.measure.value == .variety, let window = goal.window, window.value.isOver else {
        return nil
      }
      return Diagnostic(
        "R131", at: window.place,
        "`variety` cannot look at a time that is over: of each article only the last purchase is "
          + "known",
        help: "take a window that is still running, like `calendar month` or `30 days`")
    }
  }
}

/// A window that begins when the member opts in needs something to opt in to.
enum JoinWindows {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let joined = Set(program.campaigns.filter(\.bounds.join).map(\.key.value))
    var found: [Diagnostic] = []
    func look(_ goals: [GoalSyntax], _ rule: RuleSyntax?) {
      for goal in goals {
        guard case .afterJoin? = goal.window?.value, let place = goal.window?.place else {
          continue
        }
        if let rule, rule.bounds.join || rule.campaign.map(joined.contains) == true { continue }
        found.append(
          Diagnostic(
            "R132", at: place, "`after join`, but there is nothing here that members join",
            help: "it stands in a rule, or a campaign's rule, with `join: yes`"))
      }
    }
    program.forEachCondition { condition, rule in look(condition.goals, rule) }
    for tier in program.tiers {
      look((tier.qualify?.goals ?? []) + (tier.renew?.goals ?? []), nil)
    }
    return found
  }
}

extension BenefitSyntax {
  /// Whether it can be for the cheapest units alone.
  fileprivate var takesCheapest: Bool {
    switch self {
    case .off, .fixed, .free: true
    case .bundle: false
    }
  }
}

extension WindowSyntax {
  fileprivate var isOver: Bool {
    switch self {
    case .calendar(_, let last), .membershipYear(let last): last
    case .eachOf: true
    default: false
    }
  }
}
