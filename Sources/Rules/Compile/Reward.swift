import Loyalty

/// A reward: what is spent for it. What it is worth is a coupon that the redemption issues.
struct Reward: Sendable {
  struct Price: Sendable {
    let currency: Int
    let amount: Int64
    /// What there is to spend, among the facts.
    let fact: CounterID
  }
  struct Payment: Sendable {
    let price: Price
    let money: Money
    let least: Int64
  }
  let id: RewardID
  let key: String
  let prices: [Price]
  let pays: Payment?
  let condition: Int32
  let limits: Range<Int>
  /// Its place in `coupons`; −1: it gives nothing to be shown.
  let coupon: Int
  /// A place in `budgets`; −1: there are enough.
  let stock: Int32
  /// Sent or handed over: redeeming it makes an order.
  let isThing: Bool
}

extension Compiler {
  /// What a reward is worth, as a coupon: with its terms of use.
  static func coupon(of reward: RewardSyntax, _ syntax: ProgramSyntax) -> CouponSyntax? {
    var coupon = CouponSyntax(key: Written("reward \(reward.key.value)", reward.key.place))
    coupon.benefit = reward.benefit
    if let pays = reward.pays {
      coupon.benefit = Written(.off(.money(pays.money)), pays.currency.place)
    }
    coupon.multiply = reward.multiply
    coupon.choices = reward.choice.map(\.value)
    guard coupon.benefit != nil || !coupon.multiply.isEmpty || !coupon.choices.isEmpty else {
      return nil
    }
    coupon.name = reward.name
    coupon.items = reward.items
    coupon.condition = reward.condition?.part(ofBill: true, syntax)
    coupon.share = reward.share
    coupon.valid = reward.valid
    coupon.limits = reward.limits.filter { $0.measure != .times }
    coupon.group = reward.group
    coupon.combines = reward.combines
    coupon.returns = reward.returns
    return coupon
  }

  /// Says in rules and coupons what rewards bring besides what is shown: points, choices, and
  /// redemptions that nobody asks for.
  static func unfold(_ syntax: inout ProgramSyntax) {
    let earning = Dictionary(
      syntax.rewards.filter { !$0.earn.isEmpty }.map { ($0.key.value, $0.earn) },
      uniquingKeysWith: { first, _ in first })
    for place in syntax.rules.indices {
      for gift in syntax.rules[place].gives where gift.kind == .reward {
        syntax.rules[place].earn += earning[gift.name.value] ?? []
      }
    }
    // A tier gives no points by itself: they are there to be taken.
    let hasCoupon = Set(
      syntax.rewards.filter { coupon(of: $0, syntax) != nil }.map(\.key.value))
    for place in syntax.tiers.indices {
      for gift in syntax.tiers[place].gives.indices {
        let name = syntax.tiers[place].gives[gift].name
        guard syntax.tiers[place].gives[gift].kind == .reward, earning[name.value] != nil,
          !hasCoupon.contains(name.value)
        else { continue }
        syntax.tiers[place].gives[gift].kind = .choice
        syntax.tiers[place].gives[gift].choices = [name]
      }
    }
    for gift in syntax.rules.flatMap(\.gives) + syntax.tiers.flatMap(\.gives)
    where gift.kind == .choice && !syntax.coupons.contains(where: { $0.key.value == gift.template })
    {
      var coupon = CouponSyntax(key: Written(gift.template, gift.name.place))
      coupon.choices = gift.choices.map(\.value)
      syntax.coupons.append(coupon)
    }
    syntax.rules += syntax.coupons.compactMap(\.multiplier)
    let coupons = syntax.rewards.compactMap { coupon(of: $0, syntax) }
    syntax.rules += coupons.compactMap(\.multiplier) + syntax.rewards.compactMap(\.giver)
    syntax.rules += syntax.rewards.compactMap(\.unasked)
    syntax.coupons += coupons
  }

  mutating func add(_ reward: RewardSyntax) {
    let key = reward.key.value
    let times = reward.limits.filter { $0.measure == .times }
    let limits = append(
      times.compactMap { add($0, nil, owner: "reward \(key)") }, to: \.limits)
    program.redeemEvent = registry.symbol("redeem")
    let isUsed = couponPlaces["reward \(key)"] != nil
    let condition = isUsed ? reward.condition?.part(ofBill: false, syntax) : reward.condition
    let asked = condition.map { self.condition($0, nil) } ?? -1
    let stock = reward.stock.map { addStock($0, key) } ?? -1
    var prices: [Reward.Price] = []
    for (currency, amount) in reward.price {
      if let price = price(currency.value, amount) { prices.append(price) }
    }
    var pays: Reward.Payment?
    if let written = reward.pays, let price = price(written.currency.value, written.points) {
      pays = Reward.Payment(
        price: price, money: written.money, least: reward.least?.amount ?? 0)
    }
    program.rewards.append(
      Reward(
        id: registry.reward(key), key: key,
        prices: prices, pays: pays,
        condition: asked, limits: limits,
        coupon: couponPlaces["reward \(key)"] ?? -1,
        stock: stock, isThing: reward.isThing))
    if reward.trigger != nil { program.redeemsUnasked = true }
    if let pays = reward.pays { addTender(pays, reward.share) }
  }

