/// How points are spent: the earliest expiry first.
extension Account {
  /// What may be spent of a currency at once: where it has pots, the fullest that is open.
  public func spendable(_ currency: CurrencyID, hasPots: Bool) -> Int64 {
    guard hasPots else { return balance(currency).available }
    return pots(currency).map(\.amount).max() ?? 0
  }

  /// What is open in each pot, by when it ends; a pot is what was earned in one period.
  private func pots(_ currency: CurrencyID) -> [(due: Instant, expires: Instant, amount: Int64)] {
    var pots: [(due: Instant, expires: Instant, amount: Int64)] = []
    for lot in lots where lot.currency == currency && lot.remaining > 0 && lot.due <= clock {
      if let place = pots.firstIndex(where: { $0.due == lot.due }) {
        pots[place].amount += lot.remaining
        pots[place].expires = min(pots[place].expires, lot.expires)
      } else {
        pots.append((lot.due, lot.expires, lot.remaining))
      }
    }
    return pots.sorted { ($0.expires, $0.due) < ($1.expires, $1.due) }
  }

  /// Spends from what is available; what does not reach becomes debt where that is allowed. Of pots
  /// it is the first to end that holds the whole amount. Needs the lots.
  public mutating func spend(
    _ amount: Int64, _ currency: CurrencyID, hasPots: Bool, at: Instant, _ outcome: inout Outcome
  ) {
    precondition(lotsAreLoaded, "spending needs the lots")
    let index = balanceIndex(currency)
    balances[index].isTouched = true
    let paid = min(amount, balances[index].available)
    let pot = pot(amount, currency, hasPots)
    if paid > 0 {
      balances[index].available -= paid
      balances[index].spent += paid
      outcome.postings.append(
        Posting(
          currency: currency, from: .available, to: .redeemed, amount: paid, at: at,
          reason: .redemption))
      take(paid, currency, pot: pot, \.spent, &outcome)
    }
    let owed = amount - paid
    guard owed > 0 else { return }
    balances[index].debt += owed
    balances[index].spent += owed
    outcome.postings.append(
      Posting(
        currency: currency, from: .debt, to: .redeemed, amount: owed, at: at, reason: .redemption))
  }

  /// The first pot to end that holds an amount; nil where all lots are one.
  func pot(_ amount: Int64, _ currency: CurrencyID, _ hasPots: Bool) -> Instant? {
    hasPots ? pots(currency).first { $0.amount >= amount }?.due : nil
  }
}
