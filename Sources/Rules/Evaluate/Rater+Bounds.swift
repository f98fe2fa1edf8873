import Loyalty

/// What a rater has in hand of a budget.
public struct BudgetShare: Sendable, Equatable {
  public var left: Int64
  /// There is no more than this.
  public var isLast: Bool

  public init(left: Int64, isLast: Bool) {
    self.left = left
    self.isLast = isLast
  }
}

/// What an award wanted of a budget beyond the share in hand.
public struct BudgetShortage: Sendable {
  /// The budget's place in the program.
  public var budget: Int
  public var amount: Int64
}

extension Rater {
  /// Takes note of what there is of each budget before an event; of a second rating, what there was
  /// where it was not enough.
  mutating func openBudgets() {
    shortage = nil
    if let replay, replay.isWhole || replay.boundsBudgets {
      for place in program.budgets.indices {
        let left = replay.facts[program.budgets[place].fact] ?? .max
        shares[place] = BudgetShare(left: left, isLast: true)
      }
    }
    sharesAtStart = shares
  }

  /// Whether a rule's holdout, opt-in and budgets let an account take part.
  mutating func mayTakePart(
    _ rule: Rule, _ match: inout Match, _ account: inout Account, _ outcome: inout Outcome
  ) -> Bool {
    if rule.join >= 0, !hasJoined(Int(rule.join), &account, &outcome) {
      trace?.notes.append((Int(match.rule), .notJoined))
      return false
    }
    for place in program.budgetPlaces[rule.budgets] {
      guard isOpen(Int(place), &match, &outcome) else {
        trace?.notes.append((Int(match.rule), .budgetUsedUp))
        return false
      }
    }
    if rule.holdout >= 0, isHeldOut(Int(rule.holdout), account, &outcome) {
      trace?.notes.append((Int(match.rule), .heldOut))
      return false
    }
    return true
  }

  private mutating func hasJoined(
    _ place: Int, _ account: inout Account, _ outcome: inout Outcome
  ) -> Bool {
    let joining = program.joinings[place]
    let times = account.sum(
      joining.counter, from: CivilDate(day: .min), to: moment.day)
    return note(joining.fact, known(joining.fact) ?? min(times, 1), &outcome) > 0
  }

  /// Only who is held out is noted: the others show by what they got.
  private mutating func isHeldOut(
    _ place: Int, _ account: Account, _ outcome: inout Outcome
  ) -> Bool {
    let holdout = program.holdouts[place]
    let isOut = known(holdout.fact).map { $0 == 1 } ?? (holdsOut && holdout.holdsOut(account.id))
    return isOut && note(holdout.fact, 1, &outcome) == 1
  }

  private mutating func isOpen(
    _ place: Int, _ match: inout Match, _ outcome: inout Outcome
  ) -> Bool {
    if shares[place].left <= 0 {
      runShort(place, 1, &outcome)
      return false
    }
    if case .times = program.budgets[place].measure, shares[place].left < match.times {
      runShort(place, match.times - shares[place].left, &outcome)
      match.times = shares[place].left
    }
    return true
  }

  /// There was less than an award wanted: more is to be drawn, or else that is all there was.
  private mutating func runShort(_ place: Int, _ amount: Int64, _ outcome: inout Outcome) {
    if shares[place].isLast {
      _ = note(program.budgets[place].fact, max(0, sharesAtStart[place].left), &outcome)
    } else if shortage == nil {
      shortage = BudgetShortage(budget: place, amount: amount)
    }
  }

  /// Takes an amount from a budget's share, as far as there is one; gives back what is below zero.
  mutating func draw(_ amount: Int64, _ place: Int, _ outcome: inout Outcome) -> Int64 {
    var amount = amount
    if amount > shares[place].left {
      runShort(place, amount - shares[place].left, &outcome)
      amount = max(0, shares[place].left)
    }
    guard amount != 0 else { return 0 }
    if shares[place].left < .max { shares[place].left -= amount }
    outcome.draw(program.budgets[place].id, amount)
    return amount
  }

  /// The last award is cut to what is left in its rule's budgets.
  mutating func cutToBudgets(_ outcome: inout Outcome) {
    for index in matched.indices {
      let rule = program.rules[Int(matched[index].rule)]
      for place in program.budgetPlaces[rule.budgets] {
        cut(Int(matched[index].rule), to: Int(place), &outcome)
      }
    }
    outcome.parts.removeAll { $0.amount == 0 }
  }

  private mutating func cut(_ rule: Int, to place: Int, _ outcome: inout Outcome) {
    let budget = program.budgets[place]
    let id = program.rules[rule].id
    switch budget.measure {
    case .money: break
    case .times:
      let match = matched.first { $0.rule == Int32(rule) }
      let gives = match?.isApplied == true && !program.rules[rule].gifts.isEmpty
      guard gives || outcome.parts.contains(where: { $0.rule == id && $0.amount > 0 }) else {
        break
      }
      _ = draw(match?.times ?? 1, place, &outcome)
    case .points(let currency):
      let currency = program.currencies[currency].id
      for part in outcome.parts.indices
      where outcome.parts[part].rule == id && outcome.parts[part].currency == currency {
        let wanted = outcome.parts[part].amount
        outcome.parts[part].amount = draw(wanted, place, &outcome)
        if outcome.parts[part].amount < wanted, trace != nil {
          trace?.notes.append((rule, .budgetCut(to: outcome.parts[part].amount)))
        }
      }
    }
  }

  /// What a rule that gives no points takes from its budgets of times.
  mutating func drawTimes(_ index: Int, _ outcome: inout Outcome) {
    let rule = program.rules[Int(matched[index].rule)]
    for place in program.budgetPlaces[rule.budgets]
    where program.budgets[Int(place)].measure == .times {
      _ = draw(matched[index].times, Int(place), &outcome)
    }
  }

  /// What the budgets of a benefit's rule leave of the money that it would take off.
  mutating func drawMoney(_ wanted: Int64, _ benefit: Benefit, _ outcome: inout Outcome) -> Int64 {
    guard !program.budgets.isEmpty, case .rule(let rule) = benefit.owner else { return wanted }
    var amount = wanted
    for place in program.budgetPlaces[program.rules[rule].budgets] {
      switch program.budgets[Int(place)].measure {
      case .money: amount = draw(amount, Int(place), &outcome)
      case .times where !program.rules[rule].hasOtherEffects:
        _ = draw(matched.first { $0.rule == Int32(rule) }?.times ?? 1, Int(place), &outcome)
      default: break
      }
    }
    return amount
  }

  /// Notes that a member opted in to something of the program; false where there is no such thing.
  mutating func join(_ event: Event, _ account: inout Account, only: Set<CounterID>?) -> Bool {
    guard case .text(let name)? = event.attributes.first(where: { $0.name == "name" })?.value,
      let joining = program.joinings.first(where: { $0.name == name })
    else { return false }
    if only?.contains(joining.counter) ?? true { account.count(joining.counter, moment.day, 1) }
    start(joining, &account, only)
    return true
  }
}

extension Outcome {
  fileprivate mutating func draw(_ budget: BudgetID, _ amount: Int64) {
    for index in draws.indices where draws[index].budget == budget {
      draws[index].amount += amount
      return
    }
    draws.append(BudgetDraw(budget: budget, amount: amount))
  }
}
