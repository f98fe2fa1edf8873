import Loyalty

extension Rater {
  /// What this purchase or event itself brings to a goal.
  mutating func now(_ goal: Goal, _ event: Event) -> Int64 {
    let sums = basket.sums(goal.selector)
    switch goal.measure {
    case .spend: return basket.spend(goal.selector, event, shared, tender: goal.tender)
    case .quantity: return sums.quantity
    case .visits:
      let isPaid = goal.tender < 0 || event.tenders.contains { shared.passes($0.kind, goal.tender) }
      return sums.lines > 0 && isPaid ? 1 : 0
    case .margin: return margin(goal.selector, event, sign: 1)
    case .variety: return variety(goal.selector, event)
    case .times, .attribute: return amount(of: goal.event, event) ?? 0
    case .earned: return earning(of: goal.currency)
    case .balance: return 0
    case .left: return leftToPay(goal.selector, event)
    }
  }

  /// What an event brings to a count of events: once, or its number; nil where it is none of them.
  func amount(of filter: EventFilter, _ event: Event) -> Int64? {
    guard event.kind == .other, event.name == filter.name else { return nil }
    for test in program.attributeTests[filter.tests] {
      guard let value = event.attributes.first(where: { $0.name == test.name })?.value,
        test.passes(value)
      else { return nil }
    }
    return filter.attribute < 0 ? 1 : event.number(program.texts[Int(filter.attribute)][0]) ?? 0
  }

  /// What lines bring above their cost; of a line without a known cost nothing is known.
  private func margin(_ selector: Int32, _ event: Event, sign: Int64) -> Int64 {
    var margin: Int64 = 0
    for line in event.costs.indices
    where event.costs[line] != 0 && basket.contains(line, selector, event, shared) {
      margin += sign * (event.lines[line].total.minor - event.costs[line])
    }
    return margin
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
      let value = note(goal.fact, known(goal.fact) ?? sum(goal, &account), &outcome)
      return goal.range.contains(value) && (goal.joining < 0 || value > .min)
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
    if goal.measure == .balance { return marksPassed(byBalance: goal, &account, &outcome) }
    // Each full amount of this purchase alone.
    if goal.window == .transaction { return goal.range.marks(from: 0, to: now(goal, event)) }
    let before = note(
      goal.fact,
      known(goal.fact) ?? sum(goal, &account), &outcome)
    if goal.joining >= 0, before == .min { return 0 }
    guard goal.measure == .variety else {
      return goal.range.marks(from: before, to: before + now(goal, event))
    }
    // How many of this purchase's articles are new in the window is a fact of its own.
    let new = note(goal.counter, known(goal.counter) ?? newArticles(goal, event, account), &outcome)
    return goal.range.marks(from: before, to: before + new)
  }

  /// The balance before the event is asked for when it is met first; what the event left, when it
  /// is booked.
  private mutating func marksPassed(
    byBalance goal: Goal, _ account: inout Account, _ outcome: inout Outcome
  ) -> Int64 {
    let after = account.balance(goal.currency).available
    var change: Int64 = 0
    for place in booked.postings..<outcome.postings.count {
      let posting = outcome.postings[place]
      guard posting.currency == goal.currency else { continue }
      if posting.to == .available { change += posting.amount }
      if posting.from == .available { change -= posting.amount }
    }
    let before = note(goal.fact, known(goal.fact) ?? after - change, &outcome)
    return goal.range.marks(from: before, to: before + change)
  }

  /// What a goal's counter holds in its window; `Int64.min` outside a window that begins when the
  /// member joins.
  mutating func sum(_ goal: Goal, _ account: inout Account) -> Int64 {
    if goal.joining >= 0 { return sumSinceJoining(goal, &account) }
    guard goal.measure == .variety else {
      return sum(goal.counter, goal.window, goal.campaign, goal.granularity, &account)
    }
    guard let days = days(of: goal.window, goal.campaign, joined: account.joined) else { return 0 }
    return account.articles(goal.counter, last: days)
  }

