import Loyalty

/// A rule that matched, and how far it may go.
struct Match: Sendable {
  var rule: Int32
  /// How often it applies: `reach` may pass several marks at once.
  var times: Int64 = 1
  var isApplied = true
  /// What they leave of money and of units that may be taken off.
  var mostMoney = Int64.max
  var moneyIsWhole = false
  var mostUnits = Int64.max
  /// What it gave: what its limits and its group look at.
  var given: Int64 = 0
}

/// What a limit leaves a rule of one currency.
struct Cap: Sendable {
  var rule: Int32
  /// The currency's place.
  var currency: Int
  var left: Int64
  /// What does not fit is refused whole, with all that the rule gives.
  var isWhole: Bool
}

extension Rater {
  /// Finds the rules that match, in the order of the program. Those that are a multiplier and
  /// nothing else wait among the open ones.
  mutating func match(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    forgetMatches()
    open.find(basket, moment)
    var position = 0
    while position < open.count {
      consider(open[position], event, &account, &outcome)
      position += 1
    }
    matched.sortFew { $0.rule }
    if !program.groups.isEmpty { settleGroups(&outcome) }
  }

  mutating func forgetMatches() {
    matched.removeAll()
    factors.removeAll()
    open.forget()
    caps.removeAll()
  }

  /// Asks a rule what its open gate has not asked.
  @inline(__always)
  mutating func consider(
    _ gate: RuleGate, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    if gate.kind == .plain {
      matched.append(Match(rule: gate.place))
    } else {
      considerFurther(gate.place, event, &account, &outcome)
    }
  }

  private mutating func considerFurther(
    _ place: Int32, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let rule = program.rules[Int(place)]
    if rule.selector >= 0, !basket.has(rule.selector) { return }
    if rule.condition >= 0, !holds(rule.condition, event, &account, &outcome) { return }
    var match = Match(rule: place)
    if rule.tender >= 0,
      basket.spend(-1, event, shared, tender: rule.tender) == 0
    {
      return
    }
    if rule.reach >= 0 {
      match.times = marksPassed(Int(rule.reach), event, &account, &outcome)
      if match.times == 0 { return }
    }
    if !rule.limits.isEmpty, !applyLimits(rule.limits, &account, &match, &outcome) {
      trace?.notes.append((Int(place), .limitReached))
      return
    }
    if rule.isBounded, !mayTakePart(rule, &match, &account, &outcome) { return }
    matched.append(match)
  }

  /// What the limits leave; false where nothing is left and the rule does not compete.
  mutating func applyLimits(
    _ limits: Range<Int>, _ account: inout Account, _ match: inout Match, _ outcome: inout Outcome
  ) -> Bool {
    for index in limits {
      let limit = program.limits[index]
      let left = limit.most - used(limit, &account, &outcome)
      if case .points(let currency) = limit.measure, match.rule >= 0 {
        if left <= 0, limit.orNone || !gives(Int(match.rule), otherThan: currency) { return false }
        caps.append(
          Cap(rule: match.rule, currency: currency, left: max(0, left), isWhole: limit.orNone))
        continue
      }
      if left <= 0 { return false }
      switch limit.measure {
      case .times:
        if match.times > left, limit.orNone { return false }
        match.times = min(match.times, left)
      case .money where left < match.mostMoney:
        match.mostMoney = left
        match.moneyIsWhole = limit.orNone
      case .units: match.mostUnits = min(match.mostUnits, left)
      case .money, .points: break
      }
    }
    return true
  }

  /// Whether a limit of one currency leaves a rule anything to give.
  private func gives(_ place: Int, otherThan currency: Int) -> Bool {
    let rule = program.rules[place]
    return !rule.gifts.isEmpty || program.earns[rule.earns].contains { $0.currency != currency }
      || program.multiplies[rule.multiplies].contains { $0.currency != currency }
      || program.conversions[rule.conversions].contains { $0.to != currency }
  }

  private mutating func used(
    _ limit: Limit, _ account: inout Account, _ outcome: inout Outcome
  ) -> Int64 {
    guard limit.isCounted else { return 0 }
    return note(
      limit.fact,
      known(limit.fact)
        ?? sum(limit.counter, limit.window, limit.campaign, limit.granularity, &account), &outcome)
  }

  /// In a group with an order, the first that matches wins; the others do not compete.
  mutating func settleGroups(_ outcome: inout Outcome) {
    for place in program.groups.indices where program.groups[place].policy == .first {
      let order = program.groups[place].order
      guard let winner = order.first(where: { rule in matched.contains { $0.rule == rule } }) else {
        continue
      }
      for index in matched.indices.reversed() {
        let rule = matched[index].rule
        guard rule != winner, program.rules[Int(rule)].group == Int32(place) || order.contains(rule)
        else { continue }
        trace?.notes.append((Int(rule), .lost(to: shared.program.rules[Int(winner)].id)))
        matched.remove(at: index)
      }
    }
  }
}
