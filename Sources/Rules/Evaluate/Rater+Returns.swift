import Loyalty

/// What comes back of a sale that is known: `reversal` says what it is.
extension Rater {
  mutating func takeBack(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let own = reversals.filter { $0.refused == nil }
    guard !own.isEmpty else {
      // What an exchange sells is sold all the same.
      if event.kind == .return || event.kind == .void || event.lines.isEmpty {
        outcome.refused = reversals.first?.refused ?? "its original is not known"
      }
      return
    }
    forgetMatches()
    for reversal in own {
      outcome.returned.append(reversal.record)
      for payment in reversal.payments {
        if reversal.record.isGone {
          spendAgain(payment, event, &account, &outcome)
        } else {
          giveBack(payment, event, &account, &outcome)
        }
      }
      bookBack(reversal, event, &account, &outcome)
      for change in reversal.counters {
        account.count(change.counter, change.bucket, change.value)
      }
      for draw in reversal.draws { redraw(draw, &outcome) }
    }
    if notesUses { noteUses(&outcome, at: event.at, from: booked) }
    countBooked(outcome, &account, from: booked)
    takeBackTiers(own, event, &account, &outcome)
    if let undone = own.first(where: \.record.isGone) {
      // What tiers come of it came of the sale.
      let key = undone.original.key
      cause = .undone(account: key.account, seq: key.seq, isBack: undone.isBack)
      reviewTiers(event, &account, &outcome, onlyNew: true)
      cause = .event(account: account.id, seq: event.seq)
    } else if !program.heldTiers.isEmpty {
      endUnmet(at: max(event.at, account.clock), &account, &outcome)
    }
    guard event.kind == .sale || event.kind == .exchange else { return }
    // It is booked; what is sold comes next, and is shown first.
    for part in outcome.parts { dayParts.append(part) }
    outcome.parts.removeAll()
    booked = BookedPlace(outcome)
  }

  /// Tiers and coupons: of what comes back, and of what is undone.
  private mutating func takeBackTiers(
    _ own: [Reversal], _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    for (place, reversal) in own.enumerated() {
      let isBack = reversal.isBack
      account.mark(reversal.original, &outcome) { ground in
        isBack && (ground.kind != .granted || !reversal.grants.contains(ground.tier))
      }
      guard !reversal.record.isGone else { continue }
      outcome.returned[place].withdrawn += account.takeBackCoupons(reversal)
    }
    let withdrawn = settleTiers(event, &account, &outcome)
    if let place = own.firstIndex(where: { !$0.record.isGone }) {
      outcome.returned[place].withdrawn += withdrawn
    }
    for (place, reversal) in own.enumerated() where reversal.record.isGone {
      let coupons = account.giveCouponsAgain(reversal, program, &outcome.returned[place])
      outcome.returned[place].withdrawn += coupons
    }
  }

  /// What came back of a budget can be given to others; what is given again is taken from it, as
  /// far as there is anything left.
  private mutating func redraw(_ draw: BudgetDraw, _ outcome: inout Outcome) {
    let place = program.budgets.firstIndex { $0.id == draw.budget }
    if draw.amount > 0 {
      if let place { _ = self.draw(draw.amount, place, &outcome) }
      return
    }
    outcome.draws.append(draw)
    guard let place, shares[place].left < .max else { return }
    shares[place].left -= draw.amount
  }

  private mutating func bookBack(
    _ reversal: Reversal, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let first = outcome.parts.count
    var (taken, letGo) = (reversal.taken, reversal.letGo)
    var start = 0
    while start < reversal.parts.count {
      let part = reversal.parts[start]
      let same = reversal.parts.indices.dropFirst(start).prefix {
        reversal.parts[$0].currency == part.currency && reversal.parts[$0].due == part.due
          && reversal.parts[$0].expires == part.expires
          && reversal.earnedAt[$0] == reversal.earnedAt[start]
      }
      for place in same { outcome.parts.append(reversal.parts[place]) }
      let total = same.reduce(0) { $0 + reversal.parts[$1].amount }
      if total < 0 {
        account.takeBack(
          parts: first + start..<first + same.endIndex, total: -total,
          earnedAt: reversal.earnedAt[start], at: event.at, program.reach(of: part.currency),
          &outcome)
      } else if total > 0 {
        // What was not there to be taken is not given either.
        let missing = min(total, letGo[part.currency] ?? 0)
        letGo[part.currency]? -= missing
        if total > missing {
          account.giveAgain(
            parts: first + start..<first + same.endIndex, total: total - missing,
            earnedAt: reversal.earnedAt[start], at: event.at,
            orUntil: end(of: Original.Payment(currency: part.currency, amount: total)), &taken,
            &outcome)
        }
      }
      start = same.endIndex
    }
  }

  /// Points that had paid come back with the dates that they had; those that were owed begin anew.
  private mutating func giveBack(
    _ payment: Original.Payment, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    account.giveBack(
      payment.amount, payment.currency, due: payment.due ?? .distantPast,
      expires: end(of: payment), at: event.at,
      payment.isConversion ? .conversion : .givenBack, &outcome)
  }

  private mutating func spendAgain(
    _ payment: Original.Payment, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    account.spendAgain(
      payment.amount, payment.currency, due: payment.due ?? .distantPast,
      expires: end(of: payment), at: event.at,
      payment.isConversion ? .conversion : .givenBack, &outcome)
  }

  private func end(of payment: Original.Payment) -> Instant {
    if let expires = payment.expires { return expires }
    var expires = Instant.distantFuture
    if let place = program.currencies.firstIndex(where: { $0.id == payment.currency }),
      program.currencies[place].expiry != .never, !program.currencies[place].expiry.isByActivity
    {
      let day = program.currencies[place].expiry.lastDay(earned: moment.day, released: moment.day)
      expires = program.zone.end(of: day)
    }
    return expires
  }
}

extension Program {
  /// How far points may be taken back; of a currency that is no more, not beyond what there is.
  func reach(of currency: CurrencyID) -> Account.Reach {
    switch currencies.first(where: { $0.id == currency })?.returns {
    case .debt: .debt
    case .pending: .pending
    case .balance, nil: .balance
    }
  }
}
