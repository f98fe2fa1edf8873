import Ledger
import Loyalty
import Rules

/// Reviews of tiers by rank, by the version in force on their days.
extension ProgramSet {
  /// The tiers that are reviewed on a day, and the place of the version that says so.
  func ranks(dueOn day: CivilDate, _ zone: Zone) -> (place: Int, ranks: [RankReview])? {
    guard let place = place(at: zone.start(of: day)) else { return nil }
    let ranks = entries[place].rater.program.ranks(dueOn: day)
    return ranks.isEmpty ? nil : (place, ranks)
  }

  /// What reviews gave under older versions than the one that rates the event.
  mutating func takeReviews(
    before event: Event, ofVersionsBefore last: Int, _ account: inout Account,
    _ outcome: inout Outcome, tell: (Program, Account, inout Outcome) -> Void
  ) {
    for mark in event.reviews {
      guard let place = place(at: mark.at), place < last else { continue }
      if place > 0, livesByCalendar { bringUp(&account, toVersion: place, &outcome, tell: tell) }
      let first = BookedPlace(outcome)
      entries[place].rater.review(mark, before: event, &account, &outcome)
      account.due = min(account.due, entries[place].next)
      for (other, counters) in entries[place].others {
        entries[other].rater.countDays(&outcome, &account, only: counters, from: first)
      }
      tell(entries[place].rater.program, account, &outcome)
      // They are booked; what the event itself gives comes next.
      outcome.parts.removeAll()
    }
  }
}
