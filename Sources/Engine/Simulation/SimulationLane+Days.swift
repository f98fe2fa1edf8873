import Ledger
import Loyalty
import Rules

/// What time brings: before the days of a simulation it counts for neither side, within them for
/// both, whichever version held then.
extension SimulationLane {
  /// What time had brought up to the beginning of the days since the account was last looked at, as
  /// each side's next rating brings it: the draft begins with the days, and what versions before it
  /// gave is no part of what it gives.
  mutating func unseen(by account: Account) -> (published: Outcome?, draft: Outcome?) {
    let end = Instant(microseconds: simulation.span.lowerBound.microseconds - 1)
    guard account.clock < end, published.livesByCalendar || account.due <= end else {
      return (nil, nil)
    }
    var copy = account
    var brought = Outcome()
    published.advance(&copy, to: end, &brought)
    var late = brought
    if published.livesByCalendar { late.parts.removeAll() }
    return (brought, late)
  }

  /// Takes out of a side's first rating within the days what came before them.
  mutating func takeOutUnseen(_ month: CivilDate, isDraft: Bool, _ pair: inout Pair) {
    guard let unseen = isDraft ? pair.unseen.draft : pair.unseen.published else { return }
    if isDraft { pair.unseen.draft = nil } else { pair.unseen.published = nil }
    tally.note(
      unseen, month, tier: outcome.tier, isDraft: isDraft, paid: simulation.facts.paid, sign: -1)
    noteDifferences(unseen, isDraft ? -1 : 1, &pair)
  }

  func noteDifferences(_ outcome: borrowing Outcome, _ sign: Int64, _ pair: inout Pair) {
    guard simulation.keepsDifferences else { return }
    for index in outcome.parts.indices {
      let part = outcome.parts[index]
      pair.differences[RuleCurrency(rule: part.rule, currency: part.currency), default: 0] +=
        sign * part.amount
    }
  }

  /// Brings the published side to an instant, through all versions that held until then.
  mutating func advancePublished(to end: Instant, _ pair: inout Pair) {
    let start = simulation.span.lowerBound
    var days: [Part] = []
    outcome.removeAll()
    published.advance(&pair.published, to: end, &outcome) { account, outcome in
      if account.clock >= start { days += outcome.parts }
    }
    for part in days { outcome.parts.append(part) }
  }
}
