import Loyalty

/// Reviews that were held while an event waited: what they give comes at their own instants, before
/// the event, and is booked with it.
extension Rater {
  /// Those of this version's own time; older versions have taken theirs.
  mutating func takeReviews(
    before event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    for mark in event.reviews where mark.at >= since { take(mark, event, &account, &outcome) }
  }

  /// Brings the account up to a review's instant and gives what the review gave. Call it for a
  /// review of this version's time, where another version rates the event itself.
  public mutating func review(
    _ mark: ReviewMark, before event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    began = BookedPlace(outcome)
    take(mark, event, &account, &outcome)
    if !dayParts.isEmpty { showDays(&outcome) }
  }

  private mutating func take(
    _ mark: ReviewMark, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    bringUp(&account, to: mark.at, &outcome)
    // A draft may have no such tier.
    guard program.tiers.contains(where: { $0.id == mark.tier }) else { return }
    booked = BookedPlace(outcome)
    hasOverflowed = false
    cause = .event(account: account.id, seq: event.seq)
    let own = mark.event(seq: event.seq)
    enter(own, &account, nil)
    let (coupons, notices) = (outcome.coupons.count, outcome.notices.count)
    grantReviewed(own, &account, &outcome)
    for place in coupons..<outcome.coupons.count { outcome.coupons[place].issuedAt = mark.at }
    for place in notices..<outcome.notices.count { outcome.notices[place].at = mark.at }
    if program.livesByCalendar { liveOn(own, &account, &outcome) }
    if account.due <= account.clock { bringUp(&account, to: account.clock, &outcome) }
  }
}
