import Loyalty

/// The rules that can match on a weekday with a set of tiers: what most rules fail by is asked once
/// for all events that are alike in it.
struct MatchPlan: Sendable {
  let weekday: UInt8
  let tiers: UInt64
  let bySelector: FlatLists<RuleGate>
  let others: [RuleGate]

  init(_ weekday: UInt8, _ tiers: UInt64, _ program: Program) {
    let isOpen = { (gate: RuleGate) in gate.weekdays & weekday != 0 && gate.tiers & tiers != 0 }
    self.weekday = weekday
    self.tiers = tiers
    bySelector = FlatLists(
      program.selectors.indices.map { selector in
        program.rulesBySelector.items[program.rulesBySelector.range(selector)].filter(isOpen)
      })
    others = program.otherRules.filter(isOpen)
  }
}

/// The plans that were needed so far. Each account and day takes one of few: seven weekdays, and
/// as many sets of tiers as members have.
struct MatchPlans: Sendable {
  /// Where the members' sets of tiers are more than that (several ladders), plans are made anew.
  static let most = 256

  private var plans: [MatchPlan] = []
  private var place = 0

  var current: MatchPlan {
    @inline(__always) _read { yield plans[place] }
  }

  /// Makes the plan for a weekday and a set of tiers the current one.
  @inline(__always)
  mutating func choose(_ weekday: UInt8, _ tiers: UInt64, _ shared: SharedProgram) {
    for index in plans.indices
    where plans[index].weekday == weekday && plans[index].tiers == tiers {
      place = index
      return
    }
    if plans.count == MatchPlans.most { plans.removeAll() }
    place = plans.count
    plans.append(MatchPlan(weekday, tiers, shared.program))
  }
}
