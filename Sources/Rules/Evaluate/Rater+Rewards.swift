import Loyalty

/// Redemptions: points are spent, and what they were spent for is handed out.
extension Rater {
  /// So many times, or not at all; a refusal says why.
  mutating func redeem(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    var use = BenefitUse(source: .reward, id: 0)
    use.times = 0
    guard let reward = reward(event) else {
      use.refusal = .unknown
      return outcome.benefits.append(use)
    }
    use.id = reward.id
    var times = max(1, event.number("times").map { $0 / Quantity.scale } ?? 1)
    if let refusal = refusal(reward, &times, event, &account, &outcome) {
      use.refusal = refusal
      return outcome.benefits.append(use)
    }
    use.times = times
    if let pays = reward.pays { use.money = pays.money.minor * times }
    outcome.benefits.append(use)
    for price in reward.prices + (reward.pays.map { [$0.price] } ?? []) where replay == nil {
      let currency = program.currencies[price.currency]
      account.spend(
        price.amount * times, currency.id, hasPots: currency.hasPots, at: event.at, &outcome)
    }
    if reward.coupon >= 0 { issue(reward.coupon, times, &outcome) }
  }

  private func reward(_ event: Event) -> Reward? {
    guard case .text(let name)? = event.attributes.first(where: { $0.name == "name" })?.value
    else { return nil }
    return program.rewards.first { $0.key == name }
  }

  /// Why a reward is not to be had; of one that pays money, `times` becomes its whole steps.
  private mutating func refusal(
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

  private mutating func spendable(
    _ price: Reward.Price, _ account: Account, _ outcome: inout Outcome
  ) -> Int64 {
    let currency = program.currencies[price.currency]
    return note(
      price.fact,
      known(price.fact) ?? account.spendable(currency.id, hasPots: currency.hasPots), &outcome)
  }

  private mutating func issue(_ place: Int, _ times: Int64, _ outcome: inout Outcome) {
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
      if spendable(price, account, &outcome) < points {
        use.refusal = .notEnough
      } else if let share = tender.share, isOver(share, use.money, event) {
        use.refusal = .limit
      }
      outcome.benefits.append(use)
      guard replay == nil else { continue }
      account.spend(points, currency.id, hasPots: currency.hasPots, at: event.at, &outcome)
    }
  }

  private func isOver(_ share: Int64, _ paid: Int64, _ event: Event) -> Bool {
    let bill = event.lines.reduce(Int64(0)) { $0 + $1.total.minor + $1.tax.minor }
    return Int128(paid) * 1_000_000 > Int128(bill) * Int128(share)
  }
}
