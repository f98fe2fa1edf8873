import Loyalty

extension Rater {
  /// Brings an account up to an instant: releases, expiries and ends of tiers that time alone
  /// brings.
  public mutating func advance(
    _ account: inout Account, to instant: Instant, _ outcome: inout Outcome
  ) {
    bringUp(&account, to: instant, &outcome)
    if !dayParts.isEmpty { showDays(&outcome) }
  }

  /// The same; what days of the calendar gave stands in `dayParts` until the event is rated.
  mutating func bringUp(
    _ account: inout Account, to instant: Instant, _ outcome: inout Outcome
  ) {
    guard account.due <= instant else {
      guard account.clock < instant else { return }
      if program.livesByCalendar, account.clock == .distantPast, !isReplaying {
        return live(&account, upTo: instant, &outcome)
      }
      account.clock = instant
      return
    }
    if program.livesByCalendar { return live(&account, upTo: instant, &outcome) }
    let (first, draws) = (outcome.benefits.count, outcome.draws.count)
    endTiers(&account, upTo: instant, &outcome)
    account.settleLots(upTo: instant, &outcome)
    countLapsed(from: first, outcome, &account)
    refill(from: draws, outcome)
  }

  /// Ends validities in the order of time. Those that end at one instant end together: what an
  /// upper tier leaves behind may renew a lower one.
  mutating func endTiers(
    _ account: inout Account, upTo instant: Instant, _ outcome: inout Outcome
  ) {
    while let end = nextEnd(account, upTo: instant) {
      let before = program.ladders.indices.map { ladder in
        tier(of: &account, ladder: ladder, at: end + (-1))
      }
      for place in program.tiers.indices.reversed() {
        endTier(place, at: end, held: before[program.tiers[place].ladder], &account, &outcome)
      }
      // The clock stands at the end for a moment, so that this end is not found again.
      account.settleLots(upTo: end, &outcome)
      for ladder in before.indices {
        noteEnd(ladder, of: before[ladder], at: end, &account, &outcome)
      }
    }
  }

  private func nextEnd(_ account: Account, upTo instant: Instant) -> Instant? {
    var next: Instant?
    for standing in account.standings
    where standing.until > account.clock && standing.until <= instant {
      next = min(next ?? standing.until, standing.until)
    }
    return next
  }

  /// What a tier does whose validity ends now: goes on, or leaves the one below it behind.
  private mutating func endTier(
    _ place: Int, at end: Instant, held: Int, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let tier = program.tiers[place]
    guard
      let index = account.standings.firstIndex(where: { $0.tier == tier.id && $0.until == end })
    else { return }
    let day = program.zone.date(of: end)
    switch tier.falls {
    case .none:
      let until = until(tier, reached: day, account)
      account.standings[index].until = until
      account.standings[index].isTouched = true
      leave(place, behind: tier.id, at: end, until: until, &account, &outcome)
    case .oneStep where held == place:
      guard let below = program.ladders[tier.ladder].last(where: { $0 < place }),
        program.tiers[below].qualify != nil
      else { return }
      let until = until(program.tiers[below], reached: day, account)
      keep(program.tiers[below].id, from: end, until: until, &account)
      leave(below, behind: tier.id, at: end, until: until, &account, &outcome)
    case .oneStep, .toWhatWasEarned: break
    }
  }

  private mutating func noteEnd(
    _ ladder: Int, of before: Int, at end: Instant, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    let after = tier(of: &account, ladder: ladder, at: end)
    guard before >= 0, before != after else { return }
    let change = TierChange(
      from: program.tiers[before].id, to: after >= 0 ? program.tiers[after].id : 0, at: end,
      until: after >= 0 ? validity(program.tiers[after], &account) : .distantFuture, reason: .ended)
    account.tierChanges.append(change)
    outcome.tierChanges.append(change)
  }

  func validity(_ tier: Tier, _ account: inout Account) -> Instant {
    account.standings.first { $0.tier == tier.id }?.until ?? .distantFuture
  }

  func keep(_ tier: TierID, from: Instant, until: Instant, _ account: inout Account) {
    if let index = account.standings.firstIndex(where: { $0.tier == tier }) {
      if account.standings[index].until <= from { account.standings[index].since = from }
      account.standings[index].until = max(account.standings[index].until, until)
      account.standings[index].isTouched = true
    } else {
      var standing = Standing(tier: tier, since: from, until: until)
      standing.isTouched = true
      if account.standings.isEmpty { account.standings.reserveCapacity(Account.fewAtFirst) }
      account.standings.append(standing)
    }
    account.due = min(account.due, until)
  }

