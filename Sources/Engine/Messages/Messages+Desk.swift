import JSON
import Ledger
import Loyalty

/// What others must hear of accounts that end.
extension Messages {
  /// `change` is `merged`, `closed` or `forgotten`.
  static func tellEnd(
    of account: Account, _ change: String, into other: Int64? = nil, _ at: Instant,
    _ booking: inout Booking
  ) {
    booking.tell(.account, account, seq: account.position, at: at) { writer in
      writer.member("change", change)
      if let other { writer.member("into", other) }
    }
  }
}
