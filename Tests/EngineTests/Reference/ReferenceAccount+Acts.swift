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

  func sum(_ lines: [Line]) -> Int64 { lines.reduce(0) { $0 + $1.price * $1.count } }

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
    purchase.hadBonus = purchase.hasBonus
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
  mutating func redeem(_ amount: Int64) -> [Lot] {
    let taken = spend(amount, .points)
    sums[.points]!.spent += amount
    sums[.points]!.debt += amount - taken.reduce(0) { $0 + $1.granted }
    return taken
  }

  /// A voucher for points, where there are so many.
  mutating func redeemVoucher(at: Instant) {
    advance(to: at)
    if available(.points) >= ReferenceProgram.price { redeem(ReferenceProgram.price) }
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
  mutating func review(on day: CivilDate, at now: Instant, cause: String, onlyNew: Bool = false) {
    let ground = Ground(quarter: day.startOfQuarter, cause: cause, until: kept(from: day))
    guard spend(inQuarterOf: day) >= 40_000, ground.until > now else { return }
    let kept = silver.last { $0.since <= now && now < $0.until }?.until
    if let kept, onlyNew || ground.until <= kept { return }
    grounds.append(ground)
    settleSilver(at: now)
  }

  /// Silver lasts as long as a ground whose cause did not come back, not even in part, or whose
  /// goal is met without it.
  mutating func settleSilver(at now: Instant) {
    let back = Set(returns.filter { !$0.isVoid }.map(\.purchase))
    let until =
      grounds.filter { !back.contains($0.cause) || spend(inQuarterOf: $0.quarter) >= 40_000 }
      .map(\.until).max() ?? .distantPast
    if let place = silver.lastIndex(where: { $0.since <= now && now < $0.until }) {
      silver[place].until = max(until, now)
    } else if until > now {
      silver.append(Silver(since: now, until: until))
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
    let open = holds.filter { $0.state == .open }
    for hold in open { release(hold.id, at: at) }
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
    for hold in open { other.holdAgain(hold, at: at) }
    other.returns += returns
    other.grounds += grounds
    let kept = silver.last { $0.since <= at && at < $0.until }?.until ?? at
    if let place = other.silver.lastIndex(where: { $0.since <= at && at < $0.until }) {
      other.silver[place].until = max(other.silver[place].until, kept)
    } else if kept > at {
      other.silver.append(Silver(since: at, until: kept))
    }
    other.review(on: zone.date(of: at), at: at, cause: "merge")
    self = ReferenceAccount(zone)
  }
}