  /// Until when a tier reached today is kept.
  mutating func until(_ place: Int, _ account: inout Account) -> Instant {
    if let known = windows.until(place, on: moment.day) { return known }
    let until = until(program.tiers[place], reached: moment.day, account)
    windows.keep(place, shared.program.tiers[place].keeps, on: moment.day, until: until)
    return until
  }

  /// The first instant at which a tier reached on a day is no longer valid, its grace included.
  func until(_ tier: Tier, reached day: CivilDate, _ account: borrowing Account) -> Instant {
    let last: CivilDate
    switch tier.keeps {
    case .ever, .whileItHolds: return .distantFuture
    case .endOf(let unit, let next): last = day.end(of: unit, next: next)
    case .lasting(let duration): last = day.adding(duration)
    case .endOfMembershipYear(let next):
      guard let joined = account.joined else { return .distantFuture }
      var years = day.parts.year - joined.parts.year
      if joined.adding(months: 12 * years) > day { years -= 1 }
      last = joined.adding(months: 12 * (years + 1 + next)) - 1
    }
    return program.zone.end(of: tier.grace.map { last.adding($0) } ?? last)
  }

  /// Up at once: after each purchase, every tier whose goal is met is reached or renewed; with
  /// `onlyNew` none is renewed.
  mutating func reviewTiers(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome, onlyNew: Bool = false
  ) {
    sum = KnownSum()
    let now = max(event.at, account.clock)
    for index in steps.indices {
      let step = steps[index]
      guard
        isMet(step, &account) || step.isRenewed && isRenewed(step, at: now, &account)
      else { continue }
      if onlyNew, account.holds(step.id, at: now, until: now) { continue }
      if step.isInvited, !account.holds(step.id, at: now, until: now) { continue }
      let until = until(step.place, &account)
      // A late event may find that what it earned is over.
      guard until > now, !account.holds(step.id, at: now, until: until) else { continue }
      if let unit = step.begins,
        !account.holds(step.id, at: now, until: now)
      {
        let start = program.zone.end(of: moment.day.end(of: unit))
        keep(step.id, from: start, until: max(until, start), &account)
        ground(step.place, .goal, from: start, until: max(until, start), &account, &outcome)
        account.due = min(account.due, start)
        continue
      }
      reach(step.place, at: now, until: until, .qualified, event, &account, &outcome)
    }
    if !program.heldTiers.isEmpty { endUnmet(at: now, &account, &outcome) }
  }

  /// Keeping may be cheaper than reaching.
  private mutating func isRenewed(
    _ step: TierStep, at now: Instant, _ account: inout Account
  ) -> Bool {
    guard let renew = program.tiers[step.place].renew,
      account.holds(step.id, at: now, until: now)
    else { return false }
    return isMet(renew, &account)
  }

  /// Ends tiers that hold only while their goal is met.
  mutating func endUnmet(
    at now: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    for place in program.heldTiers {
      let tier = program.tiers[place]
      guard
        let index = account.standings.firstIndex(where: {
          $0.tier == tier.id && $0.since <= now && $0.until > now
        }), let qualify = tier.qualify, !isMet(qualify, &account)
      else { continue }
      let before = self.tier(of: &account, ladder: tier.ladder, at: now)
      account.standings[index].until = now
      account.standings[index].isTouched = true
      noteEnd(tier.ladder, of: before, at: now, &account, &outcome)
    }
  }

  /// Tiers that were reached earlier and hold from now on.
  mutating func beginTiers(
    at now: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    for place in account.standings.indices
    where account.standings[place].since == now && account.standings[place].until > now {
      let standing = account.standings[place]
      guard let tier = program.tiers.firstIndex(where: { $0.id == standing.tier }),
        program.tiers[tier].begins != nil
      else { continue }
      let ladder = program.tiers[tier].ladder
      let earlier = Instant(microseconds: now.microseconds - 1)
      var before = -1
      for other in program.ladders[ladder]
      where account.holds(program.tiers[other].id, at: earlier, until: now) { before = other }
      if before < 0 { before = program.baseTier(ladder) }
      guard tier > before else { continue }
      let change = TierChange(
        from: before >= 0 ? program.tiers[before].id : 0, to: standing.tier, at: now,
        until: standing.until, reason: .qualified)
      account.tierChanges.append(change)
      outcome.tierChanges.append(change)
      let event = Event(seq: 0, kind: .other, at: now, offset: program.zone.offset(at: now))
      let (coupons, notices) = (outcome.coupons.count, outcome.notices.count)
      enter(event, &account, nil)
      issue(program.tiers[tier].gifts, rule: 0, tier: standing.tier, event, &outcome)
      for coupon in coupons..<outcome.coupons.count { outcome.coupons[coupon].issuedAt = now }
      for notice in notices..<outcome.notices.count { outcome.notices[notice].at = now }
    }
  }

