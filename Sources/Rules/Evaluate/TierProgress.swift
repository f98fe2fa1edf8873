import Loyalty

/// How far an account is on its way to the next tier of the main ladder.
public struct TierProgress: Sendable {
  /// One measure of what the next tier asks for.
  public struct Goal: Sendable {
    /// `spend`, `visits`, `points earned`.
    public var measure: String
    /// Of which items, where not all count.
    public var items: String?
    public var window: String
    public var value: Int64
    public var target: Int64
    /// Digits behind the point of both.
    public var decimals: Int
    /// The money's code where the measure is money.
    public var money: String?

    public var missing: Int64 { max(0, target - value) }
  }

  public indirect enum Requirement: Sendable {
    case all([Requirement])
    case any([Requirement])
    case goal(Goal)
    /// `the top 10% by spend, last calendar year`: only a review can say.
    case rank(String)
  }

  public var tier: Tier?
  /// Until when the present tier's validity runs; nil where it does not end.
  public var until: Instant?
  public var next: Tier?
  public var requirement: Requirement?
}

extension TierProgress.Requirement {
  /// The goals of the shortest way, by what share of them is done.
  public var goals: [TierProgress.Goal] {
    switch self {
    case .goal(let goal): [goal]
    case .rank: []
    case .all(let parts): parts.flatMap(\.goals)
    case .any(let parts):
      parts.map(\.goals).filter { !$0.isEmpty }.max { Self.share($0) < Self.share($1) } ?? []
    }
  }

  public var ranks: [String] {
    switch self {
    case .goal: []
    case .rank(let text): [text]
    case .all(let parts), .any(let parts): parts.flatMap(\.ranks)
    }
  }

  /// Millionths of the way; the goal that is farthest off counts.
  static func share(_ goals: [TierProgress.Goal]) -> Int64 {
    goals.map(\.millionths).min() ?? 0
  }
}

extension TierProgress.Goal {
  public var millionths: Int64 {
    guard target > 0 else { return 1_000_000 }
    return Int64(Int128(max(0, min(value, target))) * 1_000_000 / Int128(target))
  }
}

extension Rater {
  /// Where an account stands at an instant. It must be advanced to it.
  public mutating func progress(of account: Account, at instant: Instant) -> TierProgress {
    let event = Event(
      seq: 0, kind: .other, at: instant, offset: program.zone.offset(at: instant))
    var account = account
    enter(event, &account, nil)
    var progress = TierProgress()
    guard let ladder = program.ladders.first, !ladder.isEmpty else { return progress }
    let place = program.tier(of: account, ladder: 0, at: instant)
    if place >= 0 {
      progress.tier = program.tiers[place]
      let standing = account.standings.first {
        $0.tier == program.tiers[place].id && $0.until > instant
      }
      if let until = standing?.until, until < .distantFuture { progress.until = until }
    }
    guard let next = ladder.first(where: { $0 > place && program.tiers[$0].qualify != nil }) else {
      return progress
    }
    progress.next = program.tiers[next]
    if let compiled = program.tiers[next].qualify, let written = program.syntax.tiers[next].qualify
    {
      progress.requirement = requirement(compiled, written, account)
    }
    return progress
  }

  private mutating func requirement(
    _ compiled: Qualification, _ written: QualifySyntax, _ account: Account
  ) -> TierProgress.Requirement {
    switch (compiled, written) {
    case (.all(let parts), .all(let texts)):
      return .all(zip(parts, texts).map { requirement($0, $1, account) })
    case (.any(let parts), .any(let texts)):
      return .any(zip(parts, texts).map { requirement($0, $1, account) })
    case (.not, .not): return .all([])
    case (.goal(let place), .goal(let text)) where text.isOfBalance:
      return .goal(held(program.goals[place], account))
    case (.goal(let place), .goal(let text)):
      return .goal(goal(program.goals[place], text, account))
    case (_, .rank(let rank)): return .rank(Self.text(rank))
    default: return .all([])
    }
  }

  private func held(_ goal: Goal, _ account: Account) -> TierProgress.Goal {
    let currency = program.currencies[program.place(of: goal.currency)]
    return TierProgress.Goal(
      measure: "\(currency.key) held", window: "now",
      value: account.balance(goal.currency).available, target: max(goal.range.least, 0),
      decimals: currency.decimals)
  }

  private mutating func goal(_ goal: Goal, _ text: GoalSyntax, _ account: Account)
    -> TierProgress.Goal
  {
    var decimals = 0
    var money: String?
    switch goal.measure {
    case .spend:
      decimals = program.money.decimals
      money = program.money.code
    case .quantity, .attribute: decimals = Quantity.places
    case .earned:
      if case .earned(let key) = text.measure.value {
        decimals = program.currencies.first { $0.key == key }?.decimals ?? 0
      }
    default: break
    }
    var account = account
    let value = sum(goal, &account)
    return TierProgress.Goal(
      measure: PlainWords.measure(text.measure.value),
      items: text.items.map { PlainWords.items($0) },
      window: PlainWords.window(goal.window),
      value: value,
      target: max(goal.range.least, 0), decimals: decimals, money: money)
  }

  private static func text(_ rank: RankSyntax) -> String {
    let top: String
    switch rank.top {
    case .share(let millionths): top = "\(PlainWords.millionths(millionths * 100))%"
    case .count(let count): top = "\(count)"
    }
    return "the top \(top) by \(PlainWords.measure(rank.by)), \(PlainWords.window(rank.window))"
  }
}

extension Program {
  /// What a tier gives besides points: names of perks as they are written.
  public func perks(of tier: Tier) -> [String] {
    guard let place = tiers.firstIndex(where: { $0.id == tier.id }) else { return [] }
    return syntax.tiers[place].gives.filter { $0.kind == .perk }.map(\.name.value)
  }

  public func name(ofTier tier: TierID, _ language: String) -> String? {
    guard let place = tiers.firstIndex(where: { $0.id == tier }) else { return nil }
    return syntax.tiers[place].name?.text(language) ?? tiers[place].key
  }

  public func name(ofCurrency currency: CurrencyID, _ language: String) -> String? {
    guard let place = currencies.firstIndex(where: { $0.id == currency }) else { return nil }
    return syntax.currencies[place].name?.text(language) ?? currencies[place].key
  }

  public func name(ofCoupon template: CouponTemplateID, _ language: String) -> String? {
    guard let place = coupons.firstIndex(where: { $0.id == template }) else { return nil }
    return syntax.coupons[place].name?.text(language) ?? coupons[place].shownKey
  }
}
