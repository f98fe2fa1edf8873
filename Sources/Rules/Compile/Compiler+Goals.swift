import Loyalty

extension Compiler {
  mutating func counter(_ key: String) -> CounterID {
    let id = registry.counter(key)
    program.counterKeys[id] = key
    return id
  }

  /// A goal of a basket, a history, a tier; with its counter, where it looks beyond this purchase.
  mutating func add(_ goal: GoalSyntax, _ rule: RuleSyntax?) -> Int {
    let (measure, places) = self.measure(goal.measure.value)
    let selector = self.selector(goal.items)
    let window = goal.window?.value ?? .transaction
    let campaign = window == .campaign ? span(of: rule) : nil
    let granularity = self.granularity(window)
    var counter: CounterID = 0
    var fact: CounterID = 0
    if window != .transaction {
      let key = counterKey(goal, granularity)
      counter = self.counter(key)
      count(goal, measure, selector, counter, granularity)
      let days = campaign.map { " \($0.lowerBound) to \($0.upperBound)" } ?? ""
      fact = self.counter(key + ", " + CanonicalText.text(window) + days)
    }
    program.goals.append(
      Goal(
        measure: measure, range: scaled(goal.range, places: places), selector: selector,
        window: window, campaign: campaign, counter: counter, fact: fact,
        granularity: granularity))
    return program.goals.count - 1
  }

  private func counterKey(_ goal: GoalSyntax, _ granularity: Granularity) -> String {
    var key = CanonicalText.text(goal.measure.value)
    if let event = goal.event { key += " of event \(event.value)" }
    if let items = goal.items { key += " of " + CanonicalText.text(items, sets) }
    switch goal.measure.value {
    case .spend, .quantity, .visits, .variety: key += " (\(countedTerms))"
    default: break
    }
    return key + ", by " + text(granularity)
  }

  func text(_ granularity: Granularity) -> String {
    switch granularity {
    case .unit(let unit): unit.rawValue
    case .whole: "all time"
    }
  }

  private mutating func count(
    _ goal: GoalSyntax, _ measure: Goal.Measure, _ selector: Int32, _ counter: CounterID,
    _ granularity: Granularity
  ) {
    if let event = goal.event, event.value != "purchase" {
      guard !program.eventCounters.contains(where: { $0.id == counter }) else { return }
      var attribute: String?
      if case .attribute(let name) = goal.measure.value { attribute = name }
      program.eventCounters.append(
        EventCounter(
          id: counter, event: registry.symbol(event.value), attribute: attribute,
          granularity: granularity))
    } else if case .earned(let key) = goal.measure.value, let place = currencyPlaces[key] {
      guard !program.earnedCounters.contains(where: { $0.id == counter }) else { return }
      program.earnedCounters.append(
        EarnedCounter(
          id: counter, currency: program.currencies[place].id, granularity: granularity))
    } else {
      guard !program.purchaseCounters.contains(where: { $0.id == counter }) else { return }
      program.purchaseCounters.append(
        PurchaseCounter(
          id: counter, measure: measure, selector: selector, granularity: granularity))
    }
  }

  /// The measure and how many decimal places its smallest unit has.
  private func measure(_ measure: MeasureSyntax) -> (Goal.Measure, Int) {
    switch measure {
    case .spend, .margin: (.spend, program.money.decimals)
    case .quantity: (.quantity, Quantity.places)
    case .visits: (.visits, 0)
    case .variety: (.variety, 0)
    case .times: (.times, 0)
    case .attribute: (.attribute, Quantity.places)
    case .earned(let key):
      (.earned, currencyPlaces[key].map { program.currencies[$0].decimals } ?? 0)
    }
  }

  func granularity(_ window: WindowSyntax) -> Granularity {
    switch window {
    case .calendar(let unit, _): .unit(unit)
    case .eachOf(_, let unit): .unit(unit)
    case .ever: .whole
    default: .unit(.day)
    }
  }

  /// A rule's own days, for `within: campaign`.
  func span(of rule: RuleSyntax?) -> ClosedRange<CivilDate>? {
    guard let rule else { return nil }
    let from = rule.from?.value ?? CivilDate(day: -700_000)
    let to = rule.to?.value ?? CivilDate(day: 2_900_000)
    return from <= to ? from...to : nil
  }

  func scaled(_ range: RangeSyntax, places: Int) -> ScaledRange {
    var scaled = ScaledRange(least: .min, most: .max)
    if let least = range.least {
      scaled.least = least.rounded(places: places, .up) ?? .max
      if range.leastIsOutside { scaled.least = (least.exactly(places: places) ?? .max - 1) + 1 }
    }
    if let most = range.most {
      scaled.most = most.rounded(places: places, .down) ?? .max
      if range.mostIsOutside { scaled.most = (most.exactly(places: places) ?? .max) - 1 }
    }
    if let every = range.every { scaled.every = max(every.rounded(places: places, .up) ?? 1, 1) }
    return scaled
  }
}
