import Loyalty
import Rules

extension ProgramSet {
  /// Adds to the account's counters what the rating of this event added, for the audit: those that
  /// can be filled from
  /// events. False where no version held at its time.
  public mutating func recount(_ event: Event, _ account: inout Account) -> Bool {
    guard let place = place(at: event.at) else { return false }
    guard !event.isTraining else { return true }
    let own = Set(entries[place].rater.program.keptCounters)
    entries[place].rater.count(event, &account, only: own)
    for (other, counters) in entries[place].others {
      entries[other].rater.count(event, &account, only: counters)
    }
    return true
  }

  /// The counters that `recount` fills.
  public var recountable: Set<CounterID> {
    Set(entries.flatMap { $0.rater.program.keptCounters })
  }
}
