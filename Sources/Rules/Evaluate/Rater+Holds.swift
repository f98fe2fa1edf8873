import Loyalty

/// Redemptions in steps: held, then captured or released; captured, then perhaps given back.
extension Rater {
  mutating func rateHold(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    forgetMatches()
    switch event.kind {
    case .hold: hold(event, &account, &outcome)
    case .capture: capture(event, &account, &outcome)
    case .release: release(event, &account, &outcome)
    default:
      refund(event, &account, &outcome)
      if notesUses { noteUses(&outcome, at: event.at, from: booked) }
      countBooked(outcome, &account, from: booked)
      return takeBackTiers(ofHold: event, &account, &outcome)
    }
    book(&account, event, &outcome)
    guard event.kind == .capture, outcome.hasCaptured else { return }
    noteAwards(by: event, &account, outcome)
    reviewTiers(event, &account, &outcome)
  }

  /// Sets aside what is asked for, or says why not.
  private mutating func hold(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    let asked: HoldRequest
    do {
      asked = try HoldRequest(event.attributes)
    } catch {
      outcome.refused = "it does not say what is to be held: \(error.reason)"
      return
    }
    var hold = Hold(
      seq: event.seq, at: event.at, until: event.at + asked.seconds, source: .reward, id: 0)
    if let refusal = take(asked.what, &hold, event, &account, &outcome) {
      var use = BenefitUse(source: hold.source, id: hold.id)
      use.times = 0
      use.refusal = refusal
      return outcome.benefits.append(use)
    }
    var use = BenefitUse(source: hold.source, id: hold.id)
    use.times = hold.times
    if let coupon = hold.coupon { (use.heldSeq, use.heldN) = (coupon.seq, coupon.n) }
    outcome.benefits.append(use)
    account.holds.append(hold)
    outcome.holds.append(HoldChange(hold, at: event.at))
    account.due = min(account.due, hold.until)
  }

  private mutating func take(
    _ what: HoldRequest.What, _ hold: inout Hold, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    switch what {
    case .reward(let name, let times):
      hold.times = times
      return takeReward(name, &hold, event, &account, &outcome)
    case .pay(let amount):
      hold.source = .points
      return takePayment(amount, &hold, &account, &outcome)
    case .points(let amount, let key):
      hold.source = .points
      return takePoints(amount, key, &hold, &account, &outcome)
    case .coupon(let code):
      hold.source = .coupon
      return takeCoupon(code, &hold, event, &account, &outcome)
    case .perk(let name):
      hold.source = .perk
      return takePerk(name, &hold, event, &account, &outcome)
    }
  }

  private mutating func takePerk(
    _ name: String, _ hold: inout Hold, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    guard let perk = program.perks.first(where: { $0.key == name }) else { return .unknown }
    hold.id = perk.id
    guard program.perks(of: account, at: event.at).contains(name) else { return .notMet }
    var match = Match(rule: -1)
    return applyLimits(perk.limits, &account, &match, &outcome) ? nil : .limit
  }

  private mutating func takeReward(
    _ name: String, _ hold: inout Hold, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    guard let reward = reward(named: name) else { return .unknown }
    hold.id = reward.id
    if let refusal = refusal(reward, &hold.times, event, &account, &outcome) { return refusal }
    hold.draws = draws(of: reward, hold.times)
    if let pays = reward.pays { hold.money = pays.money.minor * hold.times }
    for price in reward.prices + (reward.pays.map { [$0.price] } ?? []) {
      let currency = program.currencies[price.currency]
      account.setAside(
        price.amount * hold.times, currency.id, hasPots: currency.hasPots, for: &hold, &outcome)
    }
    return nil
  }

  private func draws(of reward: Reward, _ times: Int64) -> [BudgetDraw] {
    guard reward.stock >= 0 else { return [] }
    return [BudgetDraw(budget: program.budgets[Int(reward.stock)].id, amount: times)]
  }

