/// How points move within an account. Every function adds its postings to the outcome and keeps
/// balances, lots and `due` true.
extension Account {
  /// Books the parts `range` of the outcome (one currency, one lot): their sum is given, or taken
  /// back where it is below zero.
  ///
  /// What may be taken back where the balance does not reach is the currency's `returns`. `reason`
  /// is the postings', where it is neither an accrual nor a return.
  public mutating func book(
    parts range: Range<Int>, total: Int64, at: Instant, debtAllowed: Bool, balanceAllowed: Bool,
    reason: PostingReason? = nil, _ outcome: inout Outcome
  ) {
    let part = outcome.parts[range.lowerBound]
    let first = outcome.postings.count
    if total > 0 {
      grant(total, part, range, at, &outcome)
    } else if total < 0 {
      takeBack(-total, part.currency, range, at, debtAllowed, balanceAllowed, &outcome)
    }
    guard let reason else { return }
    for index in first..<outcome.postings.count { outcome.postings[index].reason = reason }
  }

  private mutating func grant(
    _ total: Int64, _ part: Part, _ range: Range<Int>, _ at: Instant, _ outcome: inout Outcome
  ) {
    let waits = part.due > clock && part.due > at
    let paid = balances[balanceIndex(part.currency)].grant(total, waits: waits)
    if paid > 0 {
      var posting = Posting(
        currency: part.currency, from: .issued, to: .debt, amount: paid, at: at, reason: .accrual)
      outcome.share(range, from: 0, to: paid, into: &posting)
      outcome.postings.append(posting)
    }
    let rest = total - paid
    guard rest > 0 else { return }
    var posting = Posting(
      currency: part.currency, from: .issued, to: waits ? .pending : .available, amount: rest,
      at: at, reason: .accrual)
    posting.due = part.due
    posting.expires = part.expires
    outcome.share(range, from: paid, to: total, into: &posting)
    outcome.postings.append(posting)
    addToLot(part.currency, part.due, part.expires, rest)
    due = min(due, waits ? part.due : part.expires)
  }

  mutating func addToLot(
    _ currency: CurrencyID, _ due: Instant, _ expires: Instant, _ amount: Int64
  ) {
    var index = lots.count - 1
    while index >= 0 {
      if lots[index].due == due, lots[index].expires == expires, lots[index].currency == currency {
        break
      }
      index -= 1
    }
    if index < 0 {
      if lots.isEmpty { lots.reserveCapacity(Account.fewAtFirst) }
      lots.append(Lot(currency: currency, due: due, expires: expires))
      index = lots.count - 1
    }
    lots[index].grant(amount)
  }

  /// Takes back from what is pending, then from what is available, then into debt. Needs the lots.
  private mutating func takeBack(
    _ total: Int64, _ currency: CurrencyID, _ range: Range<Int>, _ at: Instant,
    _ debtAllowed: Bool, _ balanceAllowed: Bool, _ outcome: inout Outcome
  ) {
    precondition(lotsAreLoaded, "taking points back needs the lots")
    let index = balanceIndex(currency)
    balances[index].isTouched = true
    var done: Int64 = 0
    for bucket in [Bucket.pending, .available, .debt] {
      let most: Int64
      switch bucket {
      case .pending: most = balances[index].pending
      case .available: most = balanceAllowed ? balances[index].available : 0
      default: most = debtAllowed ? .max : 0
      }
      let amount = min(most, total - done)
      guard amount > 0 else { continue }
      var posting = Posting(
        currency: currency, from: bucket, to: .issued, amount: amount, at: at, reason: .return)
      outcome.share(range, from: done, to: done + amount, into: &posting)
      outcome.postings.append(posting)
      done += amount
      balances[index].reversed += amount
      switch bucket {
      case .pending:
        balances[index].pending -= amount
        take(amount, currency, pending: true, \.reversed, &outcome)
      case .available:
        balances[index].available -= amount
        take(amount, currency, \.reversed, &outcome)
      default: balances[index].debt += amount
      }
    }
  }

  /// Gives up points that are held for others. Needs the lots, and that so many are available.
  public mutating func convertAway(
    _ amount: Int64, _ currency: CurrencyID, at: Instant, _ outcome: inout Outcome
  ) {
    precondition(lotsAreLoaded, "giving points up needs the lots")
    let index = balanceIndex(currency)
    balances[index].isTouched = true
    balances[index].available -= amount
    balances[index].spent += amount
    outcome.postings.append(
      Posting(
        currency: currency, from: .available, to: .redeemed, amount: amount, at: at,
        reason: .conversion))
    take(amount, currency, \.spent, &outcome)
  }

