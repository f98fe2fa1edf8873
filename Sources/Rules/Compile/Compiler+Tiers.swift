import Loyalty

extension Compiler {
  /// Names first: a rule's or a tier's condition may ask for any of them.
  mutating func nameTiers() {
    var ladders: [String] = [""]
    for (place, tier) in syntax.tiers.enumerated() {
      tierPlaces[tier.key.value] = place
      let ladder = tier.ladder?.value ?? ""
      if let known = ladders.firstIndex(of: ladder) {
        tierLadders.append(known)
      } else {
        tierLadders.append(ladders.count)
        ladders.append(ladder)
      }
    }
    program.ladders = ladders.indices.map { ladder in
      tierLadders.indices.filter { tierLadders[$0] == ladder }
    }
  }

  mutating func add(_ tier: TierSyntax) {
    let place = program.tiers.count
    let windows = [tier.qualify, tier.renew].flatMap { $0?.windows ?? [] }
    finest =
      windows.contains { granularity($0) == .unit(.day) } ? .day : tier.keeps?.value.finest
    defer { finest = nil }
    let qualify = tier.qualify.map { qualification($0) }
    var goal: Int32 = -1
    if case .goal(let place) = qualify { goal = Int32(place) }
    program.tiers.append(
      Tier(
        id: registry.tier(tier.key.value), key: tier.key.value, ladder: tierLadders[place],
        bit: 1 << UInt64(place), qualify: qualify, goal: goal,
        renew: tier.renew.map { qualification($0) }, begins: tier.begins,
        isInvited: tier.isInvited, keeps: tier.keeps?.value ?? .ever,
        falls: tier.falls ?? .toWhatWasEarned, grace: tier.grace,
        gifts: add(tier.gives, ofRule: false),
        rank: tier.qualify.flatMap { rank(in: $0) }))
    if tier.keeps?.value == .whileItHolds { program.heldTiers.append(place) }
  }

  private mutating func qualification(_ syntax: QualifySyntax) -> Qualification {
    switch syntax {
    case .all(let parts): .all(parts.map { qualification($0) })
    case .any(let parts): .any(parts.map { qualification($0) })
    case .not(let part): .not([qualification(part)])
    case .goal(let goal): .goal(add(goal, nil))
    case .rank(let rank): rankCounter(rank)
    }
  }

  /// A rank is decided by a review, from a counter that is kept all the same.
  private mutating func rankCounter(_ rank: RankSyntax) -> Qualification {
    var goal = GoalSyntax(
      measure: Written(rank.by, rank.place), range: RangeSyntax(), place: rank.place)
    goal.window = Written(rank.window, rank.place)
    let running = finest
    finest = nil
    defer { finest = running }
    program.rankGoals[program.tiers.count] = add(goal, nil)
    return .rank
  }

  private func rank(in syntax: QualifySyntax) -> RankSyntax? {
    switch syntax {
    case .all(let parts), .any(let parts): parts.lazy.compactMap { rank(in: $0) }.first
    case .goal, .not: nil
    case .rank(let rank): rank
    }
  }
}

extension TierSyntax.Keeps {
  /// How finely the end of a tier follows the day on which it was reached; nil: not at all.
  fileprivate var finest: CalendarUnit? {
    switch self {
    case .ever, .whileItHolds: nil
    case .endOf(let unit, _): unit
    case .endOfMembershipYear, .lasting: .day
    }
  }
}

extension QualifySyntax {
  /// Of all goals in it.
  fileprivate var windows: [WindowSyntax] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.windows)
    case .not(let part): part.windows
    case .goal(let goal): goal.window.map { [$0.value] } ?? []
    case .rank: []
    }
  }
}
