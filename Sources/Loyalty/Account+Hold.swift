/// How points are set aside, and what becomes of them. Every function adds its postings to the
/// outcome and keeps balances, lots and `due` true. All of them need the lots.
extension Account {
  /// Sets points aside, the earliest expiry first; of pots, from the first to end that holds the
  /// whole amount. There must be so many.
  public mutating func setAside(
    _ amount: Int64, _ currency: CurrencyID, hasPots: Bool, for hold: inout Hold,
    _ outcome: inout Outcome
  ) {
    precondition(lotsAreLoaded, "setting points aside needs the lots")
    guard amount > 0 else { return }
    let index = balanceIndex(currency)
    balances[index].isTouched = true
    balances[index].available -= amount
    balances[index].held += amount
    outcome.postings.append(
      Posting(
        currency: currency, from: .available, to: .held, amount: amount, at: hold.at,
        reason: .hold))
    let first = outcome.lotUses.count
    take(amount, currency, pot: pot(amount, currency, hasPots), \.held, &outcome)
    for place in first..<outcome.lotUses.count {
      let use = outcome.lotUses[place]
      hold.lots.append(
        Hold.Lot(currency: currency, due: use.due, expires: use.expires, amount: use.amount))
    }
  }

  public func holdPlace(_ seq: Int64) -> Int? { holds.firstIndex { $0.seq == seq } }

  /// Spends what is held, or a part of it, the earliest expiry first; the rest is free again.
  public mutating func capture(
    _ place: Int, _ part: HoldPart = .whole, by seq: Int64, at: Instant, _ outcome: inout Outcome
  ) {
    holds[place].capturedBy = seq
    var left = holds[place].amounts(of: part)
    var pieces: [Int64] = []
    for lot in holds[place].lots.indices {
      let currency = holds[place].lots[lot].currency
      let amount = min(left[currency] ?? 0, holds[place].lots[lot].amount)
      holds[place].lots[lot].captured = amount
      pieces.append(amount)
      left[currency] = (left[currency] ?? 0) - amount
    }
    let rest = zip(holds[place].lots, pieces).map { $0.amount - $1 }
    move(pieces, of: holds[place], to: .redeemed, at, .redemption, &outcome)
    move(rest, of: holds[place], to: .available, at, .holdEnded, &outcome)
    if case .times(let count) = part { letGo(holds[place].times - count, of: place, &outcome) }
    end(place, .captured, at, &outcome)
  }

  /// Lets go what is held: points, the coupon, the stock. What limits counted is given back by
  /// whoever counts.
  public mutating func release(
    _ place: Int, _ state: Hold.State, at: Instant, _ outcome: inout Outcome
  ) {
    move(
      holds[place].lots.map(\.amount), of: holds[place], to: .available, at, .holdEnded, &outcome)
    giveBackRest(place, &outcome)
    end(place, state, at, &outcome)
  }

  /// Gives back what was captured, or a part of it, with the expiry that it had; what would not
  /// have been spent of less comes back first. True where nothing is left of it: then the coupon,
  /// the stock and the uses come back, too.
  public mutating func refund(
    _ place: Int, _ part: HoldPart = .whole, at: Instant, _ outcome: inout Outcome
  ) -> Bool {
    var left = holds[place].amounts(of: part)
    for lot in holds[place].lots.indices.reversed() {
      let piece = holds[place].lots[lot]
      let amount = min(left[piece.currency] ?? 0, piece.captured - piece.returned)
      guard amount > 0 else { continue }
      giveBack(
        amount, piece.currency, due: piece.due, expires: piece.expires, at: at, .givenBack,
        &outcome)
      holds[place].lots[lot].returned += amount
      left[piece.currency] = (left[piece.currency] ?? 0) - amount
    }
    holds[place].isTouched = true
    if case .times(let count) = part { letGo(count, of: place, &outcome) }
    let isWhole: Bool
    if case .times = part {
      isWhole = false
    } else {
      isWhole = holds[place].returned == holds[place].captured
    }
    guard isWhole else {
      outcome.holds.append(HoldChange(holds[place], at: at))
      return false
    }
    giveBackRest(place, &outcome)
    end(place, .refunded, at, &outcome)
    return true
  }

  /// The open hold that falls away first, up to and with an instant.
  func nextLapse(upTo instant: Instant) -> Int? {
    var next: Int?
    for place in holds.indices where holds[place].isOpen && holds[place].until <= instant {
      if let best = next,
        (holds[best].until, holds[best].seq) <= (holds[place].until, holds[place].seq)
      {
        continue
      }
      next = place
    }
    return next
  }

  private mutating func end(
    _ place: Int, _ state: Hold.State, _ at: Instant, _ outcome: inout Outcome
  ) {
    holds[place].state = state
    holds[place].endedAt = at
    holds[place].isTouched = true
    outcome.holds.append(HoldChange(holds[place], at: at))
  }

