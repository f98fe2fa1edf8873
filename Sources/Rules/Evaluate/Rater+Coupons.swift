import Loyalty

/// Coupons that are shown with a purchase.
extension Rater {
  /// Finds what the shown texts stand for, and what the coupons' own terms say: of a second rating,
  /// what they said the first time.
  mutating func findShown(_ event: Event, _ account: Account) {
    shown.removeAll(keepingCapacity: true)
    if let replay, replay.isWhole {
      shown = replay.shown
      return
    }
    for place in event.coupons.indices {
      var coupon = find(event.coupons[place], Int32(place), account)
      if coupon.refusal == nil {
        coupon.refusal =
          refusal(of: coupon, event, account) ?? refusal(ofTemplate: coupon.template)
      }
      shown.append(coupon)
    }
  }

  func find(_ text: String, _ place: Int32, _ account: Account) -> ShownCoupon {
    if let held = account.coupons.firstIndex(where: { $0.code == text && isFree($0) }),
      program.coupons.contains(where: { $0.id == account.coupons[held].template })
    {
      return ShownCoupon(place, account, held)
    }
    let named = program.coupons.first {
      $0.publicCode == text || namesAreCodes && $0.shownKey == text
    }
    guard let named else { return ShownCoupon(place: place, template: 0, refusal: .unknown) }
    let own = account.coupons.indices.filter { account.coupons[$0].template == named.id }
    let first = own.first { place in
      let coupon = account.coupons[place]
      return coupon.used < named.uses && !coupon.isWithdrawn && isFree(coupon)
    }
    if let held = first ?? own.first {
      var coupon = ShownCoupon(place, account, held)
      if !isFree(account.coupons[held]) { coupon.refusal = .usedUp }
      return coupon
    }
    let isShownTwice = shown.contains { $0.template == named.id }
    return ShownCoupon(
      place: place, template: named.id,
      refusal: named.isClaimed ? .notClaimed : isShownTwice ? .usedUp : nil)
  }

  /// Not shown already with the same purchase.
  private func isFree(_ coupon: HeldCoupon) -> Bool {
    !shown.contains { $0.held >= 0 && $0.template == coupon.template && $0.code == coupon.code }
  }

  func refusal(
    of coupon: ShownCoupon, _ event: Event, _ account: Account
  ) -> Refusal? {
    guard coupon.held >= 0 else { return nil }
    let held = account.coupons[Int(coupon.held)]
    if held.isWithdrawn { return .withdrawn }
    if held.validUntil <= event.at { return .expired }
    let uses = program.coupons.first { $0.id == held.template }?.uses ?? 1
    return held.used >= uses ? .usedUp : nil
  }

  /// What the days on which a coupon can be used, and its being a choice, say.
  func refusal(ofTemplate id: CouponTemplateID) -> Refusal? {
    guard let template = program.coupons.first(where: { $0.id == id }) else { return nil }
    if !template.choices.isEmpty { return .notClaimed }
    if moment.date > template.to { return .expired }
    return moment.date < template.from ? .notMet : nil
  }

  /// Whether a coupon of a template was shown and is taken.
  func isTaken(_ template: Int) -> Bool {
    shown.contains { $0.template == program.coupons[template].id && $0.refusal == nil }
  }

  /// Whether one of these coupons was shown, and not refused; a text that no coupon of the program
  /// has may be the name of one that others issue.
  func isShown(_ names: [String], _ event: Event) -> Bool {
    event.coupons.indices.contains { place in
      let coupon = shown.first { $0.place == Int32(place) && $0.template != 0 }
      guard let coupon else { return names.contains(event.coupons[place]) }
      return coupon.refusal == nil
        && program.coupons.contains { $0.id == coupon.template && names.contains($0.key) }
    }
  }

