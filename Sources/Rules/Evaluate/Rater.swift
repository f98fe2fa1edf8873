import Loyalty

/// Applies one program to one event of one account at a time: Patron's one function, with its
/// scratch memory.
///
/// It reads no clock, no database and no random source; the same program, account and event give
/// the same outcome for ever.
/// Nothing is allocated per event once the scratch has grown.
public struct Rater: Sendable {
  /// Behind one reference: handing it on counts one reference, not one for each of its arrays.
  public let shared: SharedProgram
  var basket: Basket
  var moment = Moment()
  var matched = ReusedList<Match>()
  var caps = ReusedList<Cap>()
  var bases = ReusedList<BasePart>()
  var factors = ReusedList<Factor>()
  var lineWinners: [Int32] = []
  var expiryCache: [Instant] = []
  var dueCache: [Instant] = []
  var expiryDays: [CivilDate] = []
  var windows: WindowCache
  var open: OpenRules
  var openBenefits: OpenRules
  var bill = Bill()
  /// What is in hand of each of the program's budgets: at first all of it.
  public var shares: [BudgetShare]
  var sharesAtStart: [BudgetShare]
  /// Where the last event wanted more of a budget than was in hand: it is to be rated again, with
  /// the account as it was and a larger share.
  public var shortage: BudgetShortage?
  /// The coupons that were shown with the running purchase.
  var shown: [ShownCoupon] = []
  /// Whether a coupon may be shown by its template's name: in examples.
  public var namesAreCodes = false
  /// Currencies whose tenders were paid from points held before: they spend nothing.
  public var tendersAreHeld: Set<CurrencyID> = []
  /// Whether holdouts hold out anybody: examples speak of members who take part.
  public var holdsOut = true
  /// The tiers as a review looks at them.
  let steps: [TierStep]
  var sum = KnownSum()
  /// The program's offset from UTC around the last event, and the one that was asked for before:
  /// one account's year has two.
  var offset = Zone.Period.never
  var otherOffset = Zone.Period.never
  var hasOverflowed = false
  /// Nothing of the program's calendar comes before this: the first version's beginning.
  public var begins = Instant.distantPast
  /// From when this version holds, where another one held before it.
  public var since = Instant.distantPast
  /// How far the running outcome was booked when this program took it over.
  public internal(set) var began = BookedPlace()
  /// How far the running outcome was booked when the event itself began.
  var booked = BookedPlace()
  /// What an event earns of each currency, while rules ask whether it passes a mark of it.
  var earning: [Int64] = []
  /// Points that waited, while rules ask whether their release passes a mark.
  var released: [Part] = []
  /// For the days of the calendar before an event.
  var dayOutcome = Outcome()
  /// What those days gave, until the event's own parts stand.
  var dayParts: [Part] = []
  /// Whether a limit, of this version or of another one, wants to know which rules gave something.
  public var notesUses: Bool
  /// What lost and why, where an explanation was asked for.
  public var trace: Trace?
  /// Answers from the time of the first rating, where it is rated again.
  public var replay: Replay?
  /// What the running event brings back of earlier ones, or undoes.
  public var reversals: [Reversal] = []
  /// What brings about the tiers that are reached.
  var cause = TierGround.Cause.counts

  public init(_ program: Program) {
    shared = SharedProgram(program)
    notesUses = program.hasLimits
    windows = WindowCache(program)
    basket = Basket(program)
    open = OpenRules(program.gates, program)
    shares = program.budgets.map { BudgetShare(left: $0.total, isLast: true) }
    sharesAtStart = shares
    openBenefits = OpenRules(program.benefitGates, program)
    steps = TierStep.all(of: program)
    let slots = program.currencies.count * Rater.cachedDays
    expiryCache = Array(repeating: .distantPast, count: slots)
    dueCache = expiryCache
    expiryDays = Array(repeating: CivilDate(day: .min), count: slots)
  }

  static let cachedDays = 512

  /// Inlined, so that who asks for the program copies neither it nor the rater.
  @inlinable
  public var program: Program {
    _read { yield shared.program }
  }

  /// Whether an event is rated again with the answers of the first time and no account.
  var isReplaying: Bool { replay?.isWhole == true }

