import Loyalty

extension Rater {
  @inline(__always)
  mutating func collect(_ place: Int, _ index: Int, _ event: Event) {
    var factor = program.factors[place]
    factor.match = Int32(truncatingIfNeeded: index)
    if program.multiplies[place].table >= 0 {
      guard let found = lookUp(program.multiplies[place].table, basket.total.spend, event) else {
        return
      }
      factor.extra = found
    }
    factors.append(factor)
  }

  /// Every group of multipliers acts on the rounded points of rates; what each adds is a part of
  /// its own. Where one plain rate gave all that there is, and every multiplier just adds to it,
  /// nothing need be looked for.
  mutating func multiply(_ event: Event, _ outcome: inout Outcome) {
    if open.hasMultipliers {
      if factors.isEmpty, addPlainly(&outcome) { return }
      let others = factors.count
      open.collect(into: &factors)
      if others > 0 { factors.sortFew { $0.multiply } }
    }
    let (group, currency) = (factors[0].group, factors[0].currency)
    if group >= 0, program.groups[Int(group)].policy == .add,
      factors.allSatisfy({ $0.group == group && $0.currency == currency })
    {
      for index in factors.indices { addWhole(index, Int(currency), event, &outcome) }
      return
    }
    // In place by (currency, group): few stand here.
    for place in program.currencies.indices {
      apply(group: -1, .best, currency: place, event, &outcome)
      for group in program.groups.indices {
        apply(group: Int32(group), program.groups[group].policy, currency: place, event, &outcome)
      }
    }
  }

  private mutating func addPlainly(_ outcome: inout Outcome) -> Bool {
    guard !program.tracksGiven, bases.count == 1, bases[0].isPlain else { return false }
    let currency = Int(bases[0].currency)
    let (id, rounding) = (program.currencies[currency].id, program.currencies[currency].rounding)
    return open.addPlainly(bases[0], basket, id, rounding, &outcome.parts)
  }

  private mutating func apply(
    group: Int32, _ policy: Group.Policy, currency: Int, _ event: Event, _ outcome: inout Outcome
  ) {
    var count = 0
    var only = 0
    for index in factors.indices where isMember(index, group, currency) {
      count += 1
      only = index
    }
    if count == 0 { return }
    if count == 1 || policy == .add || policy == .first {
      for index in (count == 1 ? only..<only + 1 : 0..<factors.count)
      where isMember(index, group, currency) { addWhole(index, currency, event, &outcome) }
    } else if policy == .compound {
      compound(group, currency, event, &outcome)
    } else {
      best(group, currency, event, &outcome)
    }
  }

  @inline(__always)
  private mutating func isMember(_ index: Int, _ group: Int32, _ currency: Int) -> Bool {
    factors[index].group == group && factors[index].currency == Int32(currency)
  }

  /// A multiplier on all the lines that it names.
  private mutating func addWhole(
    _ index: Int, _ currency: Int, _ event: Event, _ outcome: inout Outcome
  ) {
    let first = outcome.parts.count
    for place in bases.indices where bases[place].currency == Int32(currency) {
      let points = basePoints(bases[place], factors[index].selector, factors[index].tender, event)
      add(factors[index], bases[place], points, from: first, &outcome)
    }
  }

  /// What a base part gives for the lines of a selector alone, at the rate found for the whole.
  @inline(__always)
  private mutating func basePoints(
    _ base: BasePart, _ selector: Int32, _ tender: Int32, _ event: Event
  ) -> Int64 {
    if tender < 0 {
      if selector < 0 || selector == base.selector { return base.amount }
      if base.per > 0, base.selector < 0 {
        let (points, overflow) = (basket.sums(selector).spend / base.per)
          .multipliedReportingOverflow(by: base.gives)
        if !overflow { return points }
      }
    }
    return pointsOfPart(base, selector, tender, event)
  }

  private mutating func pointsOfPart(
    _ base: BasePart, _ selector: Int32, _ tender: Int32, _ event: Event
  ) -> Int64 {
    var sums = basket.sums(selector < 0 ? base.selector : selector)
    if selector < 0, base.selector < 0 { sums.spend = basket.wholeSpend }
    if selector >= 0, base.selector >= 0, selector != base.selector {
      sums = Sums()
      for line in 0..<basket.lineCount
      where contains(line, selector, event) && contains(line, base.selector, event) {
        sums.spend += basket.shares[line].spend
        sums.quantity += basket.shares[line].quantity
      }
    }
    return points(base, sums, tender, event)
  }

