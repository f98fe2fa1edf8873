import Loyalty

/// Tiers whose cause came back, wholly or in part, or stands again.
extension Rater {
  /// Keeps tiers as long as what stands says: a ground whose cause came back counts for nothing
  /// but what is counted without it. Gives the coupons of tiers that nothing brought any longer.
  mutating func settleTiers(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> [CouponKey] {
    precondition(account.groundsAreLoaded, "a return needs the grounds of tiers")
    let now = max(event.at, account.clock)
    var touched = Set(account.grounds.lazy.filter(\.isBack).map(\.tier))
    for mark in outcome.groundMarks {
      for ground in account.grounds where ground.booked == mark.booked && ground.n == mark.n {
        touched.insert(ground.tier)
      }
    }
    var withdrawn: [CouponKey] = []
    guard !touched.isEmpty else { return withdrawn }
    for (ladder, places) in program.ladders.enumerated()
    where places.contains(where: { touched.contains(program.tiers[$0].id) }) {
      withdrawn += settle(ladder, at: now, &account, &outcome)
    }
    enter(event, &account, replay?.tier)
    return withdrawn
  }

  private mutating func settle(
    _ ladder: Int, at now: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) -> [CouponKey] {
    let before = tier(of: &account, ladder: ladder, at: now)
    let kept = before >= 0 ? validity(program.tiers[before], &account) : .distantFuture
    let supports = supports(ofLadder: ladder, at: now, &account, &outcome)
    var withdrawn: [CouponKey] = []
    for place in program.ladders[ladder] {
      let tier = program.tiers[place]
      guard tier.keeps != .whileItHolds, account.grounds.contains(where: { $0.tier == tier.id })
      else { continue }
      let times = supports.times(of: tier.id)
      settle(tier, times, supports.list, at: now, &account, &outcome)
      withdrawn += withdrawGifts(of: tier.id, times, at: now, &account)
    }
    noteSettled(ladder, before, kept, at: now, &account, &outcome)
    return withdrawn
  }

  /// Moves a tier's end to where what stands says.
  private func settle(
    _ tier: Tier, _ times: [TierSupport], _ supports: [TierSupport], at now: Instant,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    let time =
      times.first { $0.since <= now && $0.until > now } ?? times.first { $0.since > now }
    let index = account.standings.firstIndex { $0.tier == tier.id }
    guard let time else {
      guard let index, account.standings[index].until > now else { return }
      account.standings[index].since = min(account.standings[index].since, now)
      account.standings[index].until = now
      account.standings[index].isTouched = true
      return
    }
    let isKnown = account.grounds.contains { $0.tier == tier.id && $0.until == time.until }
    if !isKnown,
      let last = supports.first(where: { $0.tier == tier.id && $0.until == time.until })
    {
      var ground = TierGround(tier.id, .goal, day: last.day, since: last.since, until: last.until)
      ground.isBack = true
      outcome.keep(ground, in: &account)
    }
    guard let index else { return keep(tier.id, from: time.since, until: time.until, &account) }
    var one = account.standings[index]
    let isRunning = one.since <= now && one.until > now
    if !isRunning || time.since > now { one.since = time.since }
    one.until = time.until
    guard one != account.standings[index] else { return }
    one.isTouched = true
    account.standings[index] = one
    account.due = min(account.due, one.since > now ? one.since : one.until)
  }

  private mutating func noteSettled(
    _ ladder: Int, _ before: Int, _ kept: Instant, at now: Instant, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    let after = tier(of: &account, ladder: ladder, at: now)
    let until = after >= 0 ? validity(program.tiers[after], &account) : .distantFuture
    guard after != before || until != kept else { return }
    let change = TierChange(
      from: before >= 0 ? program.tiers[before].id : 0,
      to: after >= 0 ? program.tiers[after].id : 0, at: now, until: until,
      reason: after > before || after == before && until > kept ? .restored : .returned)
    account.tierChanges.append(change)
    outcome.tierChanges.append(change)
  }

  /// Coupons that a tier had brought in a time of which nothing stands.
  private func withdrawGifts(
    of tier: TierID, _ times: [TierSupport], at now: Instant, _ account: inout Account
  ) -> [CouponKey] {
    let all = TierSupports.joined(account.grounds.filter { $0.tier == tier }.map(\.support))
    var withdrawn: [CouponKey] = []
    for time in all
    where time.since <= now
      && !times.contains(where: { $0.since < time.until && $0.until > time.since })
    {
      withdrawn += account.withdrawCoupons(
        ofTier: tier, since: min(time.since, program.zone.start(of: time.day)),
        upTo: min(time.until, now))
    }
    return withdrawn
  }
}
