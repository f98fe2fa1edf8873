import Loyalty

/// What a booking itself says to counters: what was earned, and what limits look at. Rating, the
/// filling of a new version's counters and the audit ask here alike, so a ledger always says what
/// its counters should be.
extension Rater {
  /// Finds which rules gave something in an event, and how often: what limits count.
  ///
  /// A rule that matched and gave nothing was not used. Only for events that this program rated.
  public func noteUses(_ outcome: inout Outcome, at instant: Instant) {
    noteUses(&outcome, at: instant, from: BookedPlace())
  }

  /// Those that stand behind a place.
  func noteUses(_ outcome: inout Outcome, at instant: Instant, from first: BookedPlace) {
    outcome.uses.removeAll()
    for place in first.postings..<outcome.postings.count {
      let posting = outcome.postings[place]
      guard posting.reason == .accrual else { continue }
      for share in outcome.shares[Int(posting.firstShare)..<Int(posting.endShare)] {
        outcome.use(share.rule, program.awards(share), posting.at)
      }
    }
    for place in first.coupons..<outcome.coupons.count {
      let issue = outcome.coupons[place]
      guard issue.rule != 0 else { continue }
      // Marks that were passed at once give the same coupon so often.
      let times = outcome.coupons[first.coupons...place].count { $0 == issue }
      outcome.use(issue.rule, Int64(times), issue.issuedAt ?? instant)
    }
    // Only an event of its own takes anything off a bill, never a day of the calendar.
    for benefit in outcome.benefits where benefit.source == .rule {
      outcome.use(benefit.id, benefit.times, instant)
    }
  }

  /// Adds what days of the calendar and releases brought, behind a place, to some counters: those
  /// of other versions than the one that brought it.
  public mutating func countDays(
    _ outcome: inout Outcome, _ account: inout Account, only: Set<CounterID>,
    from first: BookedPlace
  ) {
    if notesUses { noteUses(&outcome, at: .distantPast, from: first) }
    moment.at = .distantPast
    countBooked(outcome, &account, only: only, from: first)
  }

  /// Adds a booked event to the counters of what was earned and of limits; `only` some, where
  /// another version rated it.
  mutating func countBooked(
    _ outcome: Outcome, _ account: inout Account, only: Set<CounterID>? = nil,
    from first: BookedPlace = BookedPlace()
  ) {
    for place in program.earnedCounters.indices {
      let counter = program.earnedCounters[place]
      if let only, !only.contains(counter.id) { continue }
      var sum: Int64 = 0
      for place in first.postings..<outcome.postings.count {
        let posting = outcome.postings[place]
        guard posting.currency == counter.currency else { continue }
        let at = posting.earnedAt ?? posting.at
        if at == moment.at {
          sum += posting.earned
        } else {
          let day = program.zone.date(of: at)
          account.count(counter.id, windows.bucket(counter.granularity, of: day), posting.earned)
        }
      }
      account.count(counter.id, windows.bucket(counter.granularity, of: moment.day), sum)
    }
    if !program.activityCounters.isEmpty {
      countEarning(outcome, &account, only: only, from: first)
    }
    guard !program.limits.isEmpty else { return }
    countCoupons(outcome, &account, only: only, from: first)
    for use in outcome.uses {
      let day = use.at == moment.at ? moment.day : program.zone.date(of: use.at)
      guard let place = program.place(ofRule: use.rule) else { continue }
      for index in program.rules[place].limits {
        let limit = program.limits[index]
        if !limit.isCounted { continue }
        if let only, !only.contains(limit.counter) { continue }
        let amount: Int64
        switch limit.measure {
        case .times: amount = use.times
        case .points(let place): amount = outcome.given(by: use, program.currencies[place].id)
        case .money: amount = outcome.taken(by: use.rule, \.money)
        case .units: amount = outcome.taken(by: use.rule, \.units)
        }
        account.count(limit.counter, windows.bucket(limit.granularity, of: day), amount)
      }
    }
  }
}

extension Rater {
  /// What holds that fell away give back of the limits that they had counted for.
  mutating func countLapsed(
    from first: Int, _ outcome: Outcome, _ account: inout Account
  ) {
    guard outcome.benefits.count > first, !program.limits.isEmpty else { return }
    var place = BookedPlace(outcome)
    place.benefits = first
    countCoupons(outcome, &account, only: nil, from: place)
  }