  /// Takes `amount` from the lots, earliest expiry first, for the outcome's last posting: from the
  /// pending ones or from the others, and of these, where a pot is named, from its own.
  mutating func take(
    _ amount: Int64, _ currency: CurrencyID, pending: Bool = false, pot: Instant? = nil,
    _ column: WritableKeyPath<Lot, Int64>, _ outcome: inout Outcome
  ) {
    let posting = Int32(outcome.postings.count - 1)
    var left = amount
    let order = lots.indices.filter {
      lots[$0].currency == currency && lots[$0].remaining > 0 && (lots[$0].due > clock) == pending
        && (pot == nil || lots[$0].due == pot)
    }.sorted { (lots[$0].expires, lots[$0].due) < (lots[$1].expires, lots[$1].due) }
    for index in order where left > 0 {
      let used = min(left, lots[index].remaining)
      lots[index].remaining -= used
      lots[index][keyPath: column] += used
      lots[index].isTouched = true
      outcome.use(used, ofLotDue: lots[index].due, expiring: lots[index].expires, by: posting)
      left -= used
    }
    precondition(left == 0, "lots hold less than the balance")
  }

  /// Releases what falls due and ends what expires up to and with `instant`, in the order of time,
  /// and moves the clock there.
  /// Needs the lots where `due` has come.
  public mutating func settleLots(upTo instant: Instant, _ outcome: inout Outcome) {
    while true {
      let next = nextSettlement(upTo: instant)
      if !holds.isEmpty, let hold = nextLapse(upTo: instant),
        lapses(holds[hold].until, before: next)
      {
        release(hold, .lapsed, at: holds[hold].until, &outcome)
        continue
      }
      guard let next else { break }
      if next.isRelease { release(next.at, &outcome) } else { expire(next.lot, next.at, &outcome) }
    }
    clock = max(clock, instant)
    refreshDue()
  }

  /// At one instant releases come first, then holds that fall away, then ends.
  private func lapses(
    _ until: Instant, before next: (at: Instant, isRelease: Bool, lot: Int)?
  ) -> Bool {
    guard let next else { return true }
    return next.isRelease ? until < next.at : until <= next.at
  }

  /// The earliest release or end; at the same instant releases come first, then by currency and
  /// lot:
  /// in an order that does not depend on how the lots were read.
  private func nextSettlement(
    upTo instant: Instant
  ) -> (at: Instant, isRelease: Bool, lot: Int)? {
    var next: (at: Instant, isRelease: Bool, lot: Int)?
    for index in lots.indices where lots[index].remaining > 0 {
      let lot = lots[index]
      let isRelease = lot.due > clock && (lot.due <= lot.expires || !endsByItself(lot))
      let at = isRelease ? lot.due : lot.expires
      guard at <= instant, isRelease || endsByItself(lot) else { continue }
      guard let best = next else {
        next = (at, isRelease, index)
        continue
      }
      let other = lots[best.lot]
      if (at, isRelease ? 0 : 1, lot.currency, lot.due, lot.expires)
        < (best.at, best.isRelease ? 0 : 1, other.currency, other.due, other.expires)
      {
        next = (at, isRelease, index)
      }
    }
    return next
  }

  /// Releases all lots that fall due at `at`, one posting a currency, and moves the clock there.
  private mutating func release(_ at: Instant, _ outcome: inout Outcome) {
    let lotsDue = lots.indices.filter { lots[$0].due == at && lots[$0].remaining > 0 }
      .sorted { (lots[$0].currency, lots[$0].expires) < (lots[$1].currency, lots[$1].expires) }
    clock = at
    for index in lotsDue {
      let lot = lots[index]
      let place = balanceIndex(lot.currency)
      balances[place].isTouched = true
      balances[place].pending -= lot.remaining
      let paid = min(balances[place].debt, lot.remaining)
      if paid > 0 {
        balances[place].debt -= paid
        outcome.postings.append(
          Posting(
            currency: lot.currency, from: .pending, to: .debt, amount: paid, at: at,
            reason: .release))
        lots[index].remaining -= paid
        lots[index].spent += paid
        lots[index].isTouched = true
        outcome.use(paid, ofLotDue: lot.due, expiring: lot.expires)
      }
      let rest = lot.remaining - paid
      guard rest > 0 else { continue }
      balances[place].available += rest
      outcome.postings.append(
        Posting(
          currency: lot.currency, from: .pending, to: .available, amount: rest, at: at,
          reason: .release))
    }
  }