  /// Of a reward that is held or was redeemed several times, so many are not: the limit and the
  /// stock are free again.
  private mutating func letGo(_ count: Int64, of place: Int, _ outcome: inout Outcome) {
    let whole = holds[place].times
    var use = holds[place].givenBack
    use.times = -count
    outcome.benefits.append(use)
    for index in holds[place].draws.indices {
      let back = holds[place].draws[index].amount / whole * count
      holds[place].draws[index].amount -= back
      outcome.draws.append(BudgetDraw(budget: holds[place].draws[index].budget, amount: -back))
    }
    holds[place].money -= holds[place].money / whole * count
    holds[place].times -= count
  }

  /// The coupon can be used again, the stock be had by others, the limit used.
  private mutating func giveBackRest(_ place: Int, _ outcome: inout Outcome) {
    let hold = holds[place]
    outcome.benefits.append(hold.givenBack)
    for draw in hold.draws {
      outcome.draws.append(BudgetDraw(budget: draw.budget, amount: -draw.amount))
    }
    guard let key = hold.coupon,
      let index = coupons.firstIndex(where: { $0.seq == key.seq && $0.n == key.n })
    else { return }
    coupons[index].used -= 1
    coupons[index].isTouched = true
  }

  /// Moves pieces of a hold's lots out of what is held: spent, or free again. What is owed is paid
  /// first; points whose last day is over end at once.
  private mutating func move(
    _ pieces: [Int64], of hold: Hold, to bucket: Bucket, _ at: Instant, _ reason: PostingReason,
    _ outcome: inout Outcome
  ) {
    for currency in hold.currencies {
      precondition(lotsAreLoaded, "a hold's end needs the lots")
      var own = hold.lots.indices.filter { hold.lots[$0].currency == currency && pieces[$0] > 0 }
        .map { (lot: place(of: hold.lots[$0]), amount: pieces[$0]) }
      let total = own.reduce(0) { $0 + $1.amount }
      guard total > 0 else { continue }
      let index = balanceIndex(currency)
      balances[index].isTouched = true
      balances[index].held -= total
      guard bucket == .available else {
        balances[index].spent += total
        post(own, currency, bucket, total, at, reason, \.spent, &outcome)
        continue
      }
      let paid = min(balances[index].debt, total)
      if paid > 0 {
        balances[index].debt -= paid
        post(Self.cut(&own, paid), currency, .debt, paid, at, reason, \.spent, &outcome)
      }
      guard total > paid else { continue }
      balances[index].available += total - paid
      post(own, currency, .available, total - paid, at, reason, \.remaining, &outcome)
      for (lot, _) in own where isGone(lots[lot], at) { expire(lot, at, &outcome) }
      for (lot, _) in own where lots[lot].remaining > 0 { due = min(due, lots[lot].expires) }
    }
  }

  private func place(of piece: Hold.Lot) -> Int {
    guard
      let place = lots.firstIndex(where: {
        $0.currency == piece.currency && $0.due == piece.due && $0.expires == piece.expires
      })
    else { preconditionFailure("a hold's lot is not there") }
    return place
  }

  private func isGone(_ lot: Lot, _ at: Instant) -> Bool {
    lot.remaining > 0 && lot.expires <= max(at, clock) && !ownExpiry.contains(lot.currency)
  }

  /// Splits the first `amount` off.
  private static func cut(
    _ pieces: inout [(lot: Int, amount: Int64)], _ amount: Int64
  ) -> [(lot: Int, amount: Int64)] {
    var (first, left) = ([(lot: Int, amount: Int64)](), amount)
    for place in pieces.indices where left > 0 {
      let piece = min(left, pieces[place].amount)
      first.append((pieces[place].lot, piece))
      pieces[place].amount -= piece
      left -= piece
    }
    pieces.removeAll { $0.amount == 0 }
    return first
  }

  private mutating func post(
    _ pieces: [(lot: Int, amount: Int64)], _ currency: CurrencyID, _ bucket: Bucket,
    _ total: Int64, _ at: Instant, _ reason: PostingReason,
    _ column: WritableKeyPath<Lot, Int64>, _ outcome: inout Outcome
  ) {
    outcome.postings.append(
      Posting(currency: currency, from: .held, to: bucket, amount: total, at: at, reason: reason))
    let posting = Int32(outcome.postings.count - 1)
    for (lot, amount) in pieces {
      lots[lot].held -= amount
      lots[lot][keyPath: column] += amount
      lots[lot].isTouched = true
      outcome.use(amount, ofLotDue: lots[lot].due, expiring: lots[lot].expires, by: posting)
    }
  }
}
