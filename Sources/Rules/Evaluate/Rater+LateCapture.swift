import Loyalty

/// Captures that were made in time, of holds that fell away before they were heard of.
extension Rater {
  /// The place of the hold, where an event is such a capture.
  func place(ofLate event: Event, _ account: Account) -> Int? {
    guard event.originalAccount == 0, let place = account.holdPlace(event.original),
      account.holds[place].state == .lapsed, account.holds[place].at <= event.at,
      event.at < account.holds[place].until
    else { return nil }
    return place
  }

  /// Redeems it all the same. Where something of it was taken by others since, the outcome says
  /// what, for people to hear of.
  mutating func captureLate(
    _ place: Int, _ part: HoldPart, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    let isThere = account.captureLate(place, part, by: event.seq, at: event.at, &outcome)
    let hold = account.holds[place]
    var use = BenefitUse(source: hold.source, id: hold.id)
    // It counts on the day on which it was held, as if it had never fallen away.
    (use.times, use.at) = (hold.times, hold.at)
    if let coupon = hold.coupon { (use.heldSeq, use.heldN) = (coupon.seq, coupon.n) }
    if !isThere { use.refusal = hold.source == .coupon ? .usedUp : .notEnough }
    for index in hold.draws.indices {
      let wanted = hold.draws[index].amount
      let budget = program.budgets.firstIndex { $0.id == hold.draws[index].budget }
      let drawn = budget.map { draw(wanted, $0, &outcome) } ?? 0
      account.holds[place].draws[index].amount = drawn
      if drawn < wanted { use.refusal = use.refusal ?? .outOfStock }
    }
    outcome.benefits.append(use)
  }
}
