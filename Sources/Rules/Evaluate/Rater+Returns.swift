import Loyalty

/// What comes back of a sale that is known: `reversal` says what it is.
extension Rater {
  mutating func takeBack(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    guard let reversal, reversal.refused == nil else {
      // What an exchange sells is sold all the same.
      if event.kind == .return || event.kind == .void || event.lines.isEmpty {
        outcome.refused = reversal?.refused ?? "its original is not known"
      }
      return
    }
    outcome.returned = reversal.record
    forgetMatches()
    for payment in reversal.payments { giveBack(payment, event, &account, &outcome) }
    bookBack(reversal, event, &account, &outcome)
    for change in reversal.counters {
      account.count(change.counter, change.bucket, change.value)
    }
    for draw in reversal.draws { refill(draw, &outcome) }
    if notesUses { noteUses(&outcome, at: event.at, from: booked) }
    countBooked(outcome, &account, from: booked)
    let withdrawn = account.takeBackCoupons(reversal)
    outcome.returned?.withdrawn += withdrawn
    withdrawTiers(reversal, event, &account, &outcome)
    if !program.heldTiers.isEmpty {
      endUnmet(at: max(event.at, account.clock), &account, &outcome)
    }
    guard event.kind == .sale || event.kind == .exchange else { return }
    // It is booked; what is sold comes next, and is shown first.
    for part in outcome.parts { dayParts.append(part) }
    outcome.parts.removeAll()
    booked = BookedPlace(outcome)
  }

  /// What came back of a budget can be given to others.
  private mutating func refill(_ draw: BudgetDraw, _ outcome: inout Outcome) {
    outcome.draws.append(draw)
    guard let place = program.budgets.firstIndex(where: { $0.id == draw.budget }),
      shares[place].left < .max
    else { return }
    shares[place].left -= draw.amount
  }