  private func endsByItself(_ lot: Lot) -> Bool {
    ownExpiry.isEmpty || !ownExpiry.contains(lot.currency)
  }

  /// Ends what is left of a lot.
  public mutating func expire(_ index: Int, _ at: Instant, _ outcome: inout Outcome) {
    let amount = lots[index].remaining
    let place = balanceIndex(lots[index].currency)
    let wasPending = lots[index].due > at
    balances[place].isTouched = true
    if wasPending {
      balances[place].pending -= amount
    } else {
      balances[place].available -= amount
    }
    balances[place].expired += amount
    lots[index].remaining = 0
    lots[index].expired += amount
    lots[index].isTouched = true
    outcome.postings.append(
      Posting(
        currency: lots[index].currency, from: wasPending ? .pending : .available, to: .expired,
        amount: amount, at: at, reason: .expiry))
    outcome.use(amount, ofLotDue: lots[index].due, expiring: lots[index].expires)
  }

  /// Reckons anew when something next falls due.
  public mutating func refreshDue() {
    var next = lotsAreLoaded ? Instant.distantFuture : dueOfUnloaded
    for lot in lots where lot.remaining > 0 {
      if lot.due > clock {
        next = min(next, lot.due)
      } else if endsByItself(lot) {
        next = min(next, lot.expires)
      }
    }
    for standing in standings where standing.until > clock { next = min(next, standing.until) }
    for hold in holds where hold.isOpen { next = min(next, hold.until) }
    due = next
  }
}

extension Outcome {
  /// Brings together the parts that go into one lot with the part at `start`: they then stand from
  /// there to `end`, and come to `total`.
  public mutating func gatherLot(from start: Int) -> (end: Int, total: Int64) {
    let filled = parts.filled
    var list = parts.items.mutableSpan
    var end = start
    var total: Int64 = 0
    guard filled > start + 1 else { return (filled, list[start].amount) }
    let (currency, due, expires) = (list[start].currency, list[start].due, list[start].expires)
    for next in start..<filled
    where list[next].currency == currency && list[next].due == due
      && list[next].expires == expires
    {
      total += list[next].amount
      if next != end { list.swapAt(next, end) }
      end += 1
    }
    return (end, total)
  }

  /// Gives a posting the shares of the parts between two running totals (of magnitudes): a posting
  /// that covers a piece of what the parts gave gets just that piece of each. The first and the
  /// last piece are open, for parts below zero may lead the running total out of them.
  public mutating func share(
    _ range: Range<Int>, from low: Int64, to high: Int64, into posting: inout Posting
  ) {
    posting.firstShare = Int32(shares.count)
    if low != 0 || !shareAll(range, high) {
      shares.removeLast(shares.count - Int(posting.firstShare))
      shareSome(range, low, high)
    }
    posting.endShare = Int32(shares.count)
  }

  /// The parts whole, where they come to `high` and none goes the other way; false where not.
  private mutating func shareAll(_ range: Range<Int>, _ high: Int64) -> Bool {
    let first = shares.filled
    shares.lengthen(by: range.count, PartShare(rule: 0, basis: 0, sum: 0))
    return Outcome.shareAll(parts.items, range, &shares.items, from: first) == high
  }

  /// What the parts come to; nil where they go both ways.
  private static func shareAll(
    _ partList: borrowing [Part], _ range: Range<Int>, _ shareList: inout [PartShare],
    from first: Int
  ) -> Int64? {
    let parts = partList.span
    var shares = shareList.mutableSpan
    let isGiven = parts[range.lowerBound].amount > 0
    var running: Int64 = 0
    var place = first
    for index in range {
      let amount = parts[index].amount
      if (amount > 0) != isGiven { return nil }
      running += isGiven ? amount : -amount
      shares[place] = PartShare(rule: parts[index].rule, basis: parts[index].basis, sum: running)
      place += 1
    }
    return running
  }

  private mutating func shareSome(_ range: Range<Int>, _ low: Int64, _ high: Int64) {
    var total: Int64 = 0
    for index in range { total += parts[index].amount }
    let sign: Int64 = total < 0 ? -1 : 1
    let bottom = low == 0 ? Int64.min : low
    let top = high == total * sign ? Int64.max : high
    var running: Int64 = 0
    for index in range {
      let before = min(max(running, bottom), top)
      running += parts[index].amount * sign
      let after = min(max(running, bottom), top)
      guard after != before else { continue }
      shares.append(
        PartShare(rule: parts[index].rule, basis: parts[index].basis, sum: after - low))
    }
  }
}
