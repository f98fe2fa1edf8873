import Loyalty

/// What time alone brings to an account, moment by moment: ends of tiers, releases, expiries,
/// segments entered and left, and the days of the calendar with what their rules give.
extension Rater {
  /// Lives through all moments up to and with `instant`.
  mutating func live(_ account: inout Account, upTo instant: Instant, _ outcome: inout Outcome) {
    let opening = begin(&account, before: instant)
    while let next = nextMoment(&account, opening), next <= instant {
      cause = .counts
      let days = rules(on: next, account)
      let endings = ownEndings(at: next, account)
      let (posted, used) = (outcome.postings.count, outcome.benefits.count)
      let drawn = outcome.draws.count
      endTiers(&account, upTo: next, &outcome)
      account.settleLots(upTo: next, &outcome)
      countLapsed(from: used, outcome, &account)
      refill(from: drawn, outcome)
      for ending in endings { end(ending, at: next, &account, &outcome) }
      giveReleased(from: posted, at: next, &account, &outcome)
      countReleased(from: posted, outcome, &account)
      beginTiers(at: next, &account, &outcome)
      if !program.heldTiers.isEmpty || hasReleased(from: posted, outcome) {
        if hasReleased(from: posted, outcome) { cause = .release }
        reviewTiers(at: next, &account, &outcome)
        cause = .counts
      }
      reviewSegments(at: max(next, account.clock), &account, &outcome)
      if !days.isEmpty { give(days, at: next, &account, &outcome) }
    }
    if account.clock < instant { account.clock = instant }
    reviewSegments(at: account.clock, &account, &outcome)
    account.due = nextMoment(&account) ?? .distantFuture
  }

  private func hasReleased(from first: Int, _ outcome: Outcome) -> Bool {
    (first..<outcome.postings.count).contains { outcome.postings[$0].reason == .release }
  }

  /// Points count when they are released, so a tier may be reached then.
  private mutating func reviewTiers(
    at instant: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let event = Event(seq: 0, kind: .other, at: instant, offset: program.zone.offset(at: instant))
    let (coupons, notices) = (outcome.coupons.count, outcome.notices.count)
    enter(event, &account, nil)
    reviewTiers(event, &account, &outcome)
    for place in coupons..<outcome.coupons.count { outcome.coupons[place].issuedAt = instant }
    for place in notices..<outcome.notices.count { outcome.notices[place].at = instant }
  }

  /// An event may move what is to come: segments, the day of the last activity.
  mutating func liveOn(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    account.ownExpiry = program.ownExpiryIDs
    reviewSegments(at: max(event.at, account.clock), &account, &outcome)
    account.due = nextMoment(&account) ?? .distantFuture
    // Counters of other versions want to know what the days before gave, too.
    if notesUses, booked.postings > 0 || booked.coupons > 0 {
      noteUses(&outcome, at: event.at, from: began)
    }
  }

  /// An account that was never rated begins with the day of joining, where that is known; gives
  /// its first moment.
  private mutating func begin(_ account: inout Account, before instant: Instant) -> Instant? {
    account.ownExpiry = program.ownExpiryIDs
    guard account.clock == .distantPast else { return nil }
    var start = instant
    if let joined = account.joined { start = min(start, program.zone.start(of: joined)) }
    start = max(start, min(begins, instant))
    account.clock = Instant(microseconds: start.microseconds - 1)
    return start
  }

  /// What an example finds at its beginning was there before.
  mutating func beginExample(_ account: inout Account) {
    account.ownExpiry = program.ownExpiryIDs
    let day = program.zone.date(of: account.clock)
    for counter in program.activityCounters where !account.balances.isEmpty {
      account.count(counter.id, CivilDate(day: 0), Int64(day.day))
    }
    let named = account.segments
    var outcome = Outcome()
    reviewSegments(at: account.clock, &account, &outcome)
    for membership in named where !account.isIn(membership.segment) {
      account.move(
        SegmentChange(segment: membership.segment, at: account.clock, isIn: true))
    }
    account.due = nextMoment(&account) ?? .distantFuture
  }

  /// The same, where the account may be at its very beginning.
  private mutating func nextMoment(_ account: inout Account, _ opening: Instant?) -> Instant? {
    let next = nextMoment(&account)
    guard let opening, opening > account.clock, asksAtAnyTime else { return next }
    return min(opening, next ?? .distantFuture)
  }

  /// The first moment behind the account's clock at which time brings something.
  private mutating func nextMoment(_ account: inout Account) -> Instant? {
    account.refreshDue()
    var next = account.due
    for rule in program.calendar {
      if let moment = moment(of: rule.trigger, account, after: account.clock) {
        next = min(next, moment)
      }
    }
    for own in program.ownExpiries {
      if let moment = nextEnding(own, account) { next = min(next, moment) }
    }
    for standing in account.standings where standing.since > account.clock {
      next = min(next, standing.since)
    }
    if since > account.clock, asksAtAnyTime { next = min(next, since) }
    let today = program.zone.date(of: account.clock)
    for place in program.heldTiers {
      if let day = nextChange(of: program.tiers[place].qualify, account, today) {
        next = min(next, program.zone.start(of: day))
      }
    }
    for segment in program.segments where segment.condition >= 0 {
      if let day = nextChange(of: segment.condition, account, today) {
        next = min(next, program.zone.start(of: day))
      }
    }
    return next < .distantFuture ? next : nil
  }

