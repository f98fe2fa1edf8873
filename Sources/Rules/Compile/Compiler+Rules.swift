import Loyalty

extension Compiler {
  mutating func add(_ syntax: RuleSyntax) {
    let place = program.rules.count
    let selector = self.selector(syntax.items)
    var gate = Gate()
    var rest: [Int32] = []
    for part in conjuncts(syntax.condition) {
      if case .tier(let test) = part { askLadders(test) }
      if gate.take(part, self) { continue }
      if case .reach(let goal) = part, gate.reach < 0 {
        gate.reach = Int32(add(goal, syntax))
      } else {
        rest.append(condition(part, syntax))
      }
      if case .basket(let goals) = part {
        for goal in goals where gate.anchor < 0 && needsItems(goal) {
          gate.anchor = self.selector(goal.items)
        }
      }
    }
    let earns = syntax.earn.flatMap { add($0, syntax, rule: place, selector) }
    let multiplies = syntax.multiply.flatMap { add($0, syntax, rule: place, selector) }
    let conversions = syntax.convert.compactMap { add($0, syntax, rule: place) }
    let gifts = add(syntax.gives, ofRule: true)
    let found = syntax.limits.compactMap { add($0, syntax, owner: "rule \(syntax.key.value)") }
    let limits = append(found, to: \.limits)
    let benefit = add(syntax, rule: place, selector: selector, limits: limits)
    let bounds = bounds(of: syntax)
    let event: Symbol
    if case .event(let name) = syntax.trigger {
      event = registry.symbol(name)
      if syntax.referrer != nil { program.referrals.insert(name) }
    } else {
      event = .none
    }
    program.rules.append(
      Rule(
        id: registry.rule(syntax.key.value), trigger: event,
        isPurchase: syntax.trigger == .purchase,
        from: syntax.from?.value ?? CivilDate(day: .min),
        to: syntax.to?.value ?? CivilDate(day: .max),
        weekdays: gate.weekdays, tiers: gate.tiers, asksTier: gate.tiers != .max,
        leastSpend: gate.leastSpend, condition: rest.isEmpty ? -1 : all(rest), reach: gate.reach,
        asksEarned: gate.reach >= 0 && program.goals[Int(gate.reach)].measure == .earned,
        isLate: gate.reach >= 0 && program.goals[Int(gate.reach)].measure == .balance,
        selector: selector, anchor: selector >= 0 ? selector : gate.anchor,
        tender: syntax.tender.map { add($0) } ?? -1, earns: append(earns, to: \.earns),
        multiplies: append(multiplies, to: \.multiplies),
        conversions: append(conversions, to: \.conversions), gifts: gifts,
        limits: limits, benefit: benefit,
        budgets: bounds.budgets, holdout: bounds.holdout, join: bounds.join,
        group: syntax.group.flatMap { groupPlaces[$0.value] }.map(Int32.init) ?? -1,
        ratesReturns: syntax.returns ?? ratesReturns(syntax),
        isForReferrer: syntax.referrer != nil,
        pending: syntax.pending.map { add($0) } ?? -1,
        expiry: syntax.expires.map { add($0.value) } ?? -1))
  }

  /// By default, rules that earn by a rate or a table and ask nothing.
  private func ratesReturns(_ rule: RuleSyntax) -> Bool {
    guard rule.condition == nil, rule.trigger == .purchase else { return false }
    return rule.earn.contains {
      if case .one(let rate) = $0.rate.value { return rate.basis != .once }
      return true
    }
  }

  private func needsItems(_ goal: GoalSyntax) -> Bool {
    guard goal.items != nil, goal.range.every == nil, let least = goal.range.least else {
      return false
    }
    return least > ExactDecimal(units: 0) || (least.units == 0 && goal.range.leastIsOutside)
  }

  /// What is asked at once and side by side, names resolved.
  private func conjuncts(_ condition: ConditionSyntax?) -> [ConditionSyntax] {
    switch condition {
    case nil: []
    case .all(let parts): parts.flatMap { conjuncts($0) }
    case .named(let name): conjuncts(conditions[name.value])
    case .some(let other): [other]
    }
  }

  mutating func append<T>(_ list: [T], to path: WritableKeyPath<Program, [T]>) -> Range<Int> {
    let start = program[keyPath: path].count
    program[keyPath: path] += list
    return start..<start + list.count
  }