  private mutating func bookBack(
    _ reversal: Reversal, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let first = outcome.parts.count
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
      }
      start = same.endIndex
    }
  }

  /// Points that had paid come back with the dates that they had; those that were owed begin anew.
  private mutating func giveBack(
    _ payment: Original.Payment, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    var expires = Instant.distantFuture
    if payment.expires == nil,
      let place = program.currencies.firstIndex(where: { $0.id == payment.currency }),
      program.currencies[place].expiry != .never, !program.currencies[place].expiry.isByActivity
    {
      let day = program.currencies[place].expiry.lastDay(earned: moment.day, released: moment.day)
      expires = program.zone.end(of: day)
    }
    account.giveBack(
      payment.amount, payment.currency, due: payment.due ?? .distantPast,
      expires: payment.expires ?? expires, at: event.at, &outcome)
  }

  // MARK: - Tiers

  /// Withdraws the tiers that the sale had caused, unless they are earned without it.
  private mutating func withdrawTiers(
    _ reversal: Reversal, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let now = max(event.at, account.clock)
    for change in reversal.original.tierChanges {
      guard let reached = program.tiers.firstIndex(where: { $0.id == change.to }) else { continue }
      for step in steps
      where step.ladder == program.tiers[reached].ladder && step.place <= reached {
        withdraw(step, change, reversal, at: now, &account, &outcome)
      }
    }
    enter(event, &account, replay?.tier)
  }

  private mutating func withdraw(
    _ step: TierStep, _ change: TierChange, _ reversal: Reversal, at now: Instant,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    let running = account.standings.firstIndex {
      $0.tier == step.id && $0.since <= now && $0.until > now
    }
    guard let index = running else {
      return withdrawGifts(step, change, reversal, at: now, &account, &outcome)
    }
    let since = account.standings[index].since
    if since > change.at, program.tiers[step.place].begins == nil {
      // What the sale had caused ended before this one began: that is another sale's.
      return withdrawGifts(step, change, reversal, at: since + (-1), &account, &outcome)
    }
    guard change.to == step.id || since == change.at else { return }
    if change.reason == .granted, reversal.grants.contains(change.to) { return }
    var until = change.to == step.id ? change.before : .distantPast
    for other in account.tierChanges
    where other.to == step.id && other.at > change.at
      && ![.qualified, .requalified, .returned].contains(other.reason)
    {
      until = max(until, other.until)
    }
    until = max(until, earned(step, since: change.at, to: now, &account))
    guard until < account.standings[index].until else { return }
    let before = tier(of: &account, ladder: step.ladder, at: now)
    account.standings[index].until = max(until, now)
    account.standings[index].isTouched = true
    account.due = min(account.due, max(until, now))
    noteWithdrawal(step, before, at: now, &account, &outcome)
    if until <= now {
      let withdrawn = account.withdrawCoupons(
        ofTier: step.id, since: account.standings[index].since, upTo: now)
      outcome.returned?.withdrawn += withdrawn
    }
  }

  /// Of a tier that has ended since, what it had brought and the sale alone had earned.
  private mutating func withdrawGifts(
    _ step: TierStep, _ change: TierChange, _ reversal: Reversal, at now: Instant,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    guard change.to == step.id,
      change.reason != .granted || !reversal.grants.contains(change.to)
    else { return }
    let last = account.standings.first { $0.tier == step.id }
    let since = last.map { min($0.since, change.at) } ?? change.at
    let until = min(now, change.until)
    guard earned(step, since: since, to: until, &account) == .distantPast else { return }
    let withdrawn = account.withdrawCoupons(ofTier: step.id, since: since, upTo: until)
    outcome.returned?.withdrawn += withdrawn
  }

  /// Until when a tier is kept by what is counted without the sale: looked at on each day since on
  /// which anything was counted.
  private mutating func earned(
    _ step: TierStep, since: Instant, to now: Instant, _ account: inout Account
  ) -> Instant {
    let (first, last) = (program.zone.date(of: since), program.zone.date(of: now))
    var days = Set(account.counters.map(\.bucket)).filter { first <= $0 && $0 <= last }
    days.formUnion([first, last])
    let running = moment.day
    defer { moment.day = running }
    var until = Instant.distantPast
    for day in days.sorted() {
      moment.day = day
      sum = KnownSum()
      var isEarned = isMet(step, &account)
      if !isEarned, let renew = program.tiers[step.place].renew {
        isEarned = isMet(renew, &account)
      }
      if isEarned { until = max(until, self.until(step.place, &account)) }
    }
    sum = KnownSum()
    return until
  }

  private mutating func noteWithdrawal(
    _ step: TierStep, _ before: Int, at now: Instant, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    guard before == step.place else { return }
    let after = tier(of: &account, ladder: step.ladder, at: now)
    let change = TierChange(
      from: program.tiers[before].id, to: after >= 0 ? program.tiers[after].id : 0, at: now,
      until: after >= 0 ? validity(program.tiers[after], &account) : .distantFuture,
      reason: .returned)
    account.tierChanges.append(change)
    outcome.tierChanges.append(change)
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

extension Account {
  /// Withdraws coupons that the sale had brought and that what is left does not bring, as far as
  /// they are not used; makes those usable again that had been used for what came back.
  fileprivate mutating func takeBackCoupons(_ reversal: Reversal) -> [CouponKey] {
    for key in reversal.record.coupons {
      guard let index = coupons.firstIndex(where: { $0.seq == key.seq && $0.n == key.n }),
        coupons[index].used > 0
      else { continue }
      coupons[index].used -= 1
      coupons[index].isTouched = true
    }
    var withdrawn: [CouponKey] = []
    var left = reversal.coupons
    let original = reversal.original
    // Those that were used stay first of all.
    let held = original.issued.indices.map { n in
      coupons.first { $0.seq == original.event.seq && $0.n == Int16(n) }?.used ?? 0
    }
    for n in original.issued.indices.sorted(by: { (-held[$0], $0) < (-held[$1], $1) }) {
      let issue = original.issued[n]
      guard issue.rule != 0, issue.issuedAt == nil || issue.issuedAt == original.event.at
      else { continue }
      if let place = left.firstIndex(where: {
        $0.rule == issue.rule && $0.template == issue.template
      }) {
        left.remove(at: place)
      } else {
        withdrawCoupon(CouponKey(seq: original.event.seq, n: Int16(n)), &withdrawn)
      }
    }
    return withdrawn
  }

  /// Whichever sale brought them: several may have kept the tier one after the other.
  fileprivate mutating func withdrawCoupons(
    ofTier tier: TierID, since: Instant, upTo last: Instant
  ) -> [CouponKey] {
    var withdrawn: [CouponKey] = []
    for index in coupons.indices
    where coupons[index].tier == tier && coupons[index].issuedAt >= since
      && coupons[index].issuedAt <= last
    {
      withdrawCoupon(CouponKey(seq: coupons[index].seq, n: coupons[index].n), &withdrawn)
    }
    return withdrawn
  }

  private mutating func withdrawCoupon(_ key: CouponKey, _ withdrawn: inout [CouponKey]) {
    guard let index = coupons.firstIndex(where: { $0.seq == key.seq && $0.n == key.n }),
      coupons[index].used == 0, !coupons[index].isWithdrawn
    else { return }
    coupons[index].isWithdrawn = true
    coupons[index].isTouched = true
    withdrawn.append(key)
  }
}