  /// Brings the account up to the event, rates it, books it. `outcome` is emptied first.
  public mutating func rate(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    outcome.removeAll()
    rateOn(event, &account, &outcome)
  }

  /// The same where the outcome holds already what an older version of the program brought.
  public mutating func rateOn(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    if !program.budgets.isEmpty { openBudgets() }
    began = BookedPlace(outcome)
    if !event.reviews.isEmpty, !isReplaying { takeReviews(before: event, &account, &outcome) }
    bringUp(&account, to: event.at, &outcome)
    booked = BookedPlace(outcome)
    hasOverflowed = false
    cause = .event(account: account.id, seq: event.seq)
    enter(event, &account, replay?.tier)
    outcome.tier = moment.mainTier
    for asked in program.askedLadders { askLadder(asked, event, &account, &outcome) }
    if !program.memberWords.isEmpty { askMember(&account, &outcome) }
    if event.earnsNothing { return endWithNothing(event, &account, &outcome) }
    if program.favourites.isEmpty {
      rateKind(event, &account, &outcome)
    } else {
      var own = event
      own.favourites = favourites(account, &outcome)
      rateKind(own, &account, &outcome)
    }
    if hasOverflowed {
      forget(&outcome)
      outcome.refused = "the points are more than can be counted"
    }
    if program.livesByCalendar, !isReplaying, !event.endsAccount {
      liveOn(event, &account, &outcome)
    }
    // A late event's points may be gone already.
    if account.due <= account.clock { bringUp(&account, to: account.clock, &outcome) }
    if !dayParts.isEmpty { showDays(&outcome) }
  }

  private mutating func rateKind(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    switch event.kind {
    case .sale, .exchange:
      if event.original != 0 {
        takeBack(event, &account, &outcome)
        // What is bought has the tier that is left.
        outcome.tier = moment.mainTier
        if event.lines.isEmpty { return }
      }
      if !program.pointTenders.isEmpty, !event.tenders.isEmpty {
        payWithPoints(event, &account, &outcome)
      }
      if program.benefitGates.gates.isEmpty, event.coupons.isEmpty {
        if !shown.isEmpty { shown.removeAll(keepingCapacity: true) }
        ratePurchase(event, &account, &outcome)
      } else {
        ratePurchase(discount(event, &account, &outcome), &account, &outcome)
      }
    case .return where event.original == 0: rateReturn(event, &account, &outcome)
    case .return, .void: takeBack(event, &account, &outcome)
    case .other: rateOther(event, &account, &outcome)
    case .review: grantReviewed(event, &account, &outcome)
    case .close: forgetMatches()
    case .correction: correct(event, &account, &outcome)
    case .adjustment, .opening, .transfer, .merge, .closing: move(event, &account, &outcome)
    case .hold, .capture, .release, .refund: rateHold(event, &account, &outcome)
    case .order: forgetMatches()
    }
  }

  /// A register in training earns nothing, nor does what is laid aside; what time brought before it
  /// stands.
  private mutating func endWithNothing(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    if program.livesByCalendar, !isReplaying { liveOn(event, &account, &outcome) }
    if !dayParts.isEmpty { showDays(&outcome) }
  }

  /// What an event brought that cannot be booked; what came before it stays.
  private func forget(_ outcome: inout Outcome) {
    if booked.postings == 0, booked.coupons == 0 {
      return outcome.removeAll()
    }
    outcome.parts.removeAll()
    outcome.postings.removeLast(outcome.postings.count - booked.postings)
    outcome.coupons.removeLast(outcome.coupons.count - booked.coupons)
    outcome.uses.removeAll()
    outcome.benefits.removeLast(outcome.benefits.count - booked.benefits)
    outcome.lineOffs.removeAll()
    outcome.returned.removeAll()
  }

  private mutating func ratePurchase(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    basket.fill(event, sign: 1, shared)
    if basket.total.spend >= 0 {
      match(event, &account, &outcome)
      give(event, &account, &outcome)
    } else {
      forgetMatches()
    }
    countPurchase(event, &account)
    countActivity(event, &account)
    book(&account, event, &outcome)
    if !program.lateRules.isEmpty { giveLate(event, &account, &outcome) }
    reviewTiers(event, &account, &outcome)
  }

