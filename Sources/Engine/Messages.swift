import JSON
import Ledger
import Loyalty
import Rules

/// What others must hear of, as versioned JSON in the outbox.
enum Messages {
  static func tell(
    _ outcome: Outcome, codes: [String], _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for change in outcome.tierChanges {
      var writer = JSONWriter()
      writer.object { writer in
        head(&writer, "tier", account, change.at)
        writer.member("from", program.tierKey(change.from))
        writer.member("to", program.tierKey(change.to))
        writer.member("until", change.until == .distantFuture ? nil : change.until.text(offset: 0))
        writer.member("reason", "\(change.reason)")
      }
      booking.tell("tier", writer.text, account: account, seq: event.seq)
    }
    for (issue, code) in zip(outcome.coupons, codes) {
      var writer = JSONWriter()
      writer.object { writer in
        head(&writer, "coupon", account, event.at)
        writer.member("coupon", program.coupons.first { $0.id == issue.template }?.key)
        writer.member("code", code)
        writer.member(
          "valid until",
          issue.validUntil == .distantFuture ? nil : issue.validUntil.text(offset: 0))
      }
      booking.tell("coupon", writer.text, account: account, seq: event.seq)
    }
  }

  private static func head(
    _ writer: inout JSONWriter, _ topic: String, _ account: Account, _ at: Instant
  ) {
    writer.member("version", 1)
    writer.member("topic", topic)
    writer.member("account", account.id)
    writer.member("at", at.text(offset: 0))
  }
}

extension Program {
  public func tierKey(_ id: TierID) -> String? { tiers.first { $0.id == id }?.key }
}
