import JSON
import Ledger
import Loyalty

/// What others must hear of accounts that end.
extension Messages {
  /// `what` is merged or closed.
  static func tellEnd(
    of account: Account, _ what: String, into other: Int64?, _ at: Instant,
    _ booking: inout Booking
  ) {
    var writer = JSONWriter()
    writer.object { writer in
      head(&writer, "account", account, at)
      writer.member("change", what)
      if let other { writer.member("into", other) }
    }
    booking.tell("account", writer.text, account: account, seq: account.position)
  }
}
