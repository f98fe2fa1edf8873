import Loyalty

/// A bill on which benefits are put one after another.
struct Bill: Sendable {
  /// What is left of each line; true while benefits are looked for.
  var left: [Int64] = []
  var isOpen = false
  /// The till has taken loyalty discounts off already.
  var isTakenAlready = false
  /// The benefits that took something off.
  var applied: [Int32] = []
}

/// What a benefit offers for the running bill, and how far it may go.
struct Bid: Sendable {
  var benefit: Int32
  var offer: Offer
  var times: Int64
  var mostMoney: Int64
  var moneyIsWhole: Bool
  var mostUnits: Int64
  /// Of a coupon, its place among those shown.
  var shown = -1
}

extension Rater {
  /// Takes off the bill what rules take off, group after group; gives the event as it is then.
  mutating func discount(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> Event {
    shown.removeAll(keepingCapacity: true)
    let offered = event.beforeLoyaltyDiscounts()
    basket.fill(offered, sign: 1, shared)
    guard basket.total.spend >= 0 else { return event }
    bill.left = offered.lines.map { max(0, $0.total.minor) }
    bill.applied.removeAll(keepingCapacity: true)
    bill.isOpen = true
    bill.isTakenAlready = event.isTakenByTill
    if !account.holds.isEmpty { captureShown(event, &account, &outcome) }
    findShown(event, account)
    openBenefits.find(basket, moment)
    for group in -1..<program.groups.count {
      putGroup(Int32(group), offered, &account, &outcome)
    }
    _ = bids(ofCoupons: -1, offered, &account, &outcome)
    if !shown.isEmpty { settleShown(event, &account, &outcome) }
    bill.isOpen = false
    forgetMatches()
    return event.reduced(by: outcome)
  }

  /// The rules of one group, on what earlier groups left.
  private mutating func putGroup(
    _ group: Int32, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    forgetMatches()
    for position in 0..<openBenefits.count {
      let gate = openBenefits[position]
      if program.rules[Int(gate.place)].group == group {
        consider(gate, event, &account, &outcome)
      }
    }
    guard !matched.isEmpty || group >= 0 && !shown.isEmpty else { return }
    matched.sortFew { $0.rule }
    let policy = group < 0 ? Group.Policy.best : program.groups[Int(group)].policy
    if policy == .first { settleGroups(&outcome) }
    var bids: [Bid] = []
    for index in matched.indices {
      let match = matched[index]
      let benefit = program.rules[Int(match.rule)].benefit
      guard let bid = bid(benefit, match.times, match, event) else { continue }
      bids.append(bid)
    }
    if group >= 0, !shown.isEmpty { bids += self.bids(ofCoupons: group, event, &account, &outcome) }
    if policy == .first, group >= 0 { bids = first(bids, program.groups[Int(group)]) }
    put(bids, policy, event, &outcome)
  }

  /// Of a group with an order, the first that bids; coupons among them are refused.
  private mutating func first(_ bids: [Bid], _ group: Group) -> [Bid] {
    guard bids.count > 1 else { return bids }
    let winner =
      group.benefits.lazy.compactMap { place in bids.first { $0.benefit == place } }.first
      ?? bids[0]
    for bid in bids where bid.benefit != winner.benefit && bid.shown >= 0 {
      refuse(bid.shown, .doesNotCombine)
    }
    return [winner]
  }

  /// What a benefit offers on what is left; nil where an earlier one excludes it.
  private mutating func bid(
    _ place: Int32, _ times: Int64, _ match: Match, _ event: Event
  ) -> Bid? {
    let benefit = program.benefits[Int(place)]
    if let other = bill.applied.first(where: { benefit.excludes.contains($0) }) {
      note(place, .doesNotCombine(with: other))
      return nil
    }
    return Bid(
      benefit: place, offer: offer(place, times, match.mostUnits, event), times: times,
      mostMoney: match.mostMoney, moneyIsWhole: match.moneyIsWhole, mostUnits: match.mostUnits)
  }

  mutating func offer(
    _ place: Int32, _ times: Int64, _ mostUnits: Int64, _ event: Event
  ) -> Offer {
    let benefit = program.benefits[Int(place)]
    let lines = event.lines.indices.map { line -> OpenLine? in
      guard bill.left[line] > 0, basket.contains(line, benefit.selector, event, shared) else {
        return nil
      }
      let quantity = event.lines[line].quantity.millionths
      let isPieces =
        event.lines[line].unit == .none && quantity > 0 && quantity % Quantity.scale == 0
      return OpenLine(
        left: bill.left[line], quantity: quantity > 0 ? quantity : Quantity.scale,
        isPieces: isPieces || quantity <= 0)
    }
    guard let form = benefit.form else { return Offer(nothing: event.lines.count) }
    return Offer(
      form, times: times, mostUnits: mostUnits, lines, program.moneyRounding,
      cheapest: benefit.cheapest)
  }

  /// Where the best counts, line by line it is the one that takes most off; otherwise one follows
  /// another: on what is left (compound), or on what there was before the group (add).
  private mutating func put(
    _ bids: [Bid], _ policy: Group.Policy, _ event: Event, _ outcome: inout Outcome
  ) {
    guard policy == .best, bids.count > 1 else {
      for bid in bids {
        var bid = bid
        if policy == .compound {
          bid.offer = offer(bid.benefit, bid.times, bid.mostUnits, event)
        }
        apply(bid, event, &outcome)
      }
      return
    }
    var bids = bids
    for line in bill.left.indices {
      var winner = 0
      for index in bids.indices
      where bids[index].offer.amounts[line] > bids[winner].offer.amounts[line] { winner = index }
      for index in bids.indices where index != winner {
        bids[index].offer.amounts[line] = 0
        bids[index].offer.units[line] = 0
      }
    }
    let best = bids.max { $0.offer.total < $1.offer.total }?.benefit ?? -1
    for bid in bids {
      if bid.offer.total == 0 {
        note(bid.benefit, .lost(to: program.benefits[Int(best)].id))
        if bid.shown >= 0 { refuse(bid.shown, .doesNotCombine) }
      }
      apply(bid, event, &outcome)
    }
  }

  /// Takes an offer off the bill, as far as its limits and what is left allow.
  mutating func apply(_ bid: Bid, _ event: Event, _ outcome: inout Outcome) {
    let benefit = program.benefits[Int(bid.benefit)]
    if let other = bill.applied.first(where: { benefit.excludes.contains($0) }) {
      if bid.shown >= 0 { refuse(bid.shown, .doesNotCombine) }
      return note(bid.benefit, .doesNotCombine(with: other))
    }
    var amounts = zip(bid.offer.amounts, bill.left).map { min($0, $1) }
    let wanted = amounts.reduce(0, +)
    guard wanted > 0 || benefit.form == nil else { return }
    if wanted > bid.mostMoney {
      if bid.moneyIsWhole {
        if bid.shown >= 0 { refuse(bid.shown, .limit) }
        return note(bid.benefit, .limitReached)
      }
      amounts = LineShares.cut(amounts, to: bid.mostMoney)
      note(bid.benefit, .moneyCut(to: bid.mostMoney))
    }
    let total = amounts.reduce(0, +)
    let drawn = drawMoney(total, benefit, &outcome)
    guard drawn > 0 || benefit.form == nil else { return }
    if drawn < total {
      amounts = LineShares.cut(amounts, to: drawn)
      note(bid.benefit, .moneyCut(to: drawn))
    }
    var use = BenefitUse(source: benefit.source, id: benefit.id)
    use.times = bid.times
    use.shown = Int32(bid.shown)
    use.firstLine = Int32(outcome.lineOffs.count)
    for line in amounts.indices where amounts[line] > 0 {
      use.money += amounts[line]
      use.units += bid.offer.units[line]
      bill.left[line] -= amounts[line]
      outcome.lineOffs.append(LineOff(line: Int32(line), amount: amounts[line]))
    }
    use.endLine = Int32(outcome.lineOffs.count)
    outcome.benefits.append(use)
    bill.applied.append(bid.benefit)
  }

  /// Why a rule's benefit counts less than it says, or not at all.
  private mutating func note(_ benefit: Int32, _ verdict: Trace.Verdict) {
    guard trace != nil, case .rule(let place) = program.benefits[Int(benefit)].owner else { return }
    trace?.notes.append((place, verdict))
  }

  /// What is left to pay for the lines of a selector.
  func leftToPay(_ selector: Int32, _ event: Event) -> Int64 {
    var sum: Int64 = 0
    for line in event.lines.indices where basket.contains(line, selector, event, shared) {
      sum += bill.isOpen ? bill.left[line] : event.lines[line].total.minor
    }
    return sum
  }
}
