import Ledger
import Loyalty
import Rules

/// What comes back of an earlier event is rated with the version that rated that event.
extension ProgramSet {
  /// What `event` takes back of `original`, in the counters of all versions.
  mutating func reversal(of original: Original, by event: Event) -> Reversal {
    let place = place(ofVersion: original.version)
    var reversal = Reversal(original, by: event, place.map { entries[$0].rater.program })
    guard reversal.refused == nil, let place else { return reversal }
    let returns = original.returns.count
    let before = remainder(of: original, original.back, returns, at: place)
    let after = remainder(of: original, reversal.backAfter, returns + 1, at: place)
    reversal.settle(before, after, entries[place].rater.program)
    return reversal
  }

  private mutating func remainder(
    of original: Original, _ back: [LineBack], _ returns: Int, at place: Int
  ) -> Remainder {
    var remainder = entries[place].rater.remainder(of: original, back, returns: returns)
    for (other, counters) in entries[place].others {
      entries[other].rater.count(&remainder, only: counters)
    }
    return remainder
  }

  /// Hands the version that is in force what the event takes back, and gives the event as it is
  /// rated: of an exchange, what it sells.
  mutating func hand(_ reversal: Reversal?, of event: Event) -> Event {
    guard event.returned != 0 else { return event }
    if let place = place(at: event.at) { entries[place].rater.reversal = reversal }
    return event.soldPart()
  }

  mutating func takeReversal(_ event: Event) {
    if event.returned != 0, let place = place(at: event.at) {
      entries[place].rater.reversal = nil
    }
  }
}
