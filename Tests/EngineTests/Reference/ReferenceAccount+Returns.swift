import Loyalty

/// What comes back, and what was voided of that.
extension ReferenceAccount {
  /// Brings back so many pieces of articles, or all that is left.
  mutating func bringBack(
    _ id: String, of sale: String, at: Instant, _ pieces: [String: Int64]?
  ) {
    advance(to: at)
    guard let place = purchases.firstIndex(where: { $0.id == sale }) else { return }
    let before = gives(purchases[place])
    var back = Return(id: id, purchase: sale, pieces: [:])
    for line in purchases[place].lines.indices {
      let (left, sku) = (purchases[place].lines[line].count, purchases[place].lines[line].sku)
      let count = min(left, pieces.map { $0[sku] ?? 0 } ?? left)
      purchases[place].lines[line].count -= count
      if count > 0 { back.pieces[sku] = count }
    }
    guard !back.pieces.isEmpty else { return }
    for piece in movePayments(place) {
      sums[.points]!.spent -= piece.granted
      receive(piece.granted, .points, due: piece.due, expires: piece.expires, at: at)
    }
    let purchase = purchases[place]
    let after = gives(purchase)
    purchases[place].hasBonus = after.hasBonus
    takeBack(
      before.points - after.points, .points, due: purchase.due, expires: purchase.expires,
      owes: true, &back)
    takeBack(
      before.stamps - after.stamps, .stamps, due: .distantPast, expires: purchase.stampsExpire,
      owes: false, &back)
    returns.append(back)
    settleSilver(at: max(at, clock))
  }

  /// A return was none: what it took is given again, and points that it gave back are spent again.
  mutating func undo(_ id: String, at: Instant) {
    advance(to: at)
    guard let back = returns.firstIndex(where: { $0.id == id && !$0.isVoid }),
      let place = purchases.firstIndex(where: { $0.id == returns[back].purchase })
    else { return }
    let before = gives(purchases[place])
    for line in purchases[place].lines.indices {
      let sku = purchases[place].lines[line].sku
      purchases[place].lines[line].count += returns[back].pieces[sku] ?? 0
    }
    for piece in movePayments(place) { spendAgain(piece) }
    purchases[place].hasBonus = purchases[place].hadBonus
    purchases[place].hasBonus = gives(purchases[place]).hasBonus
    let (purchase, after) = (purchases[place], gives(purchases[place]))
    returns[back].isVoid = true
    giveAgain(
      after.points - before.points, .points, due: purchase.due, expires: purchase.expires,
      returns[back])
    giveAgain(
      after.stamps - before.stamps, .stamps, due: .distantPast, expires: purchase.stampsExpire,
      returns[back])
    let now = max(at, clock)
    settleSilver(at: now)
    review(on: zone.date(of: at), at: now, cause: purchase.id, onlyNew: true)
  }

  /// Points that paid come back by share of the value, the last piece with the rest: first those
  /// that were spent last. Gives those between what was given back and what is to be now.
  private mutating func movePayments(_ place: Int) -> [Lot] {
    let purchase = purchases[place]
    let due = purchase.paid * (purchase.price - sum(purchase.lines)) / max(1, purchase.price)
    let (less, more) = (min(due, purchase.givenBack), max(due, purchase.givenBack))
    purchases[place].givenBack = due
    var (pieces, end): ([Lot], Int64) = ([], 0)
    for payment in purchase.payments.reversed() {
      let start = end
      end += payment.granted
      var piece = payment
      piece.granted = min(end, more) - max(start, less)
      if piece.granted > 0 { pieces.append(piece) }
    }
    return pieces
  }

  /// From the lot that they had gone into, then from others, then into debt.
  private mutating func spendAgain(_ piece: Lot) {
    var rest = piece.granted
    sums[.points]!.spent += rest
    let own = lots.firstIndex {
      $0.currency == .points && $0.due == piece.due && $0.expires == piece.expires
        && !isPending($0)
    }
    if let own {
      let used = min(rest, lots[own].left)
      lots[own].spent += used
      rest -= used
    }
    rest -= spend(rest, .points).reduce(0) { $0 + $1.granted }
    sums[.points]!.debt += rest
  }

  /// What was not there to be taken is not given; what is owed is paid first, and the rest goes
  /// where it was taken from, the purchase's own lot first.
  private mutating func giveAgain(
    _ amount: Int64, _ currency: Currency, due: Instant, expires: Instant, _ back: Return
  ) {
    var rest = amount - min(amount, back.letGo[currency] ?? 0)
    sums[currency]!.earned += rest
    if due <= clock {
      let paid = min(rest, sums[currency]!.debt)
      sums[currency]!.debt -= paid
      rest -= paid
    }
    let taken = back.taken.filter { $0.currency == currency }
    let isOwn = { (lot: Lot) in lot.due == due && lot.expires == expires }
    for piece in taken.filter(isOwn) + taken.filter({ !isOwn($0) }) {
      let given = min(rest, piece.granted)
      rest -= given
      put(given, currency, due: piece.due, expires: piece.expires)
    }
    put(rest, currency, due: due, expires: expires)
  }

  private mutating func put(
    _ amount: Int64, _ currency: Currency, due: Instant, expires: Instant
  ) {
    guard amount > 0 else { return }
    let known = lots.firstIndex {
      $0.currency == currency && $0.due == due && $0.expires == expires
    }
    let place = known ?? lots.count
    if known == nil { lots.append(Lot(currency: currency, due: due, expires: expires)) }
    lots[place].granted += amount
  }
}
