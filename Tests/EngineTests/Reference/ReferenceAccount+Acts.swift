import Loyalty

/// What happens to an account.
extension ReferenceAccount {
  /// What a purchase gives, as it stands now.
  func gives(_ purchase: Purchase) -> (points: Int64, stamps: Int64, hasBonus: Bool) {
    let base = spend(purchase) / 200
    let cards = sum(purchase.lines.filter { $0.category == "cards" }) / 100
    let candles = purchase.lines.filter { $0.category == "candles" }.reduce(0) { $0 + $1.count }
    let hasBonus = purchase.hasBonus && candles >= 2
    let points = (base + cards) * (purchase.isSilver ? 2 : 1) + (hasBonus ? 30 : 0)
    return (points, hasBonus ? 1 : 0, hasBonus)
  }

  private func sum(_ lines: [Line]) -> Int64 { lines.reduce(0) { $0 + $1.price * $1.count } }

  /// What counts of it, in cents: of what is left as much as was not paid with points.
  private func spend(_ purchase: Purchase) -> Int64 {
    let left = sum(purchase.lines.filter { $0.category != "gift-cards" })
    guard purchase.paid > 0 else { return left }
    return left * (purchase.price - purchase.paid) / purchase.price
  }

  mutating func buy(_ id: String, at: Instant, _ lines: [Line], paid: Int64 = 0) {
    advance(to: at)
    var purchase = Purchase(id: id, at: at, day: zone.date(of: at), lines: lines, paid: paid)
    purchase.price = sum(lines)
    let month = purchases.filter { $0.day.startOfMonth == purchase.day.startOfMonth }
    purchase.isSilver = isSilver(at: at)
    purchase.hasBonus = month.filter { gives($0).hasBonus }.count < 2
    purchase.hasBonus = gives(purchase).hasBonus
    purchase.due = zone.end(of: purchase.day + 7)
    purchase.expires = zone.end(of: purchase.day.adding(months: 3))
    purchase.stampsExpire = zone.end(of: purchase.day.endOfMonth.adding(months: 1).endOfMonth)
    if paid > 0 { purchase.payments = redeem(paid) }
    let given = gives(purchase)
    grant(given.points, .points, due: purchase.due, expires: purchase.expires, at: at)
    grant(given.stamps, .stamps, due: .distantPast, expires: purchase.stampsExpire, at: at)
    purchases.append(purchase)
    review(on: purchase.day, at: max(at, clock), cause: id)
  }

  private mutating func grant(
    _ amount: Int64, _ currency: Currency, due: Instant, expires: Instant, at: Instant
  ) {
    sums[currency]!.earned += amount
    receive(amount, currency, due: due, expires: expires, at: at)
  }

  @discardableResult
  private mutating func redeem(_ amount: Int64) -> [Lot] {
    let taken = spend(amount, .points)
    sums[.points]!.spent += amount
    sums[.points]!.debt += amount - taken.reduce(0) { $0 + $1.granted }
    return taken
  }

  /// Points that paid come back by share of the value, the last piece with the rest: first those
  /// that were spent last, and they end when they would have ended.
  private mutating func giveBackPayments(_ place: Int, at: Instant) {
    let purchase = purchases[place]
    let back = purchase.price - sum(purchase.lines)
    let due = purchase.paid * back / max(1, purchase.price)
    var rest = due - purchase.givenBack
    purchases[place].givenBack = due
    for payment in purchase.payments.indices.reversed() where rest > 0 {
      let lot = purchases[place].payments[payment]
      let amount = min(rest, lot.granted)
      purchases[place].payments[payment].granted -= amount
      rest -= amount
      sums[.points]!.spent -= amount
      receive(amount, .points, due: lot.due, expires: lot.expires, at: at)
    }
  }

  /// A voucher for points, where there are so many.
  mutating func redeemVoucher(at: Instant) {
    advance(to: at)
    if available(.points) >= ReferenceProgram.price { redeem(ReferenceProgram.price) }
  }

  /// Brings back so many pieces of articles, or all that is left.
  mutating func bringBack(_ id: String, at: Instant, _ pieces: [String: Int64]?) {
    advance(to: at)
    guard let place = purchases.firstIndex(where: { $0.id == id }) else { return }
    let before = gives(purchases[place])
    for line in purchases[place].lines.indices {
      let left = purchases[place].lines[line].count
      let back = pieces.map { $0[purchases[place].lines[line].sku] ?? 0 } ?? left
      purchases[place].lines[line].count -= min(back, left)
    }
    giveBackPayments(place, at: at)
    let purchase = purchases[place]
    let after = gives(purchase)
    purchases[place].hasBonus = after.hasBonus
    takeBack(
      before.points - after.points, .points, due: purchase.due, expires: purchase.expires,
      owes: true)
    takeBack(
      before.stamps - after.stamps, .stamps, due: .distantPast, expires: purchase.stampsExpire,
      owes: false)
    withdraw(purchase, at: max(at, clock))
  }

