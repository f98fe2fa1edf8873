import Loyalty

/// The codes under which an account's coupons were issued: what is shown with a purchase is found
/// by them when it is rated again.
struct IssuedCodes {
  private let issued: [HeldCoupon]

  init(_ issued: [HeldCoupon]) { self.issued = issued }

  /// Takes in the coupons of an outcome. Under the draft an event's coupon has the code of one of
  /// the same kind that was issued then, or else one that nobody can show.
  func take(
    _ outcome: borrowing Outcome, of event: Event, isDraft: Bool, _ account: inout Account
  ) {
    guard !outcome.coupons.isEmpty else { return }
    var used: Set<Int16> = []
    var codes: [String] = []
    for place in outcome.coupons.indices {
      let template = outcome.coupons[place].template
      let found = issued.first { coupon in
        coupon.seq == event.seq
          && (isDraft
            ? coupon.template == template && !used.contains(coupon.n) : coupon.n == Int16(place))
      }
      if let found { used.insert(found.n) }
      codes.append(found?.code ?? "")
    }
    account.take(outcome, codes: codes, of: event)
  }
}