  /// What rules grant: as long as the tier itself is kept, or as long as the rule says.
  mutating func grantTiers(
    _ gifts: Range<Int>, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let now = max(event.at, account.clock)
    for gift in program.gifts[gifts] where gift.tier >= 0 {
      let place = Int(gift.tier)
      let id = program.tiers[place].id
      var until = until(place, &account)
      if let lasts = gift.lasts {
        let held = account.standings.first { $0.tier == id && $0.since <= now && $0.until > now }
        let isEndless = held.map { $0.until >= .distantFuture } ?? false
        let start =
          gift.isMore && !isEndless ? held.map { program.zone.date(of: $0.until) - 1 } : nil
        until =
          isEndless ? .distantFuture : program.zone.end(of: (start ?? moment.day).adding(lasts))
      }
      guard until > now else { continue }
      guard !account.holds(id, at: now, until: until) else {
        ground(place, .granted, from: now, until: until, &account, &outcome)
        continue
      }
      reach(place, at: now, until: until, .granted, event, &account, &outcome)
    }
  }

  mutating func grantReviewed(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    guard let place = program.tiers.firstIndex(where: { $0.id == event.reviewedTier }) else {
      outcome.refused = "a review of a tier that the program does not have"
      return
    }
    let now = max(event.at, account.clock)
    let until = until(place, &account)
    guard until > now else { return }
    guard !account.holds(event.reviewedTier, at: now, until: until) else {
      return ground(place, .given, from: now, until: until, &account, &outcome)
    }
    reach(place, at: now, until: until, .review, event, &account, &outcome)
  }

  private mutating func reach(
    _ place: Int, at now: Instant, until: Instant, _ reason: TierChange.Reason, _ event: Event,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    let id = shared.program.tiers[place].id
    let ladder = shared.program.tiers[place].ladder
    let gifts = shared.program.tiers[place].gifts
    let before = self.tier(of: &account, ladder: ladder, at: now)
    keep(id, from: now, until: until, &account)
    let kind: TierGround.Kind =
      switch reason {
      case .qualified: .goal
      case .granted: .granted
      default: .given
      }
    ground(place, kind, from: now, until: until, &account, &outcome)
    guard place >= before else { return }
    let change = TierChange(
      from: before >= 0 ? program.tiers[before].id : 0, to: id, at: now, until: until,
      reason: place == before && reason == .qualified ? .requalified : reason)
    if account.tierChanges.isEmpty { account.tierChanges.reserveCapacity(Account.fewAtFirst) }
    account.tierChanges.append(change)
    outcome.tierChanges.append(change)
    if place > before { issue(gifts, rule: 0, tier: id, event, &outcome) }
  }

  /// Nearly always one goal.
  @inline(__always)
  mutating func isMet(_ step: TierStep, _ account: inout Account) -> Bool {
    if step.goal >= 0 { return isMet(goal: step.goal, &account) }
    guard let qualify = program.tiers[step.place].qualify else { return false }
    return isMet(qualify, &account)
  }

  private mutating func isMet(goal place: Int, _ account: inout Account) -> Bool {
    let range = program.goals[place].range
    if program.goals[place].measure == .variety {
      return range.contains(sum(program.goals[place], &account))
    }
    guard let days = windows.days(of: place, on: moment.day, shared) else {
      let goal = program.goals[place]
      if goal.measure == .balance {
        return range.contains(account.balance(goal.currency).available)
      }
      return range.contains(
        sum(goal.counter, goal.window, goal.campaign, goal.granularity, &account))
    }
    // The tiers of a ladder mostly ask for more and more of the same.
    let counter = program.goals[place].counter
    if sum.counter != counter || sum.days != days {
      sum = KnownSum(
        counter: counter, days: days,
        value: Account.sum(
          account.counters, counter, from: days.lowerBound, to: days.upperBound))
    }
    return range.contains(sum.value)
  }

  mutating func isMet(_ qualification: Qualification, _ account: inout Account) -> Bool {
    switch qualification {
    case .all(let parts):
      for part in parts where !isMet(part, &account) { return false }
      return true
    case .any(let parts):
      for part in parts where isMet(part, &account) { return true }
      return false
    case .not(let parts): return !isMet(.all(parts), &account)
    case .rank: return false
    case .goal(let place): return isMet(goal: place, &account)
    }
  }
}

/// What a counter of the running event's account holds in a window.
struct KnownSum: Sendable {
  var counter: CounterID = -1
  var days = CivilDate(day: 0)...CivilDate(day: 0)
  var value: Int64 = 0
}
