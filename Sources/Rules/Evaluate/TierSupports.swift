import Loyalty

/// A time in which something that stands keeps a tier.
struct TierSupport: Sendable {
  var tier: TierID
  var day: CivilDate
  var since: Instant
  var until: Instant
}

/// What keeps the tiers of one ladder, reckoned anew in the order of time from the grounds of which
/// nothing came back, from what is counted, and from the ends of both.
struct TierSupports: Sendable {
  /// In the order in which they were found.
  var list: [TierSupport] = []
  /// Ends up to here have left behind what they do.
  var done = Instant.distantPast

  /// Whether a tier is kept at an instant.
  func keep(_ tier: TierID, at instant: Instant) -> Bool {
    list.contains { $0.tier == tier && $0.since <= instant && $0.until > instant }
  }

  /// Whether a tier was kept until an instant and not beyond.
  func end(_ tier: TierID, at instant: Instant) -> Bool {
    list.contains { $0.tier == tier && $0.until == instant } && !keep(tier, at: instant)
  }

  func nextEnd(upTo instant: Instant) -> Instant? {
    var next: Instant?
    for support in list where support.until > done && support.until <= instant {
      next = min(next ?? support.until, support.until)
    }
    return next
  }

  /// The times of a tier without their gaps.
  func times(of tier: TierID) -> [TierSupport] {
    Self.joined(list.filter { $0.tier == tier })
  }

  static func joined(_ some: [TierSupport]) -> [TierSupport] {
    var times: [TierSupport] = []
    for one in some.sorted(by: { ($0.since, $0.until) < ($1.since, $1.until) }) {
      if let last = times.indices.last, times[last].until >= one.since {
        times[last].until = max(times[last].until, one.until)
        times[last].day = min(times[last].day, one.day)
      } else {
        times.append(one)
      }
    }
    return times
  }
}

extension TierGround {
  var support: TierSupport { TierSupport(tier: tier, day: day, since: since, until: until) }
}

extension Rater {
  /// Something that may keep a tier from an instant on.
  private struct Candidate {
    var support: TierSupport
    var place: Int
    /// It does where what is counted meets the goal on its day.
    var isAsked: Bool
  }

  /// What keeps the tiers of a ladder, up to now and from now on.
  mutating func supports(
    ofLadder ladder: Int, at now: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) -> TierSupports {
    var supports = TierSupports()
    let running = moment.day
    defer {
      moment.day = running
      sum = KnownSum()
    }
    var all: [Candidate] = []
    for place in program.ladders[ladder] {
      all += candidates(for: place, at: now, account, outcome)
    }
    let order = all.indices.sorted {
      (all[$0].support.since, $0) < (all[$1].support.since, $1)
    }
    for candidate in order.map({ all[$0] }) {
      fall(ladder, upTo: min(candidate.support.since, now), &supports, &account, &outcome)
      guard !candidate.isAsked || isCarried(candidate, supports, &account) else { continue }
      supports.list.append(candidate.support)
    }
    fall(ladder, upTo: now, &supports, &account, &outcome)
    return supports
  }

  /// The grounds of which nothing came back; and of the others' days and all later ones those on
  /// which anything was counted. Where a return is undone, the days since are looked at once more.
  private mutating func candidates(
    for place: Int, at now: Instant, _ account: borrowing Account, _ outcome: borrowing Outcome
  ) -> [Candidate] {
    let tier = program.tiers[place]
    let own = account.grounds.filter { $0.tier == tier.id }
    let standing = own.filter { !$0.isBack && $0.kind != .fell }
    var candidates = standing.map { Candidate(support: $0.support, place: place, isAsked: false) }
    let others = own.filter { $0.isBack || $0.kind == .fell }
    let marked = own.filter { ground in
      outcome.groundMarks.contains { $0.booked == ground.booked && $0.n == ground.n }
    }
    guard let first = (others + marked).map(\.day).min() else { return candidates }
    let last = program.zone.date(of: now)
    let backs = others.filter { $0.kind != .fell }
    for ground in backs where ground.kind == .undone || isCounted(tier, on: ground.day, account) {
      var support = ground.support
      if ground.kind == .granted {
        support.until = min(support.until, self.until(tier, reached: ground.day, account))
      }
      candidates.append(Candidate(support: support, place: place, isAsked: true))
    }
    for day in days(of: tier, account) where first <= day && day <= last {
      if backs.contains(where: { $0.day == day && $0.kind != .granted }) { continue }
      let support = TierSupport(
        tier: tier.id, day: day, since: program.zone.start(of: day),
        until: until(tier, reached: day, account))
      candidates.append(Candidate(support: support, place: place, isAsked: true))
    }
    return candidates
  }

