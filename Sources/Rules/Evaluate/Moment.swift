import Loyalty

/// What is the same for all rules of one rating: clock and tiers.
struct Moment: Sendable {
  /// The store's local day and second of the day: for conditions.
  var date = CivilDate(day: 0)
  var second = 0
  /// The day in the program's time zone: for windows and dates.
  var day = CivilDate(day: 0)
  var weekdayBit: UInt8 = 1
  /// Of the event.
  var at = Instant.distantPast
  var tierMask: UInt64 = 0
  var mainTier: TierID = 0
  /// For each of the program's `memberWords` the place of the member's word, −1 for none.
  var memberWords: [Int] = []

  init() {}
}

extension Rater {
  /// Sets the clock and the tiers for one event; `replayed` is the tier of a first rating.
  mutating func enter(_ event: Event, _ account: inout Account, _ replayed: TierID?) {
    moment.at = event.at
    (moment.date, moment.second) = event.at.local(offset: event.offset)
    if !offset.holds(at: event.at) {
      swap(&offset, &otherOffset)
      if !offset.holds(at: event.at) { offset = program.zone.period(at: event.at) }
    }
    moment.day =
      offset.seconds == event.offset ? moment.date : event.at.local(offset: offset.seconds).date
    moment.weekdayBit = 1 << UInt8(truncatingIfNeeded: moment.date.weekday)
    moment.tierMask = RuleGate.anyTier
    moment.mainTier = 0
    if let replayed {
      moment.mainTier = replayed
      moment.tierMask |= program.mask(of: replayed)
      return
    }
    for ladder in program.ladders.indices {
      let place = tier(of: &account, ladder: ladder, at: event.at)
      guard place >= 0 else { continue }
      moment.tierMask |= program.tiers[place].bit
      if ladder == 0 { moment.mainTier = program.tiers[place].id }
    }
  }

  /// The tier of a ladder beside the main one, kept among the facts.
  mutating func askLadder(
    _ asked: (ladder: Int, fact: CounterID), _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    let place = tier(of: &account, ladder: asked.ladder, at: event.at)
    let id = place >= 0 ? program.tiers[place].id : 0
    let noted = note(asked.fact, known(asked.fact) ?? Int64(id), &outcome)
    moment.tierMask |= program.mask(of: TierID(truncatingIfNeeded: noted))
  }

  /// The place of the tier that an account has in a ladder at an instant; −1 is none.
  mutating func tier(of account: inout Account, ladder: Int, at instant: Instant) -> Int {
    if instant < account.clock { return program.tier(of: account, ladder: ladder, at: instant) }
    let standing = Rater.standing(steps, ladder, account.standings, instant)
    return standing >= 0 ? standing : program.baseTier(ladder)
  }

  /// The highest of a ladder's tiers that is kept at an instant; −1 is none.
  private static func standing(
    _ steps: borrowing [TierStep], _ ladder: Int, _ standings: borrowing [Standing],
    _ instant: Instant
  ) -> Int {
    let (steps, standings) = (steps.span, standings.span)
    guard !standings.isEmpty else { return -1 }
    for step in steps.indices where steps[step].ladder == ladder {
      for index in standings.indices
      where standings[index].tier == steps[step].id && standings[index].until > instant
        && standings[index].since <= instant
      {
        return steps[step].place
      }
    }
    return -1
  }
}

extension Program {
  func mask(of tier: TierID) -> UInt64 { tiers.first { $0.id == tier }?.bit ?? 0 }

  /// The place of the tier that an account has in a ladder at an instant; −1 is none.
  func tier(of account: Account, ladder: Int, at instant: Instant) -> Int {
    if instant < account.clock, let past = pastTier(of: account, ladder: ladder, at: instant) {
      return past
    }
    for place in ladders[ladder].reversed() {
      let id = tiers[place].id
      for standing in account.standings
      where standing.tier == id && standing.until > instant && standing.since <= instant {
        return place
      }
    }
    return baseTier(ladder)
  }

  /// The lowest tier, where everybody has it.
  func baseTier(_ ladder: Int) -> Int {
    guard let lowest = ladders[ladder].first, tiers[lowest].qualify == nil else { return -1 }
    return lowest
  }

  /// For a late event: what the history of changes says of that instant; nil where it says nothing.
  private func pastTier(of account: Account, ladder: Int, at instant: Instant) -> Int? {
    var found: Int?
    var earliest: TierChange?
    for change in account.tierChanges {
      let ids = [change.from, change.to]
      guard tiers.contains(where: { $0.ladder == ladder && ids.contains($0.id) }) else { continue }
      if earliest == nil { earliest = change }
      guard change.at <= instant else { continue }
      found = tiers.firstIndex { $0.id == change.to } ?? baseTier(ladder)
    }
    if found == nil, let earliest {
      return tiers.firstIndex { $0.id == earliest.from } ?? baseTier(ladder)
    }
    return found
  }

  /// The tier of the main ladder at an instant, by its key; nil where there is none.
  public func tier(of account: Account, at instant: Instant) -> Tier? {
    guard !tiers.isEmpty else { return nil }
    let place = tier(of: account, ladder: 0, at: instant)
    return place >= 0 ? tiers[place] : nil
  }
}

/// The answers that a first rating had, for rating the same event again.
public struct Replay: Sendable {
  /// Nil: the account's own at that instant.
  public var tier: TierID?
  public var facts: [CounterID: Int64]
  /// Whether what is not among the facts was answered with nothing; otherwise the account is asked.
  public var isWhole: Bool
  /// The coupons that were shown, and what their own terms said.
  public var shown: [ShownCoupon] = []
  /// Whether the facts tell where a budget was short; it was not anywhere else.
  public var boundsBudgets = false

  /// Every answer of the first rating: the account is not asked at all.
  public init(tier: TierID, facts: [CounterID: Int64], shown: [ShownCoupon] = []) {
    self.tier = tier
    self.facts = facts
    self.shown = shown
    isWhole = true
  }

  /// Some answers, for an account that is replayed from its beginning: what lies in no event.
  public init(facts: [CounterID: Int64]) {
    self.facts = facts
    isWhole = false
  }
}

/// What an explanation wants to know beyond the parts: which rules matched and lost, and why.
public struct Trace: Sendable {
  public enum Verdict: Sendable, Equatable {
    case lost(to: RuleID)
    case limitReached
    case cut(to: Int64)
    case nothingToMultiply
    case budgetUsedUp
    /// In the currency's smallest unit.
    case budgetCut(to: Int64)
    case heldOut
    case notJoined
    /// With a benefit, by its place, that stands on the bill already.
    case doesNotCombine(with: Int32)
    /// What it takes off, in minor units.
    case moneyCut(to: Int64)
  }
  public var notes: [(rule: Int, verdict: Verdict)] = []
  public init() {}
}
