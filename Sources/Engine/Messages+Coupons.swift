import JSON
import Ledger
import Loyalty
import Rules

/// What others must hear of coupons that were shown.
extension Messages {
  /// Each use; also one that was past the coupon's terms, which a till without a line gave.
  static func tellUses(
    _ outcome: Outcome, _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for use in outcome.benefits where use.source == .coupon && use.times > 0 {
      var writer = JSONWriter()
      writer.object { writer in
        head(&writer, "coupon used", account, event.at)
        writer.member("coupon", program.name(of: use))
        writer.member("code", event.coupons[Int(use.shown)])
        writer.name("off")
        writer.number(program.money.text(Money(minor: use.money)))
        writer.member("past its terms", use.refusal?.text)
      }
      booking.tell("coupon used", writer.text, account: account, seq: event.seq)
    }
  }

  /// Coupons that a return withdrew, and those that it made usable again.
  static func tellReturned(
    _ record: ReturnRecord, _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for (topic, keys) in [
      ("coupon withdrawn", record.withdrawn), ("coupon given back", record.coupons),
    ] {
      for key in keys {
        guard let coupon = account.coupons.first(where: { $0.seq == key.seq && $0.n == key.n })
        else { continue }
        var writer = JSONWriter()
        writer.object { writer in
          head(&writer, topic, account, event.at)
          writer.member("coupon", program.coupons.first { $0.id == coupon.template }?.key)
          writer.member("code", coupon.code)
        }
        booking.tell(topic, writer.text, account: account, seq: event.seq)
      }
    }
  }
}