  /// The offers of the coupons of one group; −1: of those in none, one after another in the order
  /// shown.
  mutating func bids(
    ofCoupons group: Int32, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> [Bid] {
    var bids: [Bid] = []
    for index in shown.indices {
      guard let place = program.coupons.firstIndex(where: { $0.id == shown[index].template }),
        program.benefits[Int(program.coupons[place].benefit)].group == group
      else { continue }
      guard let bid = bid(coupon: index, place, event, &account, &outcome) else { continue }
      // One that only multiplies points competes by its points.
      if group < 0 || program.benefits[Int(bid.benefit)].form == nil {
        apply(bid, event, &outcome)
      } else {
        bids.append(bid)
      }
    }
    return bids
  }

  private mutating func bid(
    coupon index: Int, _ place: Int, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) -> Bid? {
    let coupon = program.coupons[place]
    var match = Match(rule: -1)
    if coupon.condition >= 0, !holds(coupon.condition, event, &account, &outcome) {
      refuse(index, .notMet)
    }
    if !applyLimits(coupon.limits, &account, &match, &outcome) {
      refuse(index, .limit)
      (match.mostMoney, match.mostUnits) = (.max, .max)
    }
    // What the till took off already it took, whatever the terms say.
    guard shown[index].refusal == nil || isTakenAnyway(shown[index], event) else { return nil }
    if let share = coupon.share { match.mostMoney = min(match.mostMoney, most(share, event)) }
    let benefit = program.benefits[Int(coupon.benefit)]
    guard
      event.lines.indices.contains(where: { basket.contains($0, benefit.selector, event, shared) })
    else {
      refuse(index, .noItems)
      return nil
    }
    if bill.applied.contains(where: { benefit.excludes.contains($0) }) {
      refuse(index, .doesNotCombine)
      return nil
    }
    return Bid(
      benefit: coupon.benefit,
      offer: offer(coupon.benefit, shown[index].times, match.mostUnits, event),
      times: shown[index].times,
      mostMoney: match.mostMoney, moneyIsWhole: match.moneyIsWhole, mostUnits: match.mostUnits,
      shown: index)
  }

  private func isTakenAnyway(_ coupon: ShownCoupon, _ event: Event) -> Bool {
    bill.isTakenAlready && coupon.template != 0
  }

  /// Keeps the first reason.
  mutating func refuse(_ index: Int, _ refusal: Refusal) {
    if shown[index].refusal == nil { shown[index].refusal = refusal }
  }

  /// Notes the refused ones, and counts the uses of the others.
  mutating func settleShown(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    for index in shown.indices {
      let coupon = shown[index]
      if let place = outcome.benefits.firstIndex(where: { $0.shown == Int32(index) }) {
        outcome.benefits[place].refusal = coupon.refusal
      } else {
        var use = BenefitUse(source: .coupon, id: coupon.template)
        use.times = 0
        use.refusal = coupon.refusal ?? .nothingLeft
        use.shown = Int32(index)
        shown[index].refusal = use.refusal
        outcome.benefits.append(use)
        continue
      }
      if coupon.held >= 0, !isReplaying {
        let held = account.coupons[Int(coupon.held)]
        let place = outcome.benefits.firstIndex { $0.shown == Int32(index) } ?? 0
        outcome.benefits[place].heldSeq = held.seq
        outcome.benefits[place].heldN = held.n
        account.coupons[Int(coupon.held)].used += 1
        account.coupons[Int(coupon.held)].isTouched = true
      }
    }
  }

  /// A member takes a coupon that must be taken first; why not, where it cannot be.
  mutating func claim(
    _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> String? {
    guard case .text(let name)? = event.attributes.first(where: { $0.name == "name" })?.value else {
      return "it does not say what is claimed, as its attribute `name`"
    }
    guard
      let template = program.coupons.first(where: {
        $0.isClaimed && ($0.key == name || $0.publicCode == name)
      })
    else { return notClaimable(name) }
    let holds = account.coupons.contains {
      $0.template == template.id && $0.used < template.uses && !$0.isWithdrawn
        && $0.validUntil > event.at
    }
    if holds { return "the coupon is claimed already" }
    let until = template.valid.map { program.zone.end(of: moment.day.adding($0)) }
    outcome.coupons.append(
      CouponIssue(
        template: template.id, rule: 0, tier: 0, validUntil: until ?? .distantFuture))
    return nil
  }

  /// Why nothing of a name can be claimed.
  private func notClaimable(_ name: String) -> String {
    let choices = program.coupons.flatMap(\.choices)
    if choices.contains(name) {
      return "the member has no choice of which `\(name)` is one and that is open"
    }
    if program.coupons.contains(where: { $0.key == name || $0.publicCode == name }) {
      return "the coupon `\(name)` is handed out, and not claimed"
    }
    let names = program.coupons.filter(\.isClaimed).map(\.key) + choices
    let near = NearName.of(name, among: names).map { "; did you mean `\($0)`?" }
    return "nothing that can be claimed is called `\(PlainWords.shortened(name))`" + (near ?? "")
  }
}

extension ShownCoupon {
  fileprivate init(_ place: Int32, _ account: Account, _ held: Int) {
    self.init(place: place, template: account.coupons[held].template)
    self.held = Int32(held)
    code = account.coupons[held].code
    times = account.coupons[held].times
  }
}