  /// A return without its receipt: a basket below zero, for the rules that rate returns.
  private mutating func rateReturn(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    basket.fill(event, sign: -1, shared)
    forgetMatches()
    if basket.total.spend < 0 {
      for place in program.rules.indices {
        let rule = program.rules[place]
        guard rule.ratesReturns, rule.from <= moment.date, moment.date <= rule.to,
          rule.selector < 0 || basket.has(rule.selector)
        else { continue }
        matched.append(Match(rule: Int32(place)))
      }
      earn(event, &account, &outcome)
    }
    countPurchase(event, &account)
    book(&account, event, &outcome)
  }

  private mutating func rateOther(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    if event.name == program.joinEvent, event.name != .none, !join(event, &account, only: nil) {
      outcome.refused = "nothing of that name can be joined"
      return
    }
    var isRedemption = event.name == program.redeemEvent && event.name != .none
    if isRedemption { redeem(event, &account, &outcome) }
    if event.name == program.claimEvent, event.name != .none {
      isRedemption = choose(event, &account, &outcome)
      if !isRedemption { outcome.refused = claim(event, &account, &outcome) }
      guard isRedemption else { return }
    }
    match(other: event, &account, &outcome)
    if isRedemption {
      for index in matched.indices { matched[index].times = outcome.benefits.last?.times ?? 1 }
    }
    give(event, &account, &outcome)
    countEvent(event, &account)
    countActivity(event, &account)
    book(&account, event, &outcome)
    if isRedemption, !account.holds.isEmpty { noteAwards(by: event, &account, outcome) }
    if !program.lateRules.isEmpty { giveLate(event, &account, &outcome) }
    reviewTiers(event, &account, &outcome)
  }

  /// Finds the rules that wait for an event of this name.
  mutating func match(
    other event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    basket.fill(event, sign: 1, shared)
    forgetMatches()
    let question = RuleGate.Question(
      tiers: moment.tierMask, weekday: moment.weekdayBit, date: moment.date,
      spend: basket.total.spend)
    for gate in program.rulesByEvent[event.name] ?? [] where gate.isOpen(question) == 1 {
      guard program.rules[Int(gate.place)].isForReferrer == event.isForReferrer else { continue }
      consider(gate, event, &account, &outcome)
    }
    settleGroups(&outcome)
  }

  /// Everything that the matched rules give.
  mutating func give(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    if !program.earnedMarks.isEmpty { matchEarnedMarks(event, &account, &outcome) }
    earn(event, &account, &outcome)
    guard !program.gifts.isEmpty || !program.conversions.isEmpty else { return }
    for index in matched.indices where matched[index].isApplied {
      let place = Int(matched[index].rule)
      let (gifts, conversions) = (program.rules[place].gifts, program.rules[place].conversions)
      if !conversions.isEmpty { convert(conversions, match: index, event, &account, &outcome) }
      issue(
        gifts, rule: program.rules[place].id, tier: 0, times: matched[index].times, event, &outcome)
      if program.redeemsUnasked { redeemUnasked(gifts, event, &account, &outcome) }
      if program.grantsTiers { grantTiers(gifts, event, &account, &outcome) }
    }
  }

  /// What rules give that ask what the event left of a balance: after it is booked.
  private mutating func giveLate(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let question = RuleGate.Question(
      tiers: moment.tierMask, weekday: moment.weekdayBit, date: moment.date,
      spend: basket.total.spend)
    let first = matched.count
    for gate in program.lateRules where gate.isOpen(question) == 1 {
      let rule = program.rules[Int(gate.place)]
      guard rule.isPurchase || rule.trigger == event.name else { continue }
      consider(gate, event, &account, &outcome)
    }
    for index in matched.indices.dropFirst(first) {
      let rule = program.rules[Int(matched[index].rule)]
      let coupons = outcome.coupons.count
      let times = matched[index].times
      issue(rule.gifts, rule: rule.id, tier: 0, times: times, event, &outcome)
      if !rule.budgets.isEmpty { drawTimes(index, &outcome) }
      guard outcome.coupons.count > coupons else { continue }
      for limit in program.limits[rule.limits] where limit.measure == .times && limit.isCounted {
        account.count(limit.counter, windows.bucket(limit.granularity, of: moment.day), times)
      }
    }
    if notesUses { noteUses(&outcome, at: event.at, from: booked) }
  }

