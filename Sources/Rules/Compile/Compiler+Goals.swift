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
    let tender = goal.tender.map { add($0) } ?? -1
    let event = eventFilter(goal)
    if measure == .margin { program.needsCosts = true }
    let window = goal.window?.value ?? .transaction
    let campaign = window == .campaign ? span(of: rule) : nil
    let granularity = self.granularity(window, keptBy: finest)
    var counter: CounterID = 0
    var fact: CounterID = 0
    if window != .transaction {
      let key = counterKey(goal, granularity)
      counter = self.counter(key)
      count(
        goal,
        PurchaseCounter(
          id: counter, measure: measure, selector: selector, tender: tender,
          granularity: granularity), event)
      let days = campaign.map { " \($0.lowerBound) to \($0.upperBound)" } ?? ""
      fact = self.counter(key + ", " + CanonicalText.text(window) + days)
    }
    var currency: CurrencyID = 0
    if case .earned(let key) = goal.measure.value, let place = currencyPlaces[key] {
      currency = program.currencies[place].id
    }
    if case .balance(let key) = goal.measure.value, let place = currencyPlaces[key] {
      currency = program.currencies[place].id
      fact = self.counter("balance of \(key)")
    }
    var compiled = Goal(
      measure: measure, range: scaled(goal.range, places: places), selector: selector,
      tender: tender, event: event, currency: currency, window: window, campaign: campaign,
      counter: counter, fact: fact, granularity: granularity)
    if case .afterJoin = window, let name = rule.flatMap({ joinedName(of: $0) }) {
      compiled.joining = add(joining: name)
      let key = counterKey(goal, granularity) + " before joining \(name)"
      compiled.baseline = self.counter(key)
      compiled.fact = self.counter(key + ", " + CanonicalText.text(window))
      let start = JoinStart(counter: counter, baseline: compiled.baseline)
      let joining = Int(compiled.joining)
      if !program.joinings[joining].starts.contains(where: { $0.baseline == start.baseline }) {
        program.joinings[joining].starts.append(start)
      }
    }
    program.goals.append(compiled)
    return program.goals.count - 1
  }

  /// What a member opts in to who takes part in a rule: the rule, or its campaign.
  private func joinedName(of rule: RuleSyntax) -> String? {
    if rule.bounds.join { return rule.key.value }
    return syntax.campaigns.first { $0.key.value == rule.campaign && $0.bounds.join }?.key.value
  }

  private func counterKey(_ goal: GoalSyntax, _ granularity: Granularity) -> String {
    var key = CanonicalText.text(goal.measure.value)
    if let event = goal.event { key += " of event \(event.value)" }
    for (name, test) in goal.attributes {
      key += " with \(name.value) " + CanonicalText.text(test)
    }
    if let tender = goal.tender { key += " paid with " + CanonicalText.text(tender) }
    if let items = goal.items { key += " of " + CanonicalText.text(items, sets) }
    switch goal.measure.value {
    case .spend, .quantity, .visits, .variety, .margin: key += " (\(countedTerms))"
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

  /// Which events a goal counts.
  private mutating func eventFilter(_ goal: GoalSyntax) -> EventFilter {
    var filter = EventFilter()
    guard let event = goal.event, event.value != "purchase" else { return filter }
    filter.name = registry.symbol(event.value)
    if case .attribute(let name) = goal.measure.value {
      program.texts.append([name])
      filter.attribute = Int32(program.texts.count - 1)
    }
    let start = program.attributeTests.count
    for (name, test) in goal.attributes { _ = attributeTest(name.value, test) }
    filter.tests = start..<program.attributeTests.count
    return filter
  }

  private mutating func count(
    _ goal: GoalSyntax, _ purchases: PurchaseCounter, _ event: EventFilter
  ) {
    let (counter, granularity) = (purchases.id, purchases.granularity)
    if event.name != .none {
      guard !program.eventCounters.contains(where: { $0.id == counter }) else { return }
      program.eventCounters.append(
        EventCounter(id: counter, event: event, granularity: granularity))
    } else if case .earned(let key) = goal.measure.value, let place = currencyPlaces[key] {
      guard !program.earnedCounters.contains(where: { $0.id == counter }) else { return }
      program.earnedCounters.append(
        EarnedCounter(
          id: counter, currency: program.currencies[place].id, granularity: granularity))
    } else {
      guard !program.purchaseCounters.contains(where: { $0.id == counter }) else { return }
      program.purchaseCounters.append(purchases)
    }
  }

  /// The measure and how many decimal places its smallest unit has.
  private func measure(_ measure: MeasureSyntax) -> (Goal.Measure, Int) {
    switch measure {
    case .spend: (.spend, program.money.decimals)
    case .margin: (.margin, program.money.decimals)
    case .quantity: (.quantity, Quantity.places)
    case .visits: (.visits, 0)
    case .variety: (.variety, 0)
    case .times: (.times, 0)
    case .left: (.left, program.money.decimals)
    case .attribute: (.attribute, Quantity.places)
    case .balance(let key):
      (.balance, currencyPlaces[key].map { program.currencies[$0].decimals } ?? 0)
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

  /// What keeps a tier by days or months is counted as finely, so that it is known of each of them
  /// whether anything is left.
  private func granularity(_ window: WindowSyntax, keptBy finest: CalendarUnit?) -> Granularity {
    let granularity = self.granularity(window)
    guard let finest else { return granularity }
    guard case .unit(let unit) = granularity else { return .unit(finest) }
    if unit == finest || unit == .day { return granularity }
    if unit == .week || finest == .week { return .unit(.day) }
    return .unit(CalendarUnit.allCases.first { $0 == unit || $0 == finest } ?? .day)
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
