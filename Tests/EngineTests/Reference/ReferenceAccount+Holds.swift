import Loyalty

/// What is set aside for a redemption, and what becomes of it.
extension ReferenceAccount {
  /// Sets points aside, or so many vouchers' price; nothing where there are fewer.
  mutating func hold(
    _ id: String, at: Instant, seconds: Int64, points: Int64, vouchers: Int64 = 0
  ) {
    advance(to: at)
    guard available(.points) >= points else { return }
    let pieces = spend(points, .points)
    for piece in pieces {
      let lot = place(of: piece)
      lots[lot].spent -= piece.granted
      lots[lot].held += piece.granted
    }
    holds.append(Hold(id: id, until: at + seconds, pieces: pieces, vouchers: vouchers))
  }

  /// What another account had set aside until it went into this one, for as long as it had.
  mutating func holdAgain(_ hold: Hold, at: Instant) {
    let left = hold.until.microseconds - at.microseconds
    self.hold(
      hold.id, at: at, seconds: (left + 999_999) / 1_000_000,
      points: hold.pieces.reduce(0) { $0 + $1.granted }, vouchers: hold.vouchers)
  }

  /// Redeems what is held, or only so many points of it; the rest is free again.
  mutating func capture(_ id: String, at: Instant, points: Int64?) {
    advance(to: at)
    guard let hold = holds.firstIndex(where: { $0.id == id && $0.state == .open }),
      let part = part(points, of: holds[hold])
    else { return }
    var (left, paid, rest) = (part, [Lot](), [Lot]())
    for piece in holds[hold].pieces {
      let (amount, lot) = (min(left, piece.granted), place(of: piece))
      left -= amount
      lots[lot].held -= amount
      lots[lot].spent += amount
      sums[.points]!.spent += amount
      paid.append(piece.of(amount))
      rest.append(piece.of(piece.granted - amount))
    }
    free(rest)
    holds[hold].vouchers = holds[hold].vouchers(of: part)
    holds[hold].pieces = paid
    holds[hold].state = .captured
  }

  mutating func release(_ id: String, at: Instant) {
    advance(to: at)
    guard let hold = holds.firstIndex(where: { $0.id == id && $0.state == .open }) else { return }
    free(holds[hold].pieces)
    holds[hold].state = .over
  }

  /// Gives back what was captured, or only so many points of it: first those that were spent last,
  /// and they end when they would have ended.
  mutating func refund(_ id: String, at: Instant, points: Int64?) {
    advance(to: at)
    guard let hold = holds.firstIndex(where: { $0.id == id && $0.state == .captured }),
      points == nil || !holds[hold].isOfAnother || holds[hold].vouchers == 0,
      let part = part(points, of: holds[hold])
    else { return }
    let standing = holds[hold].vouchers - holds[hold].vouchers(of: part)
    var left = part
    for place in holds[hold].pieces.indices.reversed() {
      let piece = holds[hold].pieces[place]
      let amount = min(left, piece.granted)
      left -= amount
      holds[hold].pieces[place].granted -= amount
      sums[.points]!.spent -= amount
      receive(amount, .points, due: piece.due, expires: piece.expires, at: at)
    }
    holds[hold].vouchers = standing
    if holds[hold].pieces.allSatisfy({ $0.granted == 0 }) { holds[hold].state = .over }
  }

  /// What is free again pays what is owed first.
  mutating func free(_ pieces: [Lot]) {
    let total = pieces.reduce(0) { $0 + $1.granted }
    var paid = min(total, sums[.points]!.debt)
    sums[.points]!.debt -= paid
    for piece in pieces {
      let (lot, used) = (place(of: piece), min(paid, piece.granted))
      lots[lot].held -= piece.granted
      lots[lot].spent += used
      paid -= used
    }
  }

  /// Points of a part; nil where there are not so many, or no whole vouchers.
  private func part(_ points: Int64?, of hold: Hold) -> Int64? {
    let whole = hold.pieces.reduce(0) { $0 + $1.granted }
    guard let points else { return whole }
    if hold.vouchers > 0, points % ReferenceProgram.price != 0 { return nil }
    return points <= whole ? points : nil
  }

  private func place(of piece: Lot) -> Int {
    lots.firstIndex {
      $0.currency == piece.currency && $0.due == piece.due && $0.expires == piece.expires
    }!
  }
}

extension ReferenceAccount.Hold {
  fileprivate func vouchers(of points: Int64) -> Int64 {
    vouchers == 0 ? 0 : points / ReferenceProgram.price
  }
}

extension ReferenceAccount.Lot {
  /// The same with another amount.
  fileprivate func of(_ amount: Int64) -> Self {
    var lot = self
    lot.granted = amount
    return lot
  }
}