  /// A thing that was redeemed at once stands as a hold that is captured: so it can be given back.
  func noteThing(
    _ use: BenefitUse, _ lotUses: Int, _ event: Event, _ account: inout Account,
    _ outcome: Outcome
  ) {
    guard use.refusal == nil, !isReplaying,
      let reward = program.rewards.first(where: { $0.id == use.id }), reward.isThing
    else { return }
    var hold = Hold(
      seq: event.seq, at: event.at, until: event.at, source: .reward, id: reward.id)
    hold.times = use.times
    hold.draws = draws(of: reward, use.times)
    for place in lotUses..<outcome.lotUses.count {
      let taken = outcome.lotUses[place]
      var lot = Hold.Lot(
        currency: outcome.postings[Int(taken.posting)].currency, due: taken.due,
        expires: taken.expires, amount: taken.amount)
      lot.captured = taken.amount
      hold.lots.append(lot)
    }
    hold.state = .captured
    hold.endedAt = event.at
    hold.capturedBy = event.seq
    account.holds.append(hold)
  }

  /// What holds that fell away gave back of stocks can be had by the event itself.
  mutating func refill(from first: Int, _ outcome: Outcome) {
    for place in first..<outcome.draws.count {
      let draw = outcome.draws[place]
      guard draw.amount < 0,
        let budget = program.budgets.firstIndex(where: { $0.id == draw.budget }),
        shares[budget].left < .max
      else { continue }
      shares[budget].left -= draw.amount
    }
  }

  /// By the reward that pays at the till.
  private mutating func takePayment(
    _ amount: ExactDecimal, _ hold: inout Hold, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    guard let tender = program.pointTenders.first,
      let minor = amount.exactly(places: program.money.decimals)
    else { return .unknown }
    let points = narrow(
      Rounding.up.divide(Int128(minor) * Int128(tender.points), by: Int128(tender.money.minor)))
    hold.money = minor
    return setAside(points, tender.currency, &hold, &account, &outcome)
  }

  private mutating func takePoints(
    _ amount: ExactDecimal, _ key: String?, _ hold: inout Hold, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    let place =
      key.map { key in program.currencies.firstIndex { $0.key == key } }
      ?? (program.currencies.count == 1 ? 0 : nil)
    guard let place, let points = amount.exactly(places: program.currencies[place].decimals) else {
      return .unknown
    }
    return setAside(points, place, &hold, &account, &outcome)
  }

  private mutating func setAside(
    _ points: Int64, _ place: Int, _ hold: inout Hold, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    let currency = program.currencies[place]
    hold.id = Int32(currency.id)
    guard account.spendable(currency.id, hasPots: currency.hasPots) >= points else {
      return .notEnough
    }
    account.setAside(points, currency.id, hasPots: currency.hasPots, for: &hold, &outcome)
    return nil
  }

  /// What a coupon asks of a purchase is asked when it is shown with one.
  private mutating func takeCoupon(
    _ code: String, _ hold: inout Hold, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    shown.removeAll(keepingCapacity: true)
    let found = find(code, 0, account)
    hold.id = found.template
    hold.times = found.times
    if let refusal = found.refusal { return refusal }
    if let refusal = refusal(of: found, event, account) { return refusal }
    if let refusal = refusal(ofTemplate: found.template) { return refusal }
    guard let template = program.coupons.first(where: { $0.id == found.template }) else {
      return .unknown
    }
    var match = Match(rule: -1)
    if !applyLimits(template.limits, &account, &match, &outcome) { return .limit }
    guard found.held >= 0 else { return nil }
    let held = Int(found.held)
    hold.coupon = CouponKey(seq: account.coupons[held].seq, n: account.coupons[held].n)
    account.coupons[held].used += 1
    account.coupons[held].isTouched = true
    return nil
  }

  // MARK: - What becomes of it

  /// The place of the hold that an event names; nil, with a refusal, where there is nothing to do.
  func place(
    ofHold event: Event, isRefund: Bool, _ account: Account, _ outcome: inout Outcome
  ) -> Int? {
    guard event.originalAccount == 0 else {
      outcome.refused = "its account went into another one before: do it at the desk"
      return nil
    }
    guard let place = account.holdPlace(event.original) else {
      outcome.refused = "there is no such hold"
      return nil
    }
    outcome.refused = account.holds[place].refusal(isRefund: isRefund)
    return outcome.refused == nil ? place : nil
  }