  // MARK: - Silver

  func isSilver(at instant: Instant) -> Bool {
    silver.contains { $0.since <= instant && instant < $0.until }
  }

  private func spend(inQuarterOf day: CivilDate) -> Int64 {
    purchases.filter { $0.day.startOfQuarter == day.startOfQuarter }.reduce(0) { $0 + spend($1) }
  }

  /// The end of the quarter after a day's.
  private func kept(from day: CivilDate) -> Instant {
    zone.start(of: day.startOfQuarter.adding(months: 6))
  }

  /// Silver at once where the quarter's goal is met, and for longer where it was so already.
  mutating func review(on day: CivilDate, at now: Instant, cause: String) {
    let ground = Silver.Ground(quarter: day.startOfQuarter, cause: cause, until: kept(from: day))
    guard spend(inQuarterOf: day) >= 40_000, ground.until > now else { return }
    guard let place = silver.firstIndex(where: { $0.since <= now && now < $0.until }) else {
      silver.append(Silver(since: now, grounds: [ground]))
      return
    }
    if ground.until > silver[place].until { silver[place].grounds.append(ground) }
  }

  /// What a purchase had caused goes with it, unless it is earned without it.
  private mutating func withdraw(_ purchase: Purchase, at now: Instant) {
    for place in silver.indices where now < silver[place].until {
      let left = silver[place].grounds.filter {
        $0.cause != purchase.id || spend(inQuarterOf: $0.quarter) >= 40_000
      }
      if !left.contains(where: { $0.until > now }) {
        silver[place].endedAt = now
      } else {
        silver[place].grounds = left
      }
    }
  }

  // MARK: - The desk

  /// Points by hand; what is taken must be there.
  mutating func adjust(_ amount: Int64, at: Instant) {
    advance(to: at)
    if amount > 0 {
      sums[.points]!.adjusted += amount
      let end = zone.end(of: zone.date(of: clock).adding(months: 3))
      receive(amount, .points, due: .distantPast, expires: end, at: clock)
    } else if available(.points) >= -amount {
      sums[.points]!.adjusted += amount
      _ = spend(-amount, .points)
    }
  }

  /// Gives points to another account, with the end that they have; nothing where there are fewer.
  mutating func transfer(_ amount: Int64, to other: inout ReferenceAccount, at: Instant) {
    let at = max(at, max(clock, other.clock))
    advance(to: at)
    other.advance(to: at)
    guard available(.points) >= amount else { return }
    sums[.points]!.transferred -= amount
    other.sums[.points]!.transferred += amount
    for lot in spend(amount, .points) {
      other.receive(lot.granted, .points, due: lot.due, expires: lot.expires, at: at)
    }
  }

  /// Goes into another account, with all that it has.
  mutating func merge(into other: inout ReferenceAccount, at: Instant) {
    let at = max(at, max(clock, other.clock))
    advance(to: at)
    other.advance(to: at)
    for hold in holds { release(hold.id, at: at) }
    advance(to: at)
    for currency in Currency.allCases {
      let mine = lots.filter { $0.currency == currency && $0.left > 0 }
        .sorted {
          (isPending($0) ? 1 : 0, $0.expires, $0.due) < (isPending($1) ? 1 : 0, $1.expires, $1.due)
        }
      for lot in mine {
        other.sums[currency]!.transferred += lot.left
        other.receive(lot.left, currency, due: lot.due, expires: lot.expires, at: at)
      }
      let owed = sums[currency]!.debt
      let paid = other.spend(min(owed, other.available(currency)), currency)
      other.sums[currency]!.transferred -= owed
      other.sums[currency]!.debt += owed - paid.reduce(0) { $0 + $1.granted }
    }
    other.purchases += purchases
    for var hold in holds {
      hold.isOfAnother = true
      other.holds.append(hold)
    }
    for time in silver where time.until > at {
      if let place = other.silver.firstIndex(where: { $0.since <= at && at < $0.until }) {
        other.silver[place].grounds += time.grounds
      } else {
        other.silver.append(Silver(since: at, grounds: time.grounds))
      }
    }
    other.review(on: zone.date(of: at), at: at, cause: "merge")
    self = ReferenceAccount(zone)
  }
}
