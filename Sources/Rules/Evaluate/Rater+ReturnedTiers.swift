import Loyalty

/// Tiers that came of a sale of which something comes back.
extension Rater {
  /// Withdraws the tiers that the sale had caused, unless they are earned without it.
  mutating func withdrawTiers(
    _ reversal: Reversal, _ n: Int, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    let now = max(event.at, account.clock)
    for change in reversal.original.tierChanges where change.at <= now {
      guard let reached = program.tiers.firstIndex(where: { $0.id == change.to }) else { continue }
      for step in steps
      where step.ladder == program.tiers[reached].ladder && step.place <= reached {
        withdraw(step, change, reversal, n, at: now, &account, &outcome)
      }
    }
    enter(event, &account, replay?.tier)
  }

  private mutating func withdraw(
    _ step: TierStep, _ change: TierChange, _ reversal: Reversal, _ n: Int, at now: Instant,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    let running = account.standings.firstIndex {
      $0.tier == step.id && $0.since <= now && $0.until > now
    }
    guard let index = running else {
      return withdrawGifts(step, change, reversal, n, at: now, &account, &outcome)
    }
    // What came with another account began there.
    let isOfAnother = reversal.original.key.account != account.id
    let since =
      isOfAnother
      ? min(account.standings[index].since, change.at) : account.standings[index].since
    if since > change.at, program.tiers[step.place].begins == nil {
      // What the sale had caused ended before this one began: that is another sale's.
      return withdrawGifts(step, change, reversal, n, at: since + (-1), &account, &outcome)
    }
    guard change.to == step.id || since == change.at else { return }
    if change.reason == .granted, reversal.grants.contains(change.to) { return }
    var until = change.to == step.id ? change.before : .distantPast
    for other in account.tierChanges + reversal.original.otherChanges
    where other.to == step.id && other.at > change.at
      && ![.qualified, .requalified, .returned, .restored].contains(other.reason)
      && (other.reason != .merged || !isOfAnother)
    {
      until = max(until, other.until)
    }
    if isOfAnother { until = max(until, account.ownUntil(step.id)) }
    until = max(until, earned(step, since: change.at, to: now, &account))
    guard until < account.standings[index].until else { return }
    let before = tier(of: &account, ladder: step.ladder, at: now)
    let kept = account.standings[index].until
    account.standings[index].until = max(until, now)
    account.standings[index].isTouched = true
    account.due = min(account.due, max(until, now))
    noteWithdrawal(step, before, kept, at: now, &account, &outcome)
    if until <= now {
      let withdrawn = account.withdrawCoupons(ofTier: step.id, since: since, upTo: now)
      outcome.returned[n].withdrawn += withdrawn
    }
  }

  /// Of a tier that has ended since, what it had brought and the sale alone had earned.
  private mutating func withdrawGifts(
    _ step: TierStep, _ change: TierChange, _ reversal: Reversal, _ n: Int, at now: Instant,
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
    outcome.returned[n].withdrawn += withdrawn
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
    _ step: TierStep, _ before: Int, _ kept: Instant, at now: Instant, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    guard before == step.place else { return }
    let after = tier(of: &account, ladder: step.ladder, at: now)
    var change = TierChange(
      from: program.tiers[before].id, to: after >= 0 ? program.tiers[after].id : 0, at: now,
      until: after >= 0 ? validity(program.tiers[after], &account) : .distantFuture,
      reason: .returned)
    change.before = kept
    account.tierChanges.append(change)
    outcome.tierChanges.append(change)
  }

  // MARK: - Void of a return

  /// Gives tiers again that the sale had caused and a return had taken, as long as they are earned
  /// with what stands again.
  mutating func restoreTiers(
    _ reversal: Reversal, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let now = max(event.at, account.clock)
    for change in reversal.original.tierChanges where change.at <= now {
      guard let reached = program.tiers.firstIndex(where: { $0.id == change.to }) else { continue }
      for step in steps
      where step.ladder == program.tiers[reached].ladder && step.place <= reached {
        restore(step, change, reversal, at: now, &account, &outcome)
      }
    }
    enter(event, &account, replay?.tier)
  }

  private mutating func restore(
    _ step: TierStep, _ change: TierChange, _ reversal: Reversal, at now: Instant,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    var until = earned(step, since: change.at, to: now, &account)
    if change.to == step.id, change.reason == .granted, reversal.grants.contains(change.to) {
      until = max(until, change.until)
    }
    if let taken = account.tierChanges.last(where: { $0.reason == .returned && $0.from == step.id })
    {
      until = min(until, taken.before)
    }
    guard until > now, program.tiers[step.place].begins == nil,
      let index = account.standings.firstIndex(where: { $0.tier == step.id }),
      account.standings[index].until < until
    else { return }
    let before = tier(of: &account, ladder: step.ladder, at: now)
    account.standings[index].until = until
    account.standings[index].since = min(account.standings[index].since, change.at)
    account.standings[index].isTouched = true
    account.due = min(account.due, until)
    let after = tier(of: &account, ladder: step.ladder, at: now)
    guard after == step.place else { return }
    let restored = TierChange(
      from: before >= 0 ? program.tiers[before].id : 0, to: step.id, at: now, until: until,
      reason: .restored)
    account.tierChanges.append(restored)
    outcome.tierChanges.append(restored)
  }
}

extension Account {
  /// Until when a tier had been kept by what the account did itself before others went into it.
  fileprivate func ownUntil(_ tier: TierID) -> Instant {
    let merged = tierChanges.first { $0.reason == .merged }?.at ?? .distantFuture
    return tierChanges.reduce(.distantPast) { until, change in
      change.to == tier && change.at < merged && change.reason != .returned
        ? max(until, change.until) : until
    }
  }
}
