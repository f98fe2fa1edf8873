/// How points come back that something had cost, and how they go again where a return was voided.
extension Account {
  /// Gives back points that had been spent, into a lot that ends when they would have ended; a debt
  /// is paid first.
  public mutating func giveBack(
    _ amount: Int64, _ currency: CurrencyID, due lotDue: Instant, expires: Instant, at: Instant,
    _ reason: PostingReason, _ outcome: inout Outcome
  ) {
    let index = balanceIndex(currency)
    balances[index].isTouched = true
    balances[index].spent -= amount
    let paid = min(balances[index].debt, amount)
    if paid > 0 {
      balances[index].debt -= paid
      outcome.postings.append(
        Posting(
          currency: currency, from: .redeemed, to: .debt, amount: paid, at: at, reason: reason))
    }
    let rest = amount - paid
    guard rest > 0 else { return }
    balances[index].available += rest
    var posting = Posting(
      currency: currency, from: .redeemed, to: .available, amount: rest, at: at, reason: reason)
    posting.due = lotDue
    posting.expires = expires
    outcome.postings.append(posting)
    addToLot(currency, lotDue, expires, rest)
    due = min(due, expires)
  }

  /// Spends points again that had been given back: from the lot that they had gone into, then from
  /// what else is available, earliest expiry first, then into debt. Needs the lots.
  public mutating func spendAgain(
    _ amount: Int64, _ currency: CurrencyID, due: Instant, expires: Instant, at: Instant,
    _ reason: PostingReason, _ outcome: inout Outcome
  ) {
    precondition(lotsAreLoaded, "spending needs the lots")
    let index = balanceIndex(currency)
    balances[index].isTouched = true
    balances[index].spent += amount
    let paid = min(amount, balances[index].available)
    if paid > 0 {
      balances[index].available -= paid
      outcome.postings.append(
        Posting(
          currency: currency, from: .available, to: .redeemed, amount: paid, at: at,
          reason: reason))
      let own = lots.firstIndex {
        $0.currency == currency && $0.due == due && $0.expires == expires && $0.due <= clock
      }
      let first = own.map { min(paid, lots[$0].remaining) } ?? 0
      if let own, first > 0 { take(first, lot: own, &outcome) }
      if paid > first { take(paid - first, currency, \.spent, &outcome) }
    }
    guard amount > paid else { return }
    balances[index].debt += amount - paid
    outcome.postings.append(
      Posting(
        currency: currency, from: .debt, to: .redeemed, amount: amount - paid, at: at,
        reason: reason))
  }

  private mutating func take(_ amount: Int64, lot: Int, _ outcome: inout Outcome) {
    lots[lot].remaining -= amount
    lots[lot].spent += amount
    lots[lot].isTouched = true
    outcome.use(amount, ofLotDue: lots[lot].due, expiring: lots[lot].expires)
  }

  /// Gives the parts `range` of the outcome again, which had been taken back: what is owed is paid
  /// first, the rest goes into the lots that it had been taken from, `taken`, and what these do not
  /// say into the parts' own; where they had none, for they had paid a debt, it is good until
  /// `end`. What it gives is removed from `taken`.
  public mutating func giveAgain(
    parts range: Range<Int>, total: Int64, earnedAt: Instant, at: Instant, orUntil end: Instant,
    _ taken: inout [Original.Payment], _ outcome: inout Outcome
  ) {
    var part = outcome.parts[range.lowerBound]
    if part.expires == .distantPast { part.expires = end }
    let index = balanceIndex(part.currency)
    balances[index].isTouched = true
    balances[index].earned += total
    var done: Int64 = 0
    func post(_ bucket: Bucket, _ amount: Int64, _ lot: (due: Instant, expires: Instant)?) {
      var posting = Posting(
        currency: part.currency, from: .issued, to: bucket, amount: amount, at: at,
        reason: .return)
      posting.earnedAt = earnedAt
      (posting.due, posting.expires) = (lot?.due, lot?.expires)
      outcome.share(range, from: done, to: done + amount, into: &posting)
      outcome.postings.append(posting)
      done += amount
    }
    let paid = part.due > clock ? 0 : min(balances[index].debt, total)
    if paid > 0 {
      balances[index].debt -= paid
      post(.debt, paid, nil)
    }
    for piece in Self.pieces(of: total - paid, part, &taken) {
      let waits = piece.due > clock
      post(waits ? .pending : .available, piece.amount, (piece.due, piece.expires))
      if waits {
        balances[index].pending += piece.amount
      } else {
        balances[index].available += piece.amount
      }
      addToLot(part.currency, piece.due, piece.expires, piece.amount)
      due = min(due, waits ? piece.due : piece.expires)
    }
  }

  private static func pieces(
    of amount: Int64, _ part: Part, _ taken: inout [Original.Payment]
  ) -> [(due: Instant, expires: Instant, amount: Int64)] {
    var pieces: [(due: Instant, expires: Instant, amount: Int64)] = []
    var left = amount
    func add(_ due: Instant, _ expires: Instant, _ amount: Int64) {
      left -= amount
      if let same = pieces.firstIndex(where: { $0.due == due && $0.expires == expires }) {
        pieces[same].amount += amount
      } else {
        pieces.append((due, expires, amount))
      }
    }
    for isOwn in [true, false] {
      for place in taken.indices where left > 0 && taken[place].currency == part.currency {
        guard let due = taken[place].due, let expires = taken[place].expires,
          (due == part.due && expires == part.expires) == isOwn
        else { continue }
        let piece = min(left, taken[place].amount)
        guard piece > 0 else { continue }
        taken[place].amount -= piece
        add(due, expires, piece)
      }
    }
    if left > 0 { add(part.due, part.expires, left) }
    return pieces
  }
}