  private mutating func points(
    _ base: BasePart, _ sums: Sums, _ tender: Int32, _ event: Event
  ) -> Int64 {
    let rounding = program.currencies[program.earns[Int(base.earn)].currency].rounding
    let spend = basket.share(sums.spend, event, shared, tender: tender, and: base.tender)
    if base.rate == Rater.slices {
      let whole = basket.spend(base.selector, event, shared, tender: base.tender)
      guard whole != 0 else { return 0 }
      return narrow(rounding.divide(Int128(base.amount) * Int128(spend), by: Int128(whole)))
    }
    let rate = program.rates[Int(base.rate)]
    switch rate.basis {
    case .once, .attribute: return base.amount
    case .money: return points(rate, spend, rounding)
    case .quantity: return points(rate, sums.quantity, rounding)
    }
  }

  private func contains(_ line: Int, _ selector: Int32, _ event: Event) -> Bool {
    basket.contains(line, selector, event, shared)
  }

  /// Adds what a factor makes of so many points to its part: one of those from the place `first`
  /// on, or a new one.
  @inline(__always)
  private mutating func add(
    _ factor: Factor, _ base: BasePart, _ points: Int64, from first: Int, _ outcome: inout Outcome
  ) {
    guard points != 0, factor.extra != 0 else { return }
    let amount = extra(
      factor.extra, points, program.currencies[Int(factor.currency)].rounding)
    guard amount != 0 else { return }
    var (due, expires) = (base.due, base.expires)
    if factor.hasOwnTimes {
      (due, expires) = times(Int(factor.rule), Int(factor.currency))
    }
    if program.tracksGiven { matched[Int(factor.match)].given += amount }
    var place = first
    while place < outcome.parts.count {
      if outcome.parts[place].effect == -1 - factor.multiply, outcome.parts[place].due == due,
        outcome.parts[place].expires == expires
      {
        outcome.parts[place].amount += amount
        outcome.parts[place].basis += points
        return
      }
      place += 1
    }
    outcome.parts.append(
      Part(
        rule: factor.id, currency: program.currencies[Int(factor.currency)].id, amount: amount,
        basis: points, effect: -1 - factor.multiply, due: due, expires: expires))
  }

  /// What a factor adds to so many points, rounded once.
  @inline(__always)
  private mutating func extra(_ extra: Int64, _ points: Int64, _ rounding: Rounding) -> Int64 {
    let (product, overflow) = points.multipliedReportingOverflow(by: extra)
    if !overflow { return narrow(rounding.divide(product, by: 1_000_000)) }
    return narrow(rounding.divide(Int128(points) * Int128(extra), by: 1_000_000))
  }

  /// Line by line, the highest factor counts; of equal ones the first in the program.
  private mutating func best(
    _ group: Int32, _ currency: Int, _ event: Event, _ outcome: inout Outcome
  ) {
    lineWinners.removeAll(keepingCapacity: true)
    for line in 0..<basket.lineCount {
      var winner: Int32 = -1
      if basket.shares[line].counts {
        for index in factors.indices where isMember(index, group, currency) {
          guard contains(line, factors[index].selector, event) else { continue }
          if winner < 0 || worth(factors[index], event) > worth(factors[Int(winner)], event) {
            winner = Int32(index)
          }
        }
      }
      lineWinners.append(winner)
    }
    // An event without lines (a flight, a survey) has one winner for the whole.
    if basket.lineCount == 0 {
      guard
        let winner = factors.indices.filter({ isMember($0, group, currency) })
          .max(by: { (factors[$0].extra, $1) < (factors[$1].extra, $0) })
      else { return }
      addWhole(winner, currency, event, &outcome)
      noteLosers(group, currency, winners: [Int32(winner)])
      return
    }
    for index in factors.indices where isMember(index, group, currency) {
      addWon(index, currency, event, &outcome)
    }
    noteLosers(group, currency, winners: lineWinners)
  }

  /// What a factor is worth on a line; a factor on part of the payment counts for that part.
  private func worth(_ factor: Factor, _ event: Event) -> Int64 {
    basket.share(ofCounted: factor.extra, event, shared, tender: factor.tender)
  }

  private mutating func addWon(
    _ index: Int, _ currency: Int, _ event: Event, _ outcome: inout Outcome
  ) {
    let factor = factors[index]
    let first = outcome.parts.count
    for base in bases.indices where bases[base].currency == Int32(currency) {
      var sums = Sums()
      var isWhole = factor.tender < 0
      for line in 0..<basket.lineCount where contains(line, bases[base].selector, event) {
        guard lineWinners[line] == Int32(index) else {
          isWhole = false
          continue
        }
        sums.spend += basket.shares[line].spend
        sums.quantity += basket.shares[line].quantity
        sums.lines += 1
      }
      guard sums.lines > 0 else { continue }
      let points = isWhole ? bases[base].amount : points(bases[base], sums, factor.tender, event)
      add(factor, bases[base], points, from: first, &outcome)
    }
  }

