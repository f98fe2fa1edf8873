/// Captures that were made in time and are heard of after their hold fell away: the till has handed
/// out what was held, so they stand.
extension Account {
  /// Spends what a hold that fell away had set aside, or a part of it: from the lots that it had
  /// held, points of them that ended since among them, for held points do not expire; what was
  /// spent since, from whatever else is available, then into debt. The coupon counts as used again.
  ///
  /// True where all of it was there. Stocks and limits are for whoever counts. Needs the lots.
  public mutating func captureLate(
    _ place: Int, _ part: HoldPart, by seq: Int64, at: Instant, _ outcome: inout Outcome
  ) -> Bool {
    precondition(lotsAreLoaded, "spending needs the lots")
    var left = holds[place].amounts(of: part)
    let owed = balances.reduce(0) { $0 + $1.debt }
    for index in holds[place].lots.indices {
      let piece = holds[place].lots[index]
      let amount = min(left[piece.currency] ?? 0, piece.amount)
      holds[place].lots[index].captured = amount
      guard amount > 0 else { continue }
      left[piece.currency] = (left[piece.currency] ?? 0) - amount
      reinstate(amount, of: piece, at, &outcome)
      spendAgain(
        amount, piece.currency, due: piece.due, expires: piece.expires, at: at, .redemption,
        &outcome)
    }
    var isWhole = balances.reduce(0) { $0 + $1.debt } == owed
    if case .times(let count) = part { cut(place, to: count) }
    if let key = holds[place].coupon,
      let coupon = coupons.firstIndex(where: { $0.seq == key.seq && $0.n == key.n })
    {
      if coupons[coupon].used > 0 { isWhole = false }
      coupons[coupon].used += 1
      coupons[coupon].isTouched = true
    }
    holds[place].capturedBy = seq
    holds[place].state = .captured
    holds[place].endedAt = at
    holds[place].isTouched = true
    outcome.holds.append(HoldChange(holds[place], at: at))
    return isWhole
  }

  /// It stands fewer times; what they would have taken was given back when it fell away.
  private mutating func cut(_ place: Int, to times: Int64) {
    let whole = holds[place].times
    for index in holds[place].draws.indices {
      holds[place].draws[index].amount = holds[place].draws[index].amount / whole * times
    }
    holds[place].money = holds[place].money / whole * times
    holds[place].times = times
  }

  /// Points of a lot that ended since they were held are good again, as far as the lot has too few.
  private mutating func reinstate(
    _ amount: Int64, of piece: Hold.Lot, _ at: Instant, _ outcome: inout Outcome
  ) {
    guard
      let lot = lots.firstIndex(where: {
        $0.currency == piece.currency && $0.due == piece.due && $0.expires == piece.expires
      })
    else { return }
    let back = min(amount - min(amount, lots[lot].remaining), lots[lot].expired)
    guard back > 0 else { return }
    let index = balanceIndex(piece.currency)
    balances[index].isTouched = true
    balances[index].expired -= back
    balances[index].available += back
    outcome.postings.append(
      Posting(
        currency: piece.currency, from: .expired, to: .available, amount: back, at: at,
        reason: .expiry))
    lots[lot].expired -= back
    lots[lot].remaining += back
    lots[lot].isTouched = true
    outcome.use(back, ofLotDue: piece.due, expiring: piece.expires)
  }
}
