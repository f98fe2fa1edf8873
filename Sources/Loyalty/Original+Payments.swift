/// Points that had paid: those that come back when more of the goods come back, by share of the
/// value, cut to whole points, the last part taking the rest.
extension Original {
  /// Of the points that paid a part of its bill.
  public func payments(before: [LineBack], after: [LineBack]) -> [Payment] {
    pieces(of: payments, before, after) { whole, back, returns in
      share(of: whole, value(back), isAllBack(back, returns))
    }
  }

  /// Of the points for which a coupon was redeemed that was used for it.
  public func payments(
    of coupon: UsedCoupon, before: [LineBack], after: [LineBack]
  ) -> [Payment] {
    pieces(of: coupon.payments, before, after) { whole, back, returns in
      share(of: whole, value(of: coupon.lines, back), isBack(coupon.lines, back, returns))
    }
  }

  private func share(
    of points: Int64, _ value: (whole: Int64, back: Int64), _ isAll: Bool
  ) -> Int64 {
    if isAll { return points }
    guard value.whole > 0 else { return 0 }
    return Int64(Int128(points) * Int128(value.back) / Int128(value.whole))
  }

  /// A smaller sale would not have spent the last points: those are the first to come back.
  private func pieces(
    of payments: [Payment], _ before: [LineBack], _ after: [LineBack],
    _ share: (Int64, [LineBack], Int) -> Int64
  ) -> [Payment] {
    var given: [Payment] = []
    for currency in Set(payments.map(\.currency)).sorted() {
      let own = payments.filter { $0.currency == currency }
      let whole = own.reduce(0) { $0 + $1.amount }
      var from = share(whole, before, returns.count)
      var to = share(whole, after, returns.count + 1)
      for payment in own.reversed() {
        let piece = min(payment.amount, to) - min(payment.amount, from)
        from -= min(payment.amount, from)
        to -= min(payment.amount, to)
        guard piece > 0 else { continue }
        var back = payment
        back.amount = piece
        given.append(back)
      }
    }
    return given
  }
}