  /// What is asked of everybody at all times is asked when the version begins, too.
  private var asksAtAnyTime: Bool {
    !program.heldTiers.isEmpty || program.segments.contains { $0.condition >= 0 }
  }

  // MARK: - Days of the calendar

  private func rules(on instant: Instant, _ account: Account) -> [RuleGate] {
    program.calendar.filter {
      moment(of: $0.trigger, account, after: account.clock) == instant
    }.map(\.gate)
  }

  /// What the rules of a day give, in an outcome of its own, which then joins the event's.
  mutating func give(
    _ gates: [RuleGate], at instant: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    var own = Outcome()
    swap(&own, &dayOutcome)
    own.removeAll()
    let event = Event(
      seq: account.position + 1, kind: .other, at: instant,
      offset: program.zone.offset(at: instant))
    hasOverflowed = false
    booked = BookedPlace()
    enter(event, &account, nil)
    if !program.memberWords.isEmpty { askMember(&account, &own) }
    basket.fill(event, sign: 1, shared)
    forgetMatches()
    let question = RuleGate.Question(
      tiers: moment.tierMask, weekday: moment.weekdayBit, date: moment.date, spend: 0)
    for gate in gates where gate.isOpen(question) == 1 {
      consider(gate, event, &account, &own)
    }
    giveDay(event, &account, &own)
    if hasOverflowed { own.removeAll() }
    reviewTiers(event, &account, &own)
    outcome.take(own, at: instant)
    for draw in own.draws { outcome.draws.append(draw) }
    dayParts += own.parts
    swap(&own, &dayOutcome)
  }

  /// Behind the event's own parts stand those of the days before it.
  mutating func showDays(_ outcome: inout Outcome) {
    for part in dayParts { outcome.parts.append(part) }
    dayParts.removeAll(keepingCapacity: true)
  }

  /// When a trigger comes next: the beginning of its day, in the program's time zone.
  private func moment(
    of trigger: CalendarSyntax, _ account: Account, after clock: Instant
  ) -> Instant? {
    let today = program.zone.date(of: clock)
    switch trigger {
    case .birthday(let window):
      return account.birthday.flatMap { birthday in
        first(of: today.parts.year - 1...today.parts.year + 2, after: clock) { year in
          birthday.inYear(year).start(of: window)
        }
      }
    case .anniversary:
      return account.joined.flatMap { joined in
        let years = max(today.parts.year - 1, joined.parts.year + 1)
        return first(of: years...max(years, today.parts.year + 2), after: clock) {
          joined.inYear($0)
        }
      }
    case .enrolment:
      guard let joined = account.joined else { return nil }
      let start = program.zone.start(of: joined)
      return start > clock ? start : nil
    case .inactive(let duration):
      guard let last = lastActivity(program.inactivity, account) ?? account.joined else {
        return nil
      }
      let start = program.zone.start(of: last.adding(duration))
      return start > clock ? start : nil
    case .dates(let ranges): return ranges.compactMap { next($0, after: clock) }.min()
    }
  }

  private func next(_ day: DateRangeSyntax, after clock: Instant) -> Instant? {
    switch day {
    case .dates(let date, _):
      let start = program.zone.start(of: date)
      return start > clock ? start : nil
    case .yearly(let month, let number, _, _):
      let year = program.zone.date(of: clock).parts.year
      return first(of: year...year + 2, after: clock) { year in
        let last = CivilDate.days(inMonth: month, year: year)
        return CivilDate(year: year, month: month, day: min(number, last))
      }
    }
  }

  private func first(
    of years: ClosedRange<Int>, after clock: Instant, _ day: (Int) -> CivilDate?
  ) -> Instant? {
    for year in years {
      guard let day = day(year) else { continue }
      let start = program.zone.start(of: day)
      if start > clock { return start }
    }
    return nil
  }
}

extension CivilDate {
  /// The same day of another year; 29 February falls on the 28th where there is none.
  func inYear(_ year: Int) -> CivilDate {
    adding(months: 12 * (year - parts.year))
  }

  func start(of window: BirthdayWindow) -> CivilDate {
    switch window {
    case .day: self
    case .week: startOfWeek
    case .month: startOfMonth
    }
  }
}

extension Outcome {
  /// Takes in what a day of the calendar brought before the event.
  fileprivate mutating func take(_ day: Outcome, at instant: Instant) {
    let (firstShare, firstPosting) = (Int32(shares.count), Int32(postings.count))
    for share in day.shares { shares.append(share) }
    for var posting in day.postings {
      posting.firstShare += firstShare
      posting.endShare += firstShare
      postings.append(posting)
    }
    for var use in day.lotUses {
      use.posting += firstPosting
      lotUses.append(use)
    }
    for change in day.tierChanges { tierChanges.append(change) }
    for ground in day.grounds { grounds.append(ground) }
    for var coupon in day.coupons {
      coupon.issuedAt = instant
      coupons.append(coupon)
    }
    for var use in day.benefits {
      use.at = instant
      benefits.append(use)
    }
    for var notice in day.notices {
      notice.at = instant
      notices.append(notice)
    }
  }
}