  /// Whether what is counted meets a tier's goal on a day.
  private mutating func isCarried(
    _ candidate: Candidate, _ supports: TierSupports, _ account: inout Account
  ) -> Bool {
    guard let step = steps.first(where: { $0.place == candidate.place }) else { return false }
    moment.day = candidate.support.day
    sum = KnownSum()
    let isHeld = supports.keep(step.id, at: candidate.support.since)
    if isMet(step, &account), !step.isInvited || isHeld { return true }
    guard let renew = program.tiers[step.place].renew, isHeld else { return false }
    return isMet(renew, &account)
  }

  /// Whether anything of what its goals ask for is counted where a day's is kept.
  private mutating func isCounted(
    _ tier: Tier, on day: CivilDate, _ account: borrowing Account
  ) -> Bool {
    for part in [tier.qualify, tier.renew] {
      for place in part?.goals ?? [] {
        let goal = program.goals[place]
        if goal.measure == .balance { return true }
        let bucket = windows.bucket(goal.granularity, of: day)
        if account.sum(goal.counter, from: bucket, to: bucket) != 0 { return true }
      }
    }
    return days(of: tier, account).contains(day)
  }

  /// The days on which anything was counted, and of what the tier's goals ask for the first days of
  /// the months, quarters or years.
  private func days(of tier: Tier, _ account: borrowing Account) -> [CivilDate] {
    let goals = [tier.qualify, tier.renew].flatMap { $0?.goals ?? [] }
    var counters = Set(goals.map { program.goals[$0].counter })
    for one in program.purchaseCounters where one.granularity == .unit(.day) {
      counters.insert(one.id)
    }
    for one in program.eventCounters where one.granularity == .unit(.day) {
      counters.insert(one.id)
    }
    for one in program.earnedCounters where one.granularity == .unit(.day) {
      counters.insert(one.id)
    }
    let days = account.counters.lazy.filter { $0.value != 0 && counters.contains($0.counter) }
    return Set(days.map(\.bucket)).sorted()
  }

  // MARK: - Ends

  /// What the ends of tiers leave behind: as it was booked; where one comes earlier than it came in
  /// truth, by this program.
  private mutating func fall(
    _ ladder: Int, upTo instant: Instant, _ supports: inout TierSupports,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    while let end = supports.nextEnd(upTo: instant) {
      supports.done = end
      let ended = program.ladders[ladder].reversed().filter {
        supports.end(program.tiers[$0].id, at: end)
      }
      let highest = program.ladders[ladder].last {
        supports.keep(program.tiers[$0].id, at: end + (-1))
      }
      for place in ended {
        let tier = program.tiers[place].id
        let booked = account.grounds.filter {
          $0.kind == .fell && $0.parent == tier && $0.since == end
        }
        supports.list += booked.map(\.support)
        guard booked.isEmpty, !isBooked(place, at: end, account),
          let (below, until) = fall(of: place, at: end, isHighest: highest == place, account),
          until > end
        else { continue }
        leave(below, behind: tier, at: end, until: until, &account, &outcome)
        supports.list.append(
          TierSupport(
            tier: program.tiers[below].id, day: program.zone.date(of: end), since: end,
            until: until))
      }
    }
  }

  /// Whether a tier ended in truth then, as the highest of its ladder: what it left behind is
  /// booked.
  private func isBooked(_ place: Int, at end: Instant, _ account: borrowing Account) -> Bool {
    let ladder = program.ladders[program.tiers[place].ladder]
    let above = ladder.filter { $0 > place }.map { program.tiers[$0].id }
    let own = program.tiers[place].id
    return !account.grounds.contains {
      $0.tier == own && $0.since <= end && $0.until > end
        || above.contains($0.tier) && $0.since < end && $0.until >= end
    }
  }

  private func fall(
    of place: Int, at end: Instant, isHighest: Bool, _ account: borrowing Account
  ) -> (place: Int, until: Instant)? {
    let tier = program.tiers[place]
    let day = program.zone.date(of: end)
    switch tier.falls {
    case .none: return (place, until(tier, reached: day, account))
    case .oneStep where isHighest:
      guard let below = program.ladders[tier.ladder].last(where: { $0 < place }),
        program.tiers[below].qualify != nil
      else { return nil }
      return (below, until(program.tiers[below], reached: day, account))
    case .oneStep, .toWhatWasEarned: return nil
    }
  }
}