  /// What coupons used up of their limits.
  private mutating func countCoupons(
    _ outcome: Outcome, _ account: inout Account, only: Set<CounterID>?, from first: BookedPlace
  ) {
    for place in first.benefits..<outcome.benefits.count {
      let use = outcome.benefits[place]
      // Below 0 it gives back what a hold had counted.
      guard use.times != 0 else { continue }
      switch use.source {
      case .rule, .points: break
      case .perk:
        guard let perk = program.perks.first(where: { $0.id == use.id }) else { continue }
        count(use, perk.limits, &account, only)
      case .coupon:
        guard let coupon = program.coupons.first(where: { $0.id == use.id }) else { continue }
        count(use, coupon.limits, &account, only)
      case .reward:
        guard let reward = program.rewards.first(where: { $0.id == use.id }) else { continue }
        count(use, reward.limits, &account, only)
      }
    }
  }

  private mutating func count(
    _ use: BenefitUse, _ limits: Range<Int>, _ account: inout Account, _ only: Set<CounterID>?
  ) {
    let day = use.at.map { program.zone.date(of: $0) } ?? moment.day
    for limit in program.limits[limits] where limit.isCounted {
      if let only, !only.contains(limit.counter) { continue }
      let amount: Int64
      switch limit.measure {
      case .times: amount = use.times
      case .money: amount = use.money
      case .units: amount = use.units
      case .points: amount = 0
      }
      account.count(limit.counter, windows.bucket(limit.granularity, of: day), amount)
    }
  }
}

extension Program {
  public var hasLimits: Bool { !limits.isEmpty }

  /// Whether anything that is booked goes into a counter.
  var countsBookings: Bool {
    !earnedCounters.isEmpty || !activityCounters.isEmpty || !limits.isEmpty
  }

  /// Everything that is summed up per account: from events, from postings, for limits.
  public var keptCounters: [CounterID] { eventBasedCounters + ledgerBasedCounters }

  /// The counters that events themselves fill.
  public var eventBasedCounters: [CounterID] {
    purchaseCounters.map(\.id) + eventCounters.map(\.id) + activityCounters.map(\.id)
      + favourites.map(\.id)
      + joinings.map(\.counter) + joinings.flatMap { $0.starts.map(\.baseline) }
  }

  /// The counters that only what was booked can fill.
  public var ledgerBasedCounters: [CounterID] {
    earnedCounters.map(\.id) + limits.filter(\.isCounted).map(\.counter)
  }

  func place(ofRule id: RuleID) -> Int? {
    guard rulePlaces.indices.contains(Int(id)), rulePlaces[Int(id)] >= 0 else { return nil }
    return Int(rulePlaces[Int(id)])
  }

  /// How often a rule gave, by a share of what it gave: a `reach` that passes several marks gives a
  /// fixed award for each, and its basis is their number.
  fileprivate func awards(_ share: PartShare) -> Int64 {
    guard let place = place(ofRule: share.rule), rules[place].reach >= 0,
      rules[place].multiplies.isEmpty,
      earns[rules[place].earns].allSatisfy({ $0.rate >= 0 && rates[Int($0.rate)].basis == .once })
    else { return 1 }
    return max(1, share.basis)
  }
}

extension Outcome {
  fileprivate mutating func use(_ rule: RuleID, _ times: Int64, _ at: Instant) {
    for index in uses.indices where uses[index].rule == rule && uses[index].at == at {
      uses[index].times = max(uses[index].times, times)
      return
    }
    uses.append(RuleUse(rule: rule, times: times, at: at))
  }

  /// What a rule took off the bill.
  fileprivate func taken(by rule: RuleID, _ what: KeyPath<BenefitUse, Int64>) -> Int64 {
    benefits.reduce(0) { sum, use in
      use.source == .rule && use.id == rule ? sum + use[keyPath: what] : sum
    }
  }

  /// What a rule gave of a currency.
  fileprivate func given(by use: RuleUse, _ currency: CurrencyID) -> Int64 {
    var given: Int64 = 0
    for posting in postings
    where posting.currency == currency && posting.reason == .accrual && posting.at == use.at {
      var before: Int64 = 0
      for share in shares[Int(posting.firstShare)..<Int(posting.endShare)] {
        if share.rule == use.rule { given += share.sum - before }
        before = share.sum
      }
    }
    return given
  }
}

/// How far an outcome was booked already.
public struct BookedPlace: Sendable {
  var postings = 0
  var coupons = 0
  var benefits = 0

  init() {}

  public init(_ outcome: Outcome) {
    postings = outcome.postings.count
    coupons = outcome.coupons.count
    benefits = outcome.benefits.count
  }
}

extension Posting {
  /// What it adds to the points earned; below zero where they are taken back. Points that wait
  /// count when they are released.
  fileprivate var earned: Int64 {
    switch reason {
    case .accrual where to != .pending && from == .issued: amount
    case .return where from != .pending && to == .issued: -amount
    case .return where from == .issued && to != .pending: amount
    case .release: amount
    case .correction: from == .issued ? amount : to == .issued ? -amount : 0
    default: 0
    }
  }
}
