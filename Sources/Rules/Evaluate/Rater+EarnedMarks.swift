import Loyalty

/// `reach: {points: every 100, within: ever}`: marks of what is earned. A rule that names no event
/// waits for whatever earns: a purchase, an event, a day of the calendar, a release.
///
/// What an event earns is known when all other rules have been rated, so they are rated once
/// without those that ask for such a mark. What these give may pass the marks of others: then all
/// are rated once more, until nothing new is passed. Nothing that a rule gives passes its own mark
/// in the same event, and no chain is longer than there are such rules; the rest counts from the
/// next event on.
extension Rater {
  mutating func matchEarnedMarks(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    var earned = released + trial([], passesMarks: false, event, account, outcome)
    for _ in 0..<program.mostChained {
      let more = released + trial(earned, passesMarks: true, event, account, outcome)
      if more == earned { break }
      earned = more
    }
    considerMarks(earned, event, &account, &outcome)
    earning = []
  }

  /// What the event gives in all where so much of it passes marks: nothing is kept.
  private func trial(
    _ earned: [Part], passesMarks: Bool, _ event: Event, _ account: Account, _ outcome: Outcome
  ) -> [Part] {
    var (trial, own, brought) = (self, account, outcome)
    if passesMarks { trial.considerMarks(earned, event, &own, &brought) }
    trial.earn(event, &own, &brought)
    return Array(brought.parts[outcome.parts.count...])
  }

  private mutating func considerMarks(
    _ earned: [Part], _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let question = RuleGate.Question(
      tiers: moment.tierMask, weekday: moment.weekdayBit, date: moment.date,
      spend: basket.total.spend)
    for gate in program.earnedMarks where gate.isOpen(question) == 1 {
      let rule = program.rules[Int(gate.place)]
      guard rule.isPurchase || rule.trigger == event.name,
        rule.isForReferrer == event.isForReferrer
      else { continue }
      earning = Array(repeating: 0, count: program.currencies.count)
      // Points that wait count when they are released.
      for part in earned where part.due <= moment.at && part.rule != rule.id {
        earning[program.place(of: part.currency)] += part.amount
      }
      consider(gate, event, &account, &outcome)
    }
    matched.sortFew { $0.rule }
    if !program.groups.isEmpty { settleGroups(&outcome) }
  }

  /// Points that waited and are released: what they pass is given at that moment. Before they are
  /// counted.
  mutating func giveReleased(
    from first: Int, at instant: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    guard !program.earnedMarks.isEmpty else { return }
    released = (first..<outcome.postings.count).compactMap { place in
      let posting = outcome.postings[place]
      guard posting.reason == .release else { return nil }
      return Part(
        rule: 0, currency: posting.currency, amount: posting.amount, basis: 0, effect: 0,
        due: .distantPast, expires: .distantFuture)
    }
    if !released.isEmpty { give([], at: instant, &account, &outcome) }
    released = []
  }

  /// The most coupons that one event brings by one rule: more is a mark set too low.
  static let mostCoupons: Int64 = 1_000

  /// What the running event earns of a currency.
  func earning(of currency: CurrencyID) -> Int64 {
    earning.isEmpty ? 0 : earning[program.place(of: currency)]
  }
}

extension Program {
  /// How many marks one event may pass in a row, each by what the one before it gave: 0 where no
  /// such rule gives what another one asks for.
  func longestChain() -> Int {
    let feeds = earnedMarks.contains { gate in
      let rule = rules[Int(gate.place)]
      let given =
        earns[rule.earns].map { currencies[$0.currency].id }
        + multiplies[rule.multiplies].map { currencies[$0.currency].id }
      return earnedMarks.contains { other in
        other.place != gate.place
          && given.contains(goals[Int(rules[Int(other.place)].reach)].currency)
      }
    }
    return feeds ? earnedMarks.count : 0
  }
}
