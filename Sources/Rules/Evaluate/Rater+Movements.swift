import Loyalty

/// What is done at the desk: points by hand, to other accounts and from them.
extension Rater {
  /// Nothing of it counts as earned, and no rule looks at it; tiers and segments are looked at
  /// afterwards.
  mutating func move(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    guard let movement = event.movement else {
      outcome.refused = "a movement that cannot be read"
      return
    }
    let at = event.at
    switch movement.what {
    case .credit: take(movement, from: .adjusted, at, .adjustment, &account, &outcome)
    case .opening: take(movement, from: .issued, at, .opening, &account, &outcome)
    case .receive: take(movement, from: .transfer, at, .transfer, &account, &outcome)
    case .debit: give(movement, to: .adjusted, at, .adjustment, &account, &outcome)
    case .give: give(movement, to: .transfer, at, .transfer, &account, &outcome)
    case .leave:
      account.giveUp(to: .transfer, debtFrom: .transfer, at: at, .merge, &outcome)
      for index in account.counters.indices {
        account.counters[index].delta -= account.counters[index].value
        account.counters[index].value = 0
      }
      end(.merged, at, &account, &outcome)
    case .absorb: absorb(movement, event, &account, &outcome)
    case .close:
      account.giveUp(to: .expired, debtFrom: .adjusted, at: at, .closing, &outcome)
      end(.byHand, at, &account, &outcome)
    }
    forgetMatches()
    if !event.endsAccount { reviewTiers(event, &account, &outcome) }
  }

  private func take(
    _ movement: Movement, from bucket: Bucket, _ at: Instant, _ reason: PostingReason,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    for lot in movement.lots { account.receive(lot, from: bucket, at: at, reason, &outcome) }
  }

  private func give(
    _ movement: Movement, to bucket: Bucket, _ at: Instant, _ reason: PostingReason,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    for wanted in movement.amounts {
      guard
        account.giveAway(wanted.amount, wanted.currency, to: bucket, at: at, reason, &outcome)
      else {
        outcome.refused = "there are not so many points"
        return
      }
    }
  }

  /// Lots with their dates, what is owed, what was counted, the better standing of each tier, and
  /// the lists that another account stood in.
  private mutating func absorb(
    _ movement: Movement, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    take(movement, from: .transfer, event.at, .merge, &account, &outcome)
    for owed in movement.amounts {
      _ = account.giveAway(
        owed.amount, owed.currency, to: .transfer, at: event.at, .merge, isOwed: true, &outcome)
    }
    for count in movement.counters { account.count(count.counter, count.bucket, count.amount) }
    let before = tiersByLadder(&account, at: event.at)
    for standing in movement.standings where standing.until > event.at {
      keep(standing.tier, from: max(standing.since, event.at), until: standing.until, &account)
    }
    for ground in movement.grounds { outcome.keep(ground, in: &account) }
    for standing in movement.standings
    where standing.until > event.at
      && !movement.grounds.contains(where: { $0.tier == standing.tier })
    {
      guard let place = program.tiers.firstIndex(where: { $0.id == standing.tier }) else {
        continue
      }
      ground(place, .given, from: standing.since, until: standing.until, &account, &outcome)
    }
    noteTiers(before, .merged, event.at, &account, &outcome)
    for segment in program.segments
    where segment.isList && movement.segments.contains(segment.id) && !account.isIn(segment.id) {
      move(segment.id, isIn: true, event.at, &account, &outcome)
    }
  }

  /// Nothing of the account holds any longer.
  private mutating func end(
    _ reason: TierChange.Reason, _ at: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let before = tiersByLadder(&account, at: at)
    for index in account.standings.indices where account.standings[index].until > at {
      account.standings[index].until = at
      account.standings[index].isTouched = true
    }
    noteTiers(before, reason, at, &account, &outcome)
    for membership in account.segments where membership.isIn {
      move(membership.segment, isIn: false, at, &account, &outcome)
    }
    account.due = .distantFuture
  }

  private func move(
    _ segment: SegmentID, isIn: Bool, _ at: Instant, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    let change = SegmentChange(segment: segment, at: at, isIn: isIn)
    account.move(change)
    outcome.segmentChanges.append(change)
  }

  private mutating func tiersByLadder(_ account: inout Account, at instant: Instant) -> [Int] {
    program.ladders.indices.map { tier(of: &account, ladder: $0, at: instant) }
  }

  private mutating func noteTiers(
    _ before: [Int], _ reason: TierChange.Reason, _ at: Instant, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    let after = tiersByLadder(&account, at: at)
    for (old, new) in zip(before, after) where old != new {
      let id = new >= 0 ? program.tiers[new].id : 0
      let until = account.standings.first { $0.tier == id }?.until ?? .distantFuture
      let change = TierChange(
        from: old >= 0 ? program.tiers[old].id : 0, to: id, at: at, until: until, reason: reason)
      account.tierChanges.append(change)
      outcome.tierChanges.append(change)
    }
  }

  /// Until when points that are given by hand on a day can be used, by the currency's own terms.
  public func expiry(of currency: CurrencyID, givenAt instant: Instant) -> Instant {
    guard let place = program.currencies.firstIndex(where: { $0.id == currency }) else {
      return .distantFuture
    }
    let expiry = program.currencies[place].expiry
    let day = program.zone.date(of: instant)
    return expiry == .never
      ? .distantFuture : program.zone.end(of: expiry.lastDay(earned: day, released: day))
  }
}

extension Event {
  /// Nothing comes after it in its account.
  var endsAccount: Bool { movement?.what == .leave || movement?.what == .close }
}

extension Program {
  /// Counters that hold the number of a day: of two, the later one counts.
  public var dayCounters: Set<CounterID> {
    Set(
      activityCounters.map(\.id)
        + purchaseCounters.filter { $0.measure == .variety }.map(\.id))
  }
}
