import Loyalty

/// What an account still has of a perk that is counted.
public struct PerkLeft: Sendable, Equatable {
  /// `2 per month`
  public var limit: String
  public var most: Int64
  public var left: Int64
}

extension Rater {
  /// Of each perk that the account's tiers give, what is left by each of its limits. The account
  /// must be advanced to the instant.
  public mutating func perks(
    of account: Account, at instant: Instant
  ) -> [(name: String, left: [PerkLeft])] {
    var account = account
    enter(
      Event(seq: 0, kind: .other, at: instant, offset: program.zone.offset(at: instant)), &account,
      nil)
    return program.perks(of: account, at: instant).map { name in
      guard let perk = program.perks.first(where: { $0.key == name }) else { return (name, []) }
      let left = program.limits[perk.limits].filter(\.isCounted).map { limit in
        let used = sum(
          limit.counter, limit.window, limit.campaign, limit.granularity, &account)
        return PerkLeft(
          limit: program.text(of: limit), most: limit.most, left: max(0, limit.most - used))
      }
      return (name, left)
    }
  }
}

extension Program {
  /// `2 per month`, `3 ever`
  fileprivate func text(of limit: Limit) -> String {
    switch limit.window {
    case .calendar(let unit, _): "\(limit.most) per \(unit.rawValue)"
    case .membershipYear: "\(limit.most) per membership year"
    case .ever: "\(limit.most) ever"
    default: "\(limit.most) in \(PlainWords.window(limit.window))"
    }
  }
}