  private mutating func capture(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    let late = place(ofLate: event, account)
    guard let place = late ?? place(ofHold: event, isRefund: false, account, &outcome),
      let part = part(event, account.holds[place], &outcome)
    else { return }
    let whole = account.holds[place]
    if late != nil {
      captureLate(place, part, event, &account, &outcome)
    } else {
      account.capture(place, part, by: event.seq, at: event.at, &outcome)
    }
    let hold = account.holds[place]
    var use = BenefitUse(source: hold.source, id: hold.id)
    (use.times, use.money) = (0, hold.money)
    if case .points(let points) = part, whole.amount > 0 {
      use.money = Int64(Int128(whole.money) * Int128(points) / Int128(whole.amount))
    }
    outcome.benefits.append(use)
    giveForCapture(of: hold, event, &account, &outcome)
  }

  /// What a reward brings, and what rules give for it.
  private mutating func giveForCapture(
    of hold: Hold, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    countActivity(event.asRedemption(program), &account)
    guard hold.source == .reward, let reward = program.rewards.first(where: { $0.id == hold.id })
    else { return }
    if reward.coupon >= 0 { issue(reward.coupon, hold.times, &outcome) }
    var own = event.asRedemption(program)
    own.attributes = [Attribute(name: "name", value: .text(reward.key))]
    match(other: own, &account, &outcome)
    for index in matched.indices { matched[index].times = hold.times }
    give(own, &account, &outcome)
  }

  private func release(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    guard let place = place(ofHold: event, isRefund: false, account, &outcome) else { return }
    account.release(place, .released, at: event.at, &outcome)
  }

  /// A held coupon that is shown with a purchase made after that is used by it: it is free for it
  /// again.
  mutating func captureShown(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    guard !isReplaying, !event.coupons.isEmpty else { return }
    let first = outcome.benefits.count
    for place in account.holds.indices where account.holds[place].isOpen {
      let hold = account.holds[place]
      guard hold.source == .coupon, hold.at <= event.at,
        event.coupons.contains(where: { isCode($0, of: hold, account) })
      else { continue }
      account.release(place, .captured, at: event.at, &outcome)
      account.holds[place].capturedBy = event.seq
    }
    countLapsed(from: first, outcome, &account)
    booked.benefits += outcome.benefits.count - first
  }

  /// The hold that pays a bill's tender of points: one for a payment of so much, or else of more,
  /// that was made before; also one that fell away before a bill of its time was heard of.
  func held(
    for tender: PointTender, _ money: Int64, _ event: Event, _ account: Account
  ) -> Int? {
    guard !isReplaying else { return nil }
    let currency = Int32(program.currencies[tender.currency].id)
    let open = account.holds.indices.filter {
      let hold = account.holds[$0]
      return (hold.isOpen || hold.state == .lapsed && event.at < hold.until)
        && hold.source == .points && hold.id == currency && hold.at <= event.at
        && hold.money >= money
    }
    let best = open.filter { account.holds[$0].isOpen }
    return best.first { account.holds[$0].money == money } ?? best.first
      ?? open.first { account.holds[$0].money == money } ?? open.first
  }

  private func isCode(_ text: String, of hold: Hold, _ account: Account) -> Bool {
    guard let key = hold.coupon else {
      return program.coupons.contains { $0.id == hold.id && $0.publicCode == text }
    }
    let coupon = account.coupons.first { $0.seq == key.seq && $0.n == key.n }
    return coupon?.code == text
  }
}

extension Event {
  /// A capture as the redemption that it is.
  func asRedemption(_ program: Program) -> Event {
    var event = self
    event.kind = .other
    event.name = program.redeemEvent
    event.original = 0
    return event
  }
}

extension Outcome {
  /// Whether something that was held was redeemed.
  var hasCaptured: Bool { benefits.contains { $0.times == 0 && $0.refusal == nil } }
}
