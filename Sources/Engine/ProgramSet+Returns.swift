import Ledger
import Loyalty
import Rules

/// What comes back of an earlier event is rated with the version that rated that event.
extension ProgramSet {
  /// What an event brings back of earlier ones, or undoes, in the counters of all versions. `key`
  /// is its own; `find` gives an original as it stands.
  mutating func reversals(
    by event: Event, _ key: OriginalKey, _ find: (OriginalKey) -> Original?
  ) -> [Reversal] {
    guard event.returned != 0 else { return [] }
    var reversals = Reversal.all(by: event, key, find: find) { original in
      place(of: original).map { entries[$0].rater.program }
    }
    for index in reversals.indices {
      guard let place = place(of: reversals[index].original) else { continue }
      let program = entries[place].rater.program
      reversals[index].settle(program) { original, state in
        remainder(of: original, state, at: place)
      }
    }
    return reversals
  }

  /// The version that rated an original; in a draft, what stands in that version's place.
  private func place(of original: Original) -> Int? {
    place(ofVersion: original.version)
      ?? (original.version > 0 ? place(at: original.event.at) : nil)
  }

  private mutating func remainder(
    of original: Original, _ state: Original.State, at place: Int
  ) -> Remainder {
    var remainder = entries[place].rater.remainder(of: original, state)
    for (other, counters) in entries[place].others {
      entries[other].rater.count(&remainder, only: counters)
    }
    return remainder
  }

  /// Hands the version that is in force what the event takes back, and gives the event as it is
  /// rated: of an exchange, what it sells.
  mutating func hand(_ reversals: [Reversal], of event: Event) -> Event {
    guard event.returned != 0 else { return event }
    if let place = place(at: event.at) { entries[place].rater.reversals = reversals }
    return event.soldPart()
  }

  mutating func takeReversals(_ event: Event) {
    if event.returned != 0, let place = place(at: event.at) {
      entries[place].rater.reversals = []
    }
  }
}
