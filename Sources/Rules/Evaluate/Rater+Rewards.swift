import Loyalty

/// Redemptions: points are spent, and what they were spent for is handed out.
extension Rater {
  /// So many times, or not at all; a refusal says why.
  mutating func redeem(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    guard let reward = reward(event) else {
      var use = BenefitUse(source: .reward, id: 0)
      use.times = 0
      use.refusal = .unknown
      return outcome.benefits.append(use)
    }
    let times = max(1, event.number("times").map { $0 / Quantity.scale } ?? 1)
    let lotUses = outcome.lotUses.count
    let use = redeem(reward, times, event, &account, &outcome)
    noteThing(use, lotUses, event, &account, outcome)
    if use.refusal != nil { outcome.benefits.append(use) }
  }

  /// Rewards that come unasked: where there is too little, nothing comes and nothing is said.
  mutating func redeemUnasked(
    _ gifts: Range<Int>, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    for gift in program.gifts[gifts] where gift.reward >= 0 {
      _ = redeem(program.rewards[gift.reward], 1, event, &account, &outcome)
    }
  }

  private mutating func redeem(
    _ reward: Reward, _ asked: Int64, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> BenefitUse {
    var use = BenefitUse(source: .reward, id: reward.id)
    var times = asked
    if let refusal = refusal(reward, &times, event, &account, &outcome) {
      use.times = 0
      use.refusal = refusal
      return use
    }
    use.times = times
    if let pays = reward.pays { use.money = pays.money.minor * times }
    outcome.benefits.append(use)
    for price in reward.prices + (reward.pays.map { [$0.price] } ?? []) where !isReplaying {
      let currency = program.currencies[price.currency]
      account.spend(
        price.amount * times, currency.id, hasPots: currency.hasPots, at: event.at, &outcome)
    }
    if reward.coupon >= 0 { issue(reward.coupon, times, &outcome) }
    return use
  }

  /// A member takes one of what a choice offers; false where no open choice has it.
  mutating func choose(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> Bool {
    guard case .text(let name)? = event.attributes.first(where: { $0.name == "name" })?.value
    else { return false }
    let templates = program.coupons.indices.filter { program.coupons[$0].choices.contains(name) }
    guard !templates.isEmpty else { return false }
    var choice = BenefitUse(source: .coupon, id: program.coupons[templates[0]].id)
    if !isReplaying {
      let held = account.coupons.firstIndex { coupon in
        coupon.used == 0 && !coupon.isWithdrawn && coupon.validUntil > event.at
          && templates.contains { program.coupons[$0].id == coupon.template }
      }
      guard let held else { return false }
      choice.id = account.coupons[held].template
      choice.heldSeq = account.coupons[held].seq
      choice.heldN = account.coupons[held].n
      account.coupons[held].used = 1
      account.coupons[held].isTouched = true
    }
    outcome.benefits.append(choice)
    if let reward = program.rewards.first(where: { $0.key == name }) {
      outcome.benefits.append(BenefitUse(source: .reward, id: reward.id))
      if reward.coupon >= 0 { issue(reward.coupon, 1, &outcome) }
    } else if let coupon = program.coupons.firstIndex(where: { $0.key == name }) {
      issue(coupon, 1, &outcome)
    }
    return true
  }

  private func reward(_ event: Event) -> Reward? {
    guard case .text(let name)? = event.attributes.first(where: { $0.name == "name" })?.value
    else { return nil }
    return reward(named: name)
  }

  func reward(named name: String) -> Reward? { program.rewards.first { $0.key == name } }

  /// Why a reward is not to be had; of one that pays money, `times` becomes its whole steps.
  mutating func refusal(
    _ reward: Reward, _ times: inout Int64, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Refusal? {
    if reward.condition >= 0, !holds(reward.condition, event, &account, &outcome) { return .notMet }
    var match = Match(rule: -1, times: times)
    if !applyLimits(reward.limits, &account, &match, &outcome) || match.times < times {
      return .limit
    }
    if let pays = reward.pays {
      let there = spendable(pays.price, account, &outcome)
      times = there / pays.price.amount
      if there < pays.least || times == 0 { return .notEnough }
    }
    for price in reward.prices {
      let (cost, overflow) = price.amount.multipliedReportingOverflow(by: times)
      if overflow || spendable(price, account, &outcome) < cost { return .notEnough }
    }
    if reward.stock >= 0 {
      let place = Int(reward.stock)
      guard shares[place].left >= times else {
        _ = note(program.budgets[place].fact, shares[place].left, &outcome)
        if !shares[place].isLast {
          shortage = BudgetShortage(budget: place, amount: times - shares[place].left)
        }
        return .outOfStock
      }
      _ = draw(times, place, &outcome)
    }
    return nil
  }

  mutating func spendable(
    _ price: Reward.Price, _ account: Account, _ outcome: inout Outcome
  ) -> Int64 {
    let currency = program.currencies[price.currency]
    return note(
      price.fact,
      known(price.fact) ?? account.spendable(currency.id, hasPots: currency.hasPots), &outcome)
  }

  mutating func issue(_ place: Int, _ times: Int64, _ outcome: inout Outcome) {
    let template = program.coupons[place]
    let until = template.valid.map { program.zone.end(of: moment.day.adding($0)) }
    var issue = CouponIssue(
      template: template.id, rule: 0, tier: 0, validUntil: until ?? .distantFuture)
    issue.times = times
    outcome.coupons.append(issue)
  }

  /// Points with which a bill was paid: they are spent, into debt where there are too few.
  mutating func payWithPoints(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    for tender in program.pointTenders {
      let currency = program.currencies[tender.currency]
      var use = BenefitUse(source: .reward, id: tender.reward)
      use.money = event.tenders.reduce(0) { $1.kind == tender.kind ? $0 + $1.amount.minor : $0 }
      guard use.money > 0, !tendersAreHeld.contains(currency.id) else { continue }
      let points = narrow(
        Rounding.up.divide(
          Int128(use.money) * Int128(tender.points), by: Int128(tender.money.minor)))
      let price = Reward.Price(
        currency: tender.currency, amount: points, fact: tender.fact)
      let held = held(for: tender, use.money, event, account)
      let isLate = held.map { account.holds[$0].state == .lapsed } ?? false
      if held != nil {
        _ = note(tender.fact, points, &outcome)
      } else if spendable(price, account, &outcome) < points {
        use.refusal = .notEnough
      }
      if use.refusal == nil, let share = tender.share, use.money > most(share, event) {
        use.refusal = .limit
      }
      if isLate, let held,
        !account.captureLate(held, .points(points), by: event.seq, at: event.at, &outcome)
      {
        use.refusal = .notEnough
      }
      outcome.benefits.append(use)
      guard !isReplaying, !isLate else { continue }
      if let held {
        account.capture(held, .points(points), by: event.seq, at: event.at, &outcome)
        continue
      }
      account.spend(points, currency.id, hasPots: currency.hasPots, at: event.at, &outcome)
    }
  }

  /// The most that is paid of a bill where only a share of it may be.
  func most(_ share: Int64, _ event: Event) -> Int64 {
    let bill = event.lines.reduce(Int64(0)) { $0 + $1.total.minor + $1.tax.minor }
    return Int64(Rounding.down.divide(Int128(bill) * Int128(share), by: 1_000_000))
  }
}
