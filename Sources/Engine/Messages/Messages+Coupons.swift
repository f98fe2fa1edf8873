import JSON
import Ledger
import Loyalty
import Rules

/// What others must hear of coupons.
extension Messages {
  /// Those that were issued.
  static func tellCoupons(
    _ outcome: Outcome, codes: [String], _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for (issue, code) in zip(outcome.coupons, codes) {
      booking.tell(.coupon, account, seq: event.seq, at: issue.issuedAt ?? event.at) { writer in
        writer.member("coupon", program.shownKey(of: issue.template))
        writer.member("code", code)
        writer.member(
          "valid until",
          issue.validUntil == .distantFuture ? nil : issue.validUntil.text(offset: 0))
      }
    }
  }

  /// Each use; also one that was past the coupon's terms, which a till without a line gave.
  static func tellUses(
    _ outcome: Outcome, _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for use in outcome.benefits where use.source == .coupon && use.times > 0 {
      booking.tell(.couponUsed, account, seq: event.seq, at: event.at) { writer in
        writer.member("coupon", program.name(of: use))
        writer.member("code", event.coupons[Int(use.shown)])
        writer.name("off")
        writer.number(program.money.text(Money(minor: use.money)))
        writer.member("past its terms", use.refusal?.text)
      }
    }
  }

  /// Those that a return withdrew, and those that it made usable again; of a void of a return the
  /// other way round.
  static func tellReturned(
    _ record: ReturnRecord, _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    let isGone = record.isGone
    for (topic, keys) in [
      (isGone ? Topic.couponRestored : .couponWithdrawn, record.withdrawn),
      (isGone ? .couponUsedAgain : .couponGivenBack, record.coupons),
    ] {
      for key in keys {
        guard let coupon = account.coupons.first(where: { $0.seq == key.seq && $0.n == key.n })
        else { continue }
        booking.tell(topic, account, seq: event.seq, at: event.at) { writer in
          writer.member("coupon", program.shownKey(of: coupon.template))
          writer.member("code", coupon.code)
        }
      }
    }
  }
}

extension Program {
  fileprivate func shownKey(of template: CouponTemplateID) -> String? {
    coupons.first { $0.id == template }?.shownKey
  }
}