  /// What a day of the calendar gives, in an outcome of its own.
  mutating func giveDay(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    settleGroups(&outcome)
    give(event, &account, &outcome)
    book(&account, event, &outcome)
    if !program.lateRules.isEmpty { giveLate(event, &account, &outcome) }
  }

  /// Notices come once, coupons as often as a `reach` passes a mark.
  mutating func issue(
    _ gifts: Range<Int>, rule: RuleID, tier: TierID, times: Int64 = 1, _ event: Event,
    _ outcome: inout Outcome
  ) {
    guard !gifts.isEmpty else { return }
    for gift in program.gifts[gifts] where gift.notice >= 0 {
      outcome.notices.append(Notice(rule: rule, tier: tier, text: gift.notice))
    }
    for gift in program.gifts[gifts] where gift.coupon >= 0 {
      let template = program.coupons[gift.coupon]
      let until = (gift.valid ?? template.valid).map {
        program.zone.end(of: moment.day.adding($0))
      }
      let issue = CouponIssue(
        template: template.id, rule: rule, tier: tier, validUntil: until ?? .distantFuture)
      for _ in 0..<min(times, Self.mostCoupons) { outcome.coupons.append(issue) }
    }
  }

  /// Books what the rules gave, and counts it.
  mutating func book(_ account: inout Account, _ event: Event, _ outcome: inout Outcome) {
    guard !hasOverflowed else { return }
    bookLots(&account, event, &outcome)
    if notesUses { noteUses(&outcome, at: event.at, from: booked) }
    if program.countsBookings { countBooked(outcome, &account, from: booked) }
  }

  /// Books what the rules gave, one lot at a time.
  private mutating func bookLots(
    _ account: inout Account, _ event: Event, _ outcome: inout Outcome
  ) {
    var start = 0
    while start < outcome.parts.count {
      let (end, total) = outcome.gatherLot(from: start)
      let currency = outcome.parts[start].currency
      let returns = program.currencies[program.place(of: currency)].returns
      account.book(
        parts: start..<end, total: total, at: event.at, debtAllowed: returns == .debt,
        balanceAllowed: returns != .pending,
        reason: event.kind == .correction ? .correction : nil, &outcome)
      start = end
    }
  }
}

/// A compiled program for many raters: who holds it need not copy what it holds.
public final class SharedProgram: Sendable {
  public let program: Program
  /// A line counts for its total and nothing else.
  let countsTotals: Bool
  let moneyRounding: Rounding

  init(_ program: Program) {
    self.program = program
    let counts = program.syntax.counts
    moneyRounding = counts.rounds
    countsTotals = counts.price == .afterDiscounts && !counts.taxIncluded
  }
}

extension Program {
  @inline(__always)
  func place(of id: CurrencyID) -> Int {
    for place in currencies.indices where currencies[place].id == id { return place }
    preconditionFailure("a part of a currency that the program does not have")
  }
}

extension CivilDate {
  /// So much later; a month that is too short ends on its last day.
  func adding(_ duration: DurationSyntax) -> CivilDate {
    switch duration.unit {
    case .day: self + duration.count
    case .week: self + 7 * duration.count
    case .month: adding(months: duration.count)
    case .quarter: adding(months: 3 * duration.count)
    case .year: adding(months: 12 * duration.count)
    }
  }

  func start(of unit: CalendarUnit) -> CivilDate {
    switch unit {
    case .day: self
    case .week: startOfWeek
    case .month: startOfMonth
    case .quarter: startOfQuarter
    case .year: startOfYear
    }
  }

  /// The last day of the unit that holds this day, or of a later one.
  func end(of unit: CalendarUnit, next: Int = 0) -> CivilDate {
    start(of: unit).adding(DurationSyntax(next + 1, unit)) - 1
  }
}