  private mutating func sumSinceJoining(_ goal: Goal, _ account: inout Account) -> Int64 {
    let joining = program.joinings[Int(goal.joining)].counter
    guard case .afterJoin(let span) = goal.window,
      let joined = account.lastBucket(of: joining, upTo: moment.day),
      moment.day <= joined.adding(span)
    else { return .min }
    if goal.measure == .variety { return account.articles(goal.counter, last: joined...moment.day) }
    return account.sum(goal.counter, from: joined, to: moment.day)
      - account.sum(goal.baseline, from: joined, to: joined)
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
    case .transaction, .afterJoin: return nil
    }
  }

  /// Adds the basket to the counters that tiers, histories and marks look at.
  mutating func countPurchase(
    _ event: Event, _ account: inout Account, only: Set<CounterID>? = nil
  ) {
    if !program.favourites.isEmpty { countFavourites(event, &account, only: only) }
    for place in program.purchaseCounters.indices {
      let counter = program.purchaseCounters[place]
      if let only, !only.contains(counter.id) { continue }
      let sums = basket.sums(counter.selector)
      guard sums.lines > 0 else { continue }
      let amount: Int64
      switch counter.measure {
      case .spend:
        amount = basket.spend(counter.selector, event, shared, tender: counter.tender)
      case .quantity: amount = sums.quantity
      // A return is no visit, and takes none away.
      case .visits where counter.tender >= 0:
        let isPaid = event.tenders.contains { shared.passes($0.kind, counter.tender) }
        amount = sums.spend < 0 || !isPaid ? 0 : 1
      case .visits, .times: amount = sums.spend < 0 ? 0 : 1
      case .margin:
        amount = margin(counter.selector, event, sign: event.kind == .return ? -1 : 1)
      case .variety:
        countArticles(counter, event, &account)
        continue
      case .earned, .attribute, .balance, .left: amount = 0
      }
      account.count(counter.id, windows.bucket(counter.granularity, of: moment.day), amount)
    }
  }

  /// Adds an event of the program to the counters of events.
  mutating func countEvent(
    _ event: Event, _ account: inout Account, only: Set<CounterID>? = nil
  ) {
    for place in program.eventCounters.indices {
      let counter = program.eventCounters[place]
      if let only, !only.contains(counter.id) { continue }
      guard let amount = amount(of: counter.event, event) else { continue }
      account.count(counter.id, windows.bucket(counter.granularity, of: moment.day), amount)
    }
  }

  /// Keeps some of this program's counters for an event that another version rated and booked.
  public mutating func count(
    _ event: Event, _ outcome: Outcome, _ account: inout Account, only: Set<CounterID>,
    from first: BookedPlace? = nil
  ) {
    enter(event, &account, nil)
    countBooked(outcome, &account, only: only, from: first ?? BookedPlace())
    if event.earnsNothing { return }
    switch event.kind {
    case .return where event.original != 0: break
    case .sale, .exchange, .return:
      countActivity(event, &account, only: only)
      guard
        program.purchaseCounters.contains(where: { only.contains($0.id) })
          || program.favourites.contains(where: { only.contains($0.id) })
      else { return }
      let event = event.reduced(by: outcome)
      basket.fill(event, sign: event.kind == .return ? -1 : 1, shared)
      countPurchase(event, &account, only: only)
    case .other:
      countActivity(event, &account, only: only)
      if event.name == program.joinEvent { _ = join(event, &account, only: only) }
      countEvent(event, &account, only: only)
    case .capture:
      if outcome.hasCaptured { countActivity(event.asRedemption(program), &account, only: only) }
    case .void, .review, .close, .correction, .adjustment, .opening, .transfer, .merge, .closing,
      .hold, .release, .refund, .order:
      break
    }
  }
}

extension ScaledRange {
  /// How many marks lie behind `before`, up to and with `after`.
  func marks(from before: Int64, to after: Int64) -> Int64 {
    if every > 0 { return max(0, max(0, after) / every - max(0, before) / every) }
    return before < least && after >= least ? 1 : 0
  }
}
