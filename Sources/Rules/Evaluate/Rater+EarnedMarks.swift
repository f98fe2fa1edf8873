import Loyalty

/// `reach: {points: every 100, within: ever}`: marks of what is earned.
///
/// What an event earns is known when all other rules have been rated, so they are rated once
/// without those that ask for such a mark. What these give in their turn counts from the next event
/// on.
extension Rater {
  mutating func matchEarnedMarks(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    var trial = self
    var (own, brought) = (account, outcome)
    let first = outcome.parts.count
    trial.earn(event, &own, &brought)
    earning = Array(repeating: 0, count: program.currencies.count)
    // Points that wait count when they are released.
    for part in brought.parts[first...] where part.due <= moment.at {
      earning[program.place(of: part.currency)] += part.amount
    }
    let question = RuleGate.Question(
      tiers: moment.tierMask, weekday: moment.weekdayBit, date: moment.date,
      spend: basket.total.spend)
    for gate in program.earnedMarks where gate.isOpen(question) == 1 {
      let rule = program.rules[Int(gate.place)]
      guard rule.isPurchase ? event.kind != .other : rule.trigger == event.name,
        rule.isForReferrer == event.isForReferrer
      else { continue }
      consider(gate, event, &account, &outcome)
    }
    matched.sortFew { $0.rule }
    if !program.groups.isEmpty { settleGroups(&outcome) }
  }

  /// The most coupons that one event brings by one rule: more is a mark set too low.
  static let mostCoupons: Int64 = 1_000

  /// What the running event earns of a currency.
  func earning(of currency: CurrencyID) -> Int64 {
    earning.isEmpty ? 0 : earning[program.place(of: currency)]
  }
}
