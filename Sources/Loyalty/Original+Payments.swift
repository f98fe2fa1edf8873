/// Points that had paid: those that come back when more of the goods come back, by share of the
/// value, cut to whole points, the last part taking the rest.
extension Original {
  /// How much came back, by line, and in how many returns.
  public struct State: Sendable {
    public var back: [LineBack]
    public var returns: Int

    public init(back: [LineBack], returns: Int) {
      self.back = back
      self.returns = returns
    }
  }

  /// As it stands now.
  public var state: State { State(back: back, returns: standingReturns.count) }

  /// Of the points that paid a part of its bill.
  public func payments(before: State, after: State) -> [Payment] {
    pieces(of: payments) { whole in
      (share(of: whole, before), share(of: whole, after))
    }
  }

  /// Of the points that it gave up for others: what it would not have given up for what is left.
  /// `before` and `after` say how many it would have, by currency.
  public func conversions(
    before: [CurrencyID: Int64], after: [CurrencyID: Int64]
  ) -> [Payment] {
    Set(converted.map(\.currency)).sorted().flatMap { currency in
      pieces(of: converted.filter { $0.currency == currency }) { whole in
        (max(0, whole - (before[currency] ?? 0)), max(0, whole - (after[currency] ?? 0)))
      }
    }
  }

  private func share(of points: Int64, _ state: State) -> Int64 {
    share(of: points, value(state.back), isAllBack(state.back, state.returns))
  }

  /// Of the points for which a coupon was redeemed that was used for it.
  public func payments(
    of coupon: UsedCoupon, before: State, after: State
  ) -> [Payment] {
    func share(_ whole: Int64, _ state: State) -> Int64 {
      self.share(
        of: whole, value(of: coupon.lines, state.back),
        isBack(coupon.lines, state.back, state.returns))
    }
    return pieces(of: coupon.payments) { whole in (share(whole, before), share(whole, after)) }
  }

  private func share(
    of points: Int64, _ value: (whole: Int64, back: Int64), _ isAll: Bool
  ) -> Int64 {
    if isAll { return points }
    guard value.whole > 0 else { return 0 }
    return Int64(Int128(points) * Int128(value.back) / Int128(value.whole))
  }

  /// A smaller sale would not have spent the last points: those are the first to come back. `share`
  /// says how much of a currency's whole was back before, and is back after.
  private func pieces(
    of payments: [Payment], _ share: (Int64) -> (before: Int64, after: Int64)
  ) -> [Payment] {
    var given: [Payment] = []
    for currency in Set(payments.map(\.currency)).sorted() {
      let own = payments.filter { $0.currency == currency }
      let whole = own.reduce(0) { $0 + $1.amount }
      var (from, to) = share(whole)
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
