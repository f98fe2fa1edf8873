import Loyalty

extension Rater {
  /// What this purchase or event itself brings to a goal.
  mutating func now(_ goal: Goal, _ event: Event) -> Int64 {
    let sums = basket.sums(goal.selector)
    switch goal.measure {
    case .spend:
      // The total is prorated already.
      return goal.selector < 0 ? sums.spend : basket.counted(sums.spend, event, shared)
    case .quantity: return sums.quantity
    case .visits: return sums.lines > 0 ? 1 : 0
    case .variety: return variety(goal.selector, event)
    case .times: return 1
    case .earned, .attribute: return 0
    }
  }

  private mutating func variety(_ selector: Int32, _ event: Event) -> Int64 {
    var seen: [Symbol] = []
    for index in event.lines.indices where basket.contains(index, selector, event, shared) {
      let product = event.lines[index].product
      if !seen.contains(product) { seen.append(product) }
    }
    return Int64(seen.count)
  }

  /// A goal over what was before this event. In `each of 4 weeks` the running week is the last,
  /// this purchase included.
  mutating func history(
    _ goal: Goal, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> Bool {
    guard case .eachOf(let count, let unit) = goal.window else {
      return goal.range.contains(
        note(
          goal.fact,
          known(goal.fact)
            ?? sum(goal.counter, goal.window, goal.campaign, goal.granularity, &account), &outcome))
    }
    // How many of the periods, running backwards from the last one, reach the goal: one fact.
    let streak = note(
      goal.fact, known(goal.fact) ?? self.streak(goal, count, unit, event, &account), &outcome)
    return streak >= Int64(count)
  }

  private mutating func streak(
    _ goal: Goal, _ count: Int, _ unit: CalendarUnit, _ event: Event, _ account: inout Account
  ) -> Int64 {
    var start = moment.day.start(of: unit)
    var periods: Int64 = 0
    for place in 0..<count {
      var value = account.sum(goal.counter, from: start, to: start)
      if place == 0 { value += now(goal, event) }
      guard goal.range.contains(value) else { break }
      periods += 1
      start = (start - 1).start(of: unit)
    }
    return periods
  }

  /// How many marks this event passes: 230.00 in all passes `every 100.00` twice.
  mutating func marksPassed(
    _ place: Int, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> Int64 {
    let goal = program.goals[place]
    let before = note(
      goal.fact,
      known(goal.fact)
        ?? sum(goal.counter, goal.window, goal.campaign, goal.granularity, &account), &outcome)
    let after = before + now(goal, event)
    if goal.range.every > 0 {
      return max(0, max(0, after) / goal.range.every - max(0, before) / goal.range.every)
    }
    let mark = goal.range.least
    return before < mark && after >= mark ? 1 : 0
  }

  /// What a counter holds in a window that ends with, or holds, the event's day.
  mutating func sum(
    _ counter: CounterID, _ window: WindowSyntax, _ campaign: ClosedRange<CivilDate>?,
    _ granularity: Granularity, _ account: inout Account
  ) -> Int64 {
    guard let days = days(of: window, campaign, joined: account.joined) else { return 0 }
    return account.sum(counter, from: days.lowerBound, to: days.upperBound)
  }

  /// The first and last day of a window, in the program's time zone.
  mutating func days(
    of window: WindowSyntax, _ campaign: ClosedRange<CivilDate>?, joined: CivilDate?
  ) -> ClosedRange<CivilDate>? {
    switch window {
    case .calendar(let unit, let last):
      var start = moment.day.start(of: unit)
      if last { start = (start - 1).start(of: unit) }
      return start...start.end(of: unit)
    case .rolling(let count, let unit):
      return moment.day.adding(DurationSyntax(-count, unit)) + 1...moment.day
    case .membershipYear(let last):
      guard let joined else { return nil }
      var years = moment.day.parts.year - joined.parts.year
      if joined.adding(months: 12 * years) > moment.day { years -= 1 }
      if last { years -= 1 }
      return joined.adding(months: 12 * years)...joined.adding(months: 12 * years + 12) - 1
    case .campaign: return campaign
    case .ever: return CivilDate(day: -719_162)...CivilDate(day: 2_932_896)
    case .eachOf(_, let unit): return moment.day.start(of: unit)...moment.day.end(of: unit)
    case .transaction: return nil
    }
  }

  /// Adds the basket to the counters that tiers, histories and marks look at.
  mutating func countPurchase(_ account: inout Account, only: Set<CounterID>? = nil) {
    for place in program.purchaseCounters.indices {
      let counter = program.purchaseCounters[place]
      if let only, !only.contains(counter.id) { continue }
      let sums = basket.sums(counter.selector)
      guard sums.lines > 0 else { continue }
      let amount: Int64
      switch counter.measure {
      case .spend: amount = sums.spend
      case .quantity: amount = sums.quantity
      // A return is no visit, and takes none away.
      case .visits, .times: amount = sums.spend < 0 ? 0 : 1
      case .variety, .earned, .attribute: amount = 0
      }
      account.count(counter.id, windows.bucket(counter.granularity, of: moment.day), amount)
    }
  }

  /// Keeps some of this program's counters for an event that another version rated and booked.
  public mutating func count(
    _ event: Event, _ outcome: Outcome, _ account: inout Account, only: Set<CounterID>
  ) {
    enter(event, &account, nil)
    countBooked(outcome, &account, only: only)
    switch event.kind {
    case .sale, .exchange, .return:
      guard program.purchaseCounters.contains(where: { only.contains($0.id) }) else { return }
      basket.fill(event, sign: event.kind == .return ? -1 : 1, shared)
      countPurchase(&account, only: only)
    case .other:
      for counter in program.eventCounters
      where counter.event == event.name && only.contains(counter.id) {
        let amount = counter.attribute.map { event.number($0) ?? 0 } ?? 1
        account.count(counter.id, windows.bucket(counter.granularity, of: moment.day), amount)
      }
    case .void, .review: break
    }
  }
}
