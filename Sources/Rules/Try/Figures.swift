import Loyalty

/// How far what a condition asks for is from holding: `9 of 10 visits before this one`.
extension ExampleRun {
  /// Of all that a rule asks for in numbers and that is not so, the figures; call right after the
  /// rating of a step. Empty where nothing of it is a number.
  mutating func figures(ofRule place: Int, _ event: Event) -> [String] {
    let rule = program.rules[place]
    var found: [String] = []
    if rater.basket.total.spend < rule.leastSpend {
      found.append(of(rule.leastSpend, rater.basket.total.spend, FigureUnit(.spend, program)))
    }
    if rule.condition >= 0 { collect(rule.condition, holds: true, event, &found) }
    if rule.reach >= 0 { found += [mark(program.goals[Int(rule.reach)], event)].compactMap(\.self) }
    return found
  }

  /// Below a `not` what holds is told.
  private mutating func collect(
    _ node: Int32, holds: Bool, _ event: Event, _ found: inout [String]
  ) {
    switch program.conditionNodes[Int(node)] {
    case .all(let range), .any(let range):
      for place in range {
        collect(program.conditionChildren[place], holds: holds, event, &found)
      }
    case .not(let child): collect(child, holds: !holds, event, &found)
    case .balance(let currency, let range, let noted):
      guard let held = fact(noted), range.contains(held) != holds else { return }
      let unit = FigureUnit(held: program.currencies[program.place(of: currency)])
      found.append(text(held, range, unit))
    case .basket(let place):
      let goal = program.goals[place]
      // What is left to pay changes from group to group.
      guard goal.measure != .left else { return }
      let value = rater.now(goal, event)
      if goal.range.contains(value) != holds {
        found.append(text(value, goal.range, FigureUnit(goal, program)))
      }
    case .history(let place): history(program.goals[place], holds: holds, &found)
    case .reach(let place) where holds:
      found += [mark(program.goals[place], event)].compactMap(\.self)
    default: break
    }
  }

  private func history(_ goal: Goal, holds: Bool, _ found: inout [String]) {
    guard let value = fact(goal.fact), value > .min else { return }
    if case .eachOf(let count, let unit) = goal.window {
      guard (value >= count) != holds else { return }
      found.append("\(value) of \(count) \(unit.rawValue)s")
    } else if goal.range.contains(value) != holds {
      found.append(text(value, goal.range, FigureUnit(goal, program, "before this one")))
    }
  }

  /// How far it is to the mark that is next, or what there was when it had been passed already.
  private mutating func mark(_ goal: Goal, _ event: Event) -> String? {
    let unit = FigureUnit(goal, program, "with this one")
    var before: Int64 = 0
    var after = rater.now(goal, event)
    if goal.measure == .balance || goal.window != .transaction {
      guard let known = fact(goal.fact), known > .min else { return nil }
      before = known
      switch goal.measure {
      case .balance: after = account.balance(goal.currency).available
      case .earned: after = before + earned(goal.currency)
      case .variety: after = before + (fact(goal.counter) ?? 0)
      default: after += before
      }
    }
    let range = goal.range
    let next = range.every > 0 ? (max(0, after) / range.every + 1) * range.every : range.least
    if before >= next { return "passed before: \(FigureUnit(goal, program).text(before))" }
    return after < next ? of(next, after, unit) : nil
  }

  /// What the step earned of a currency and that counts already.
  private func earned(_ currency: CurrencyID) -> Int64 {
    outcome.parts.filter { $0.currency == currency && $0.due <= last }.reduce(0) { $0 + $1.amount }
  }

  private func fact(_ id: CounterID) -> Int64? { outcome.facts.first { $0.id == id }?.value }

  private func of(_ asked: Int64, _ value: Int64, _ unit: FigureUnit) -> String {
    "\(unit.number(value)) of \(unit.text(asked))"
  }

  private func text(_ value: Int64, _ range: ScaledRange, _ unit: FigureUnit) -> String {
    if value < range.least { return of(range.least, value, unit) }
    guard value > range.most else { return unit.text(value) }
    let bound = range.least == range.most ? "exactly" : "at most"
    return "\(unit.text(value)), where \(bound) \(unit.number(range.most)) is asked for"
  }
}

/// In what a figure is told.
private struct FigureUnit {
  var places: Int
  var word: String
  /// What else is to be said of it.
  var more = ""

  init(_ goal: Goal, _ program: Program, _ more: String = "") {
    self.init(goal.measure, program)
    self.more = more.isEmpty ? "" : " " + more
    switch goal.measure {
    case .balance:
      let held = FigureUnit(held: program.currencies[program.place(of: goal.currency)])
      (places, word) = (held.places, held.word)
    case .earned:
      let currency = program.currencies[program.place(of: goal.currency)]
      (places, word) = (currency.decimals, "\(currency.key) earned")
    case .attribute where goal.event.attribute >= 0:
      word = program.texts[Int(goal.event.attribute)][0]
    default: break
    }
  }

  init(held currency: Currency) {
    (places, word) = (currency.decimals, "\(currency.key) held")
  }

  init(_ measure: Goal.Measure, _ program: Program) {
    switch measure {
    case .spend: (places, word) = (program.money.decimals, "spent")
    case .margin: (places, word) = (program.money.decimals, "margin")
    case .left: (places, word) = (program.money.decimals, "left to pay")
    case .quantity: (places, word) = (Quantity.places, "units")
    case .visits: (places, word) = (0, "visits")
    case .variety: (places, word) = (0, "different products")
    case .times: (places, word) = (0, "times")
    case .attribute: (places, word) = (Quantity.places, "")
    case .earned, .balance: (places, word) = (0, "")
    }
  }

  func number(_ value: Int64) -> String {
    places == Quantity.places
      ? PlainWords.millionths(value) : ExactDecimal.text(value, places: places)
  }

  func text(_ value: Int64) -> String {
    let number = number(value)
    let words = word.split(separator: " ").map { PlainWords.singular(String($0)) }
    return "\(number) " + (number == "1" ? words.joined(separator: " ") : word) + more
  }
}
