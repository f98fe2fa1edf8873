/// Points that come from elsewhere than a rule, and that go elsewhere than for a reward.
extension Account {
  /// Takes points in: what is owed is paid first, the rest is a lot. `from` is the program's own
  /// side: issued, adjusted or transfer.
  public mutating func receive(
    _ lot: Movement.Lot, from bucket: Bucket, at: Instant, _ reason: PostingReason,
    _ outcome: inout Outcome
  ) {
    let index = balanceIndex(lot.currency)
    balances[index].isTouched = true
    balances[index].move(lot.amount, bucket)
    let waits = lot.due > clock && lot.due > at
    let paid = waits ? 0 : min(balances[index].debt, lot.amount)
    if paid > 0 {
      balances[index].debt -= paid
      outcome.postings.append(
        Posting(
          currency: lot.currency, from: bucket, to: .debt, amount: paid, at: at, reason: reason))
    }
    let rest = lot.amount - paid
    guard rest > 0 else { return }
    if waits { balances[index].pending += rest } else { balances[index].available += rest }
    var posting = Posting(
      currency: lot.currency, from: bucket, to: waits ? .pending : .available, amount: rest,
      at: at, reason: reason)
    posting.due = lot.due
    posting.expires = lot.expires
    outcome.postings.append(posting)
    addToLot(lot.currency, lot.due, lot.expires, rest)
    due = min(due, waits ? lot.due : lot.expires)
  }

  /// Gives points away, the earliest expiry first; `isOwed` lets what is missing become debt.
  /// False, and nothing is done, where there are not so many. Needs the lots.
  public mutating func giveAway(
    _ amount: Int64, _ currency: CurrencyID, to bucket: Bucket, at: Instant,
    _ reason: PostingReason, isOwed: Bool = false, _ outcome: inout Outcome
  ) -> Bool {
    precondition(lotsAreLoaded, "giving points away needs the lots")
    let index = balanceIndex(currency)
    let paid = min(amount, balances[index].available)
    guard isOwed || paid == amount else { return false }
    balances[index].isTouched = true
    balances[index].move(-amount, bucket)
    if paid > 0 {
      balances[index].available -= paid
      outcome.postings.append(
        Posting(
          currency: currency, from: .available, to: bucket, amount: paid, at: at, reason: reason))
      take(paid, currency, \.spent, &outcome)
    }
    if amount > paid {
      balances[index].debt += amount - paid
      outcome.postings.append(
        Posting(
          currency: currency, from: .debt, to: bucket, amount: amount - paid, at: at,
          reason: reason))
    }
    return true
  }

  /// Gives everything away: what is available and what is pending; what is owed is let go, and
  /// comes from `forgiver`. Needs the lots.
  public mutating func giveUp(
    to bucket: Bucket, debtFrom forgiver: Bucket, at: Instant, _ reason: PostingReason,
    _ outcome: inout Outcome
  ) {
    precondition(lotsAreLoaded, "giving everything away needs the lots")
    for index in balances.indices.sorted(by: { balances[$0].currency < balances[$1].currency }) {
      let balance = balances[index]
      let column: WritableKeyPath<Lot, Int64> = bucket == .expired ? \.expired : \.spent
      for (from, amount) in [(Bucket.available, balance.available), (.pending, balance.pending)]
      where amount > 0 {
        outcome.postings.append(
          Posting(
            currency: balance.currency, from: from, to: bucket, amount: amount, at: at,
            reason: reason))
        take(amount, balance.currency, pending: from == .pending, column, &outcome)
      }
      if balance.debt > 0 {
        outcome.postings.append(
          Posting(
            currency: balance.currency, from: forgiver, to: .debt, amount: balance.debt, at: at,
            reason: reason))
      }
      guard balance.available + balance.pending + balance.debt > 0 else { continue }
      balances[index].available = 0
      balances[index].pending = 0
      balances[index].debt = 0
      balances[index].move(-balance.available - balance.pending, bucket)
      balances[index].move(balance.debt, forgiver)
      balances[index].isTouched = true
    }
    refreshDue()
  }
}

extension Balance {
  /// Notes on the program's side what came from there, or went there where it is below zero.
  fileprivate mutating func move(_ amount: Int64, _ bucket: Bucket) {
    switch bucket {
    case .adjusted: adjusted += amount
    case .transfer: transferred += amount
    case .expired: expired -= amount
    case .issued where amount > 0: earned += amount
    case .issued: reversed -= amount
    default: preconditionFailure("points neither come from \(bucket) nor go there by hand")
    }
  }
}
