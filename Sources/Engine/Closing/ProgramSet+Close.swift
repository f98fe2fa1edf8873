import Ledger
import Loyalty
import Rules

/// On which days the calendar closes an account.
extension ProgramSet {
  /// The end of the first local day, up to and with `end`, on which time may bring something to the
  /// account; nil where it is up to then.
  ///
  /// `end` is the end of a local day. What comes before an account's beginning comes never.
  func nextClose(of account: inout Account, upTo end: Instant) -> Instant? {
    if account.clock == .distantPast {
      account.due = max(account.due, beginning(of: account) ?? .distantFuture)
    }
    // Up to its clock nothing is left: an account that is due there is to be looked at anew.
    let moment = max(account.due, Instant(microseconds: account.clock.microseconds + 1))
    guard account.due <= end, moment <= end, let place = place(at: moment) else { return nil }
    let zone = entries[place].rater.program.zone
    return min(Instant(microseconds: zone.end(of: zone.date(of: moment)).microseconds - 1), end)
  }

  /// The event that closes an account's day.
  func close(_ account: Account, at end: Instant) -> Event {
    let zone = entries[place(at: end) ?? 0].rater.program.zone
    return Event(
      seq: account.position + 1, kind: .close, at: end, offset: zone.offset(at: end))
  }
}