  private mutating func noteLosers(_ group: Int32, _ currency: Int, winners: [Int32]) {
    guard trace != nil, let winner = winners.first(where: { $0 >= 0 }) else { return }
    for index in factors.indices
    where isMember(index, group, currency) && !winners.contains(Int32(index)) {
      let winning = program.rules[Int(factors[Int(winner)].rule)].id
      trace?.notes.append((Int(factors[index].rule), .lost(to: winning)))
    }
  }

  /// 2 × 3 = 6: each factor in turn acts on what those before it made, line by line.
  private mutating func compound(
    _ group: Int32, _ currency: Int, _ event: Event, _ outcome: inout Outcome
  ) {
    let members = factors.indices.filter { isMember($0, group, currency) }
    let first = outcome.parts.count
    // Lines with the same multipliers are reckoned together.
    var classes: [[Int]: [Int]] = [:]
    for line in 0..<basket.lineCount where basket.shares[line].counts {
      let here = members.filter { contains(line, factors[$0].selector, event) }
      if !here.isEmpty { classes[here, default: []].append(line) }
    }
    if basket.lineCount == 0 { classes[members] = [] }
    for (here, lines) in classes.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      for base in bases.indices where bases[base].currency == Int32(currency) {
        var running = basket.lineCount == 0 ? bases[base].amount : 0
        if !lines.isEmpty {
          var sums = Sums()
          for line in lines where contains(line, bases[base].selector, event) {
            sums.spend += basket.shares[line].spend
            sums.quantity += basket.shares[line].quantity
          }
          running = points(bases[base], sums, -1, event)
        }
        for index in here {
          let before = basket.share(
            ofCounted: running, event, shared, tender: factors[index].tender)
          add(factors[index], bases[base], before, from: first, &outcome)
          running += narrow(Int128(before) * Int128(factors[index].extra) / 1_000_000)
        }
      }
    }
  }

  /// In a group where the best counts, of the rules that earn only the one that gives most.
  mutating func settleBestEarns(_ outcome: inout Outcome) {
    for group in program.groups.indices where program.groups[group].policy == .best {
      let members = matched.indices.filter {
        let rule = program.rules[Int(matched[$0].rule)]
        return rule.group == Int32(group) && !rule.earns.isEmpty
      }
      guard members.count > 1,
        let winner = members.max(by: { (matched[$0].given, $1) < (matched[$1].given, $0) })
      else { continue }
      let winning = program.rules[Int(matched[winner].rule)].id
      for loser in members where loser != winner {
        let rule = matched[loser].rule
        matched[loser].isApplied = false
        matched[loser].given = 0
        trace?.notes.append((Int(rule), .lost(to: winning)))
        for place in outcome.parts.indices
        where outcome.parts[place].rule == program.rules[Int(rule)].id {
          outcome.parts[place].amount = 0
        }
        bases.removeAll { $0.rule == rule }
      }
    }
  }

  /// The last award is cut to what a limit leaves; with `or none` it is refused whole.
  mutating func cut(_ outcome: inout Outcome) {
    for index in caps.indices {
      let cap = caps[index]
      let id = program.rules[Int(cap.rule)].id
      let currency = program.currencies[cap.currency].id
      var given: Int64 = 0
      for part in outcome.parts.indices
      where outcome.parts[part].rule == id && outcome.parts[part].currency == currency {
        given += outcome.parts[part].amount
      }
      guard given > cap.left else { continue }
      if cap.isWhole { refuse(cap.rule, &outcome) } else { cut(cap, id, currency, &outcome) }
    }
    outcome.parts.removeAll { $0.amount == 0 }
  }

  private mutating func cut(
    _ cap: Cap, _ rule: RuleID, _ currency: CurrencyID, _ outcome: inout Outcome
  ) {
    var left = cap.left
    trace?.notes.append((Int(cap.rule), left > 0 ? .cut(to: left) : .limitReached))
    for part in outcome.parts.indices
    where outcome.parts[part].rule == rule && outcome.parts[part].currency == currency {
      outcome.parts[part].amount = min(outcome.parts[part].amount, left)
      left -= outcome.parts[part].amount
    }
  }

  /// Nothing of what a rule gives is given.
  private mutating func refuse(_ rule: Int32, _ outcome: inout Outcome) {
    trace?.notes.append((Int(rule), .limitReached))
    let id = program.rules[Int(rule)].id
    for part in outcome.parts.indices where outcome.parts[part].rule == id {
      outcome.parts[part].amount = 0
    }
    for index in matched.indices where matched[index].rule == rule {
      matched[index].isApplied = false
    }
  }
}
