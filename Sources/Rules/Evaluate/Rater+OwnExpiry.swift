import Loyalty

/// Points that end so long after the last activity, and points that live on while something holds.
extension Rater {
  /// Lots that end together, unless something keeps them.
  struct Ending {
    let own: OwnExpiry
    var lots: [Int]
  }

  func ownEndings(at instant: Instant, _ account: Account) -> [Ending] {
    program.ownExpiries.compactMap { own in
      let lots = account.lots.indices.filter { index in
        let lot = account.lots[index]
        return lot.currency == own.id && lot.remaining > 0
          && endingOf(lot, own, account) == instant
      }
      return lots.isEmpty ? nil : Ending(own: own, lots: lots)
    }
  }

  /// When the first of a currency's points end.
  func nextEnding(_ own: OwnExpiry, _ account: Account) -> Instant? {
    account.lots.lazy.filter { $0.currency == own.id && $0.remaining > 0 }
      .compactMap { endingOf($0, own, account) }.min()
  }

  /// The first of a lot's days of ending that lies behind the clock: what was kept on one of them
  /// lives on until the next.
  private func endingOf(_ lot: Lot, _ own: OwnExpiry, _ account: Account) -> Instant? {
    let expiry = program.currencies[own.currency].expiry
    var last: CivilDate
    if own.activity != 0 {
      guard let active = lastActivity(own.activity, account) else { return nil }
      last = expiry.lastDay(earned: active, released: active)
    } else {
      guard lot.expires < .distantFuture else { return nil }
      last = program.zone.date(of: lot.expires) - 1
    }
    var end = program.zone.end(of: last)
    if own.unless < 0 {
      return max(end, Instant(microseconds: account.clock.microseconds + 1))
    }
    while end <= account.clock {
      last = expiry.next(after: last)
      end = program.zone.end(of: last)
    }
    return end
  }

  /// Asks on the last day whether something keeps the points, and ends them if not.
  mutating func end(
    _ ending: Ending, at instant: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    if ending.own.unless >= 0 {
      let last = Instant(microseconds: instant.microseconds - 1)
      let event = Event(seq: 0, kind: .other, at: last, offset: program.zone.offset(at: last))
      var asked = Outcome()
      enter(event, &account, nil)
      basket.fill(event, sign: 1, shared)
      if holds(ending.own.unless, event, &account, &asked) { return }
    }
    for index in ending.lots where account.lots[index].remaining > 0 {
      account.expire(index, instant, &outcome)
    }
  }

  /// The day held by a counter of activity; nil where nothing was done yet.
  func lastActivity(_ counter: CounterID, _ account: Account) -> CivilDate? {
    let day = account.sum(counter, from: CivilDate(day: 0), to: CivilDate(day: 0))
    return day == 0 ? nil : CivilDate(day: Int32(truncatingIfNeeded: day))
  }

  /// The last day on which points of a currency that ends by activity can be used.
  public func lastDayByActivity(of currency: CurrencyID, _ account: Account) -> CivilDate? {
    guard let own = program.ownExpiries.first(where: { $0.id == currency && $0.activity != 0 }),
      let active = lastActivity(own.activity, account)
    else { return nil }
    return program.currencies[own.currency].expiry.lastDay(earned: active, released: active)
  }

  /// The last day on which a lot can be used as things stand; nil where it does not end.
  public func lastDay(of lot: Lot, _ account: Account) -> CivilDate? {
    if let own = program.ownExpiries.first(where: { $0.id == lot.currency }) {
      return endingOf(lot, own, account).map { program.zone.date(of: $0) - 1 }
    }
    return lot.expires < .distantFuture ? program.zone.date(of: lot.expires + (-1)) : nil
  }

  /// Keeps the day of the last activity: the counter holds its number, whatever comes late.
  mutating func countActivity(
    _ event: Event, _ account: inout Account, only: Set<CounterID>? = nil
  ) {
    for counter in program.activityCounters {
      if let only, !only.contains(counter.id) { continue }
      let counts: Bool
      switch event.kind {
      case .sale, .exchange: counts = counter.isAny || counter.countsPurchases
      case .other: counts = counter.isAny || counter.events.contains(event.name)
      case .return, .void, .review, .close, .correction, .adjustment, .opening, .transfer, .merge,
        .closing, .hold, .capture, .release, .refund, .order:
        counts = false
      }
      if counts { wasActive(counter.id, on: moment.day, &account) }
    }
  }

  private func wasActive(_ counter: CounterID, on day: CivilDate, _ account: inout Account) {
    let before = lastActivity(counter, account) ?? CivilDate(day: 0)
    guard day > before else { return }
    account.count(counter, CivilDate(day: 0), Int64(day.day - before.day))
  }

  /// Earning is activity where a currency does not say what is.
  mutating func countEarning(
    _ outcome: Outcome, _ account: inout Account, only: Set<CounterID>?, from first: BookedPlace
  ) {
    for counter in program.activityCounters where counter.earned != 0 {
      if let only, !only.contains(counter.id) { continue }
      for place in first.postings..<outcome.postings.count {
        let posting = outcome.postings[place]
        guard posting.currency == counter.earned, posting.reason == .accrual else { continue }
        wasActive(counter.id, on: program.zone.date(of: posting.at), &account)
      }
    }
  }

  /// Points that waited count as earned when they are released.
  mutating func countReleased(
    from first: Int, _ outcome: Outcome, _ account: inout Account
  ) {
    guard outcome.postings.count > first, !program.earnedCounters.isEmpty else { return }
    for counter in program.earnedCounters {
      for place in first..<outcome.postings.count {
        let posting = outcome.postings[place]
        guard posting.currency == counter.currency, posting.reason == .release else { continue }
        let day = program.zone.date(of: posting.at)
        account.count(
          counter.id, windows.bucket(counter.granularity, of: day), posting.amount)
      }
    }
  }
}

extension ExpirySyntax {
  /// The day of ending that follows another.
  func next(after last: CivilDate) -> CivilDate {
    switch self {
    case .never: CivilDate(day: 2_932_896)
    case .after(let duration, _): last.adding(duration)
    case .endOfUnitAfter(let unit, let duration, _): last.adding(duration).end(of: unit)
    case .endOf(let unit, _): (last + 1).end(of: unit)
    case .yearly: lastDay(earned: last + 1, released: last + 1)
    }
  }
}