  /// What a reward gives in points it gives as well where it was chosen.
  mutating func openGivers() {
    let chosen = Set(program.coupons.flatMap(\.choices).map { "reward \($0)" })
    guard !chosen.isEmpty else { return }
    let given = (program.rulesByEvent[program.redeemEvent] ?? []).filter { gate in
      chosen.contains(syntax.rules[Int(gate.place)].key.value)
    }
    program.rulesByEvent[program.claimEvent, default: []] += given
  }

  private mutating func price(_ currency: String, _ amount: Int64) -> Reward.Price? {
    guard let place = currencyPlaces[currency] else { return nil }
    return Reward.Price(
      currency: place, amount: amount, fact: counter("to spend of \(currency)"))
  }

  private mutating func addStock(_ stock: Int64, _ key: String) -> Int32 {
    let name = "stock of reward \(key)"
    program.budgets.append(
      Budget(
        id: registry.budget(name), key: name, measure: .times, total: stock,
        fact: counter("left of the \(name)")))
    return Int32(program.budgets.count - 1)
  }

  /// Paying at the till with a tender that is called like the currency.
  private mutating func addTender(_ pays: PaysSyntax, _ share: Int64?) {
    guard let place = currencyPlaces[pays.currency.value] else { return }
    let tender = PointTender(
      reward: program.rewards[program.rewards.count - 1].id,
      kind: registry.symbol(pays.currency.value), currency: place, money: pays.money,
      points: pays.points, share: share, fact: counter("to spend of \(pays.currency.value)"))
    // Of several that pay, the one that speaks of a bill.
    if let other = program.pointTenders.firstIndex(where: { $0.kind == tender.kind }) {
      if share != nil, program.pointTenders[other].share == nil {
        program.pointTenders[other] = tender
      }
    } else {
      program.pointTenders.append(tender)
    }
  }
}

/// A tender that spends points.
struct PointTender: Sendable {
  let reward: RewardID
  let kind: Symbol
  let currency: Int
  let money: Money
  let points: Int64
  /// At most this share of the bill, in millionths.
  let share: Int64?
  let fact: CounterID
}

extension GiftSyntax {
  /// The template of what is handed out to be shown; a perk has none.
  var template: String {
    switch kind {
    case .coupon: name.value
    case .reward: "reward \(name.value)"
    case .choice: "choice \(CouponSyntax.name(ofChoice: choices.map(\.value)))"
    default: ""
    }
  }

  /// Whether what it hands out is shown or taken some day.
  var isUsed: Bool { kind == .coupon || kind == .reward || kind == .choice }
}

extension CouponSyntax {
  /// `mug or points`: how a choice without a name of its own is called.
  static func name(ofChoice names: [String]) -> String { names.joined(separator: " or ") }

  /// The names in it; of anything else itself.
  static func parts(ofChoice name: String) -> [String] {
    name.split(separator: " or ").map(String.init)
  }
}

extension ConditionSyntax {
  /// The part that looks at a bill, which is asked when what was redeemed is used, or the part that
  /// is asked when it is redeemed; nil where there is none.
  fileprivate func part(ofBill: Bool, _ syntax: ProgramSyntax) -> ConditionSyntax? {
    switch self {
    case .all(let parts):
      let found = parts.compactMap { $0.part(ofBill: ofBill, syntax) }
      return found.isEmpty ? nil : .all(found)
    default: return looksAtBill(syntax) == ofBill ? self : nil
    }
  }

  private func looksAtBill(_ syntax: ProgramSyntax) -> Bool {
    var found = false
    walk { part in
      switch part {
      case .basket, .tender: found = true
      case .named(let name):
        let named = syntax.conditions.first { $0.key.value == name.value }
        if named?.condition.looksAtBill(syntax) == true { found = true }
      default: break
      }
    }
    return found
  }
}

extension Program {
  /// Tenders whose sales need the account's lots.
  public var spendingTenders: [Symbol] { pointTenders.map(\.kind) }

  /// Whether a reward is sent or handed over.
  public func isThing(_ id: RewardID) -> Bool { rewards.first { $0.id == id }?.isThing == true }

  /// Coupons for which points are spent.
  public var paidCoupons: Set<CouponTemplateID> {
    Set(
      rewards.filter { $0.coupon >= 0 && (!$0.prices.isEmpty || $0.pays != nil) }
        .map { coupons[$0.coupon].id })
  }
}

extension RewardSyntax {
  /// The rule that gives the points of the reward itself; nil where it gives none.
  var giver: RuleSyntax? {
    guard !earn.isEmpty else { return nil }
    var rule = RuleSyntax(key: Written("reward \(key.value)", key.place))
    rule.isImplied = true
    rule.name = name
    rule.trigger = .event("redeem")
    rule.condition = .redeemed(reward: key.value)
    rule.earn = earn
    return rule
  }

  /// The rule that hands it out unasked; nil where members redeem it.
  var unasked: RuleSyntax? {
    guard let trigger else { return nil }
    var rule = RuleSyntax(key: Written("reward \(key.value) unasked", key.place))
    rule.isImplied = true
    rule.name = name
    rule.trigger = trigger
    rule.gives = [GiftSyntax(kind: .redemption, name: key)]
    return rule
  }
}
