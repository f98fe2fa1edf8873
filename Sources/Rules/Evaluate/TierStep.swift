import Loyalty

/// A tier as reviews look at it, in the order in which they go: ladder by ladder, from the top.
struct TierStep: Sendable {
  /// Among the program's tiers.
  let place: Int
  let ladder: Int
  let id: TierID
  let bit: UInt64
  /// The goal, where it is one and nothing else; −1 otherwise.
  let goal: Int
  /// Keeping it may be cheaper than reaching it.
  let isRenewed: Bool
  let isInvited: Bool
  let begins: CalendarUnit?

  static func all(of program: Program) -> [TierStep] {
    program.ladders.flatMap { places in
      places.reversed().map { place in
        let tier = program.tiers[place]
        return TierStep(
          place: place, ladder: tier.ladder, id: tier.id, bit: tier.bit, goal: Int(tier.goal),
          isRenewed: tier.renew != nil, isInvited: tier.isInvited, begins: tier.begins)
      }
    }
  }
}

extension Account {
  /// Whether a tier is one's own at an instant, and stays so until at least `until`.
  @inline(__always)
  func holds(_ tier: TierID, at instant: Instant, until: Instant) -> Bool {
    let standings = standings.span
    for index in standings.indices where standings[index].tier == tier {
      return standings[index].since <= instant && standings[index].until > instant
        && standings[index].until >= until
    }
    return false
  }
}