  /// Perks of a tier stand as long as the tier; those that a rule gives are told, once.
  mutating func add(_ gifts: [GiftSyntax], ofRule: Bool) -> Range<Int> {
    var compiled: [Gift] = []
    for gift in gifts {
      let isPerk = ofRule && gift.kind == .perk
      if isPerk { program.perkNotices[Int32(program.notices.count)] = gift.name.value }
      if let text = isPerk ? LocalText(["": gift.name.value]) : gift.text {
        program.notices.append(text)
      }
      compiled.append(
        Gift(
          kind: gift.kind,
          coupon: couponPlaces[gift.template] ?? -1,
          notice: isPerk || gift.kind == .notice ? Int32(program.notices.count - 1) : -1,
          tier: gift.kind == .tier ? Int32(tierPlaces[gift.name.value] ?? -1) : -1,
          lasts: gift.lasts, isMore: gift.isMore, valid: gift.valid,
          reward: gift.kind == .redemption
            ? syntax.rewards.firstIndex { $0.key.value == gift.name.value } ?? -1 : -1))
      if gift.kind == .tier { program.grantsTiers = true }
    }
    return append(compiled, to: \.gifts)
  }

  /// A limit of a rule, or of something else that has no days of its own.
  mutating func add(_ limit: LimitSyntax, _ rule: RuleSyntax?, owner: String) -> Limit? {
    let measure: Limit.Measure
    var what: String
    switch limit.measure {
    case .times: (measure, what) = (.times, "times")
    case .money: (measure, what) = (.money, "money")
    case .units: (measure, what) = (.units, "units")
    case .currency(let key):
      guard let found = currencyPlaces[key] else { return nil }
      (measure, what) = (.points(found), key)
    }
    let granularity = self.granularity(limit.window)
    let key = "\(what) of \(owner), by \(text(granularity))"
    let campaign = limit.window == .campaign ? span(of: rule) : nil
    let isCounted = limit.window != .transaction
    return Limit(
      measure: measure, most: limit.most, orNone: limit.orNone, window: limit.window,
      campaign: campaign, counter: isCounted ? counter(key) : 0,
      fact: isCounted ? counter(key + ", " + CanonicalText.text(limit.window)) : 0,
      granularity: granularity)
  }

  private mutating func add(
    _ convert: ConvertSyntax, _ rule: RuleSyntax, rule place: Int
  ) -> Conversion? {
    guard let to = currencyPlaces[convert.currency.value],
      let from = currencyPlaces[convert.source.value]
    else { return nil }
    let amount = convert.amount.reduced
    let scale = max(0, amount.places - program.currencies[to].decimals)
    let up = max(0, program.currencies[to].decimals - amount.places)
    return Conversion(
      rule: place, to: to, from: from, amount: amount.units * ExactDecimal.powers[up],
      scale: scale, per: convert.per,
      fact: counter("\(convert.source.value) given up for rule \(rule.key.value)"))
  }

  mutating func add(_ duration: DurationSyntax) -> Int32 {
    program.durations.append(duration)
    return Int32(program.durations.count - 1)
  }

  mutating func add(_ expiry: ExpirySyntax) -> Int32 {
    program.expiries.append(expiry)
    return Int32(program.expiries.count - 1)
  }
}

/// What nearly every rule asks, and what can be told without a look at the tree of its condition.
private struct Gate {
  var weekdays: UInt8 = 0x7f
  var tiers = UInt64.max
  var leastSpend = Int64.min
  var anchor: Int32 = -1
  var reach: Int32 = -1

  /// Whether the question is answered by the gate.
  mutating func take(_ condition: ConditionSyntax, _ compiler: Compiler) -> Bool {
    switch condition {
    case .weekdays(let mask, _): weekdays &= mask
    case .tier(let test): tiers &= compiler.mask(test)
    case .basket(let goals):
      guard
        goals.allSatisfy({ goal in
          goal.measure.value == .spend && goal.items == nil && goal.tender == nil
            && goal.range.most == nil && goal.range.every == nil
        })
      else { return false }
      for goal in goals {
        let range = compiler.scaled(goal.range, places: compiler.program.money.decimals)
        leastSpend = max(leastSpend, range.least)
      }
    default: return false
    }
    return true
  }
}
