import Loyalty

/// Why tiers are kept, and what is left of that where something comes back.
extension Rater {
  /// Notes why a tier is kept. One that holds only while its goal is met needs no ground.
  mutating func ground(
    _ place: Int, _ kind: TierGround.Kind, from since: Instant, until: Instant,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    // Part by part, for a tier is much to copy.
    guard shared.program.tiers[place].keeps != .whileItHolds else { return }
    let id = shared.program.tiers[place].id
    var ground = TierGround(id, kind, day: moment.day, since: since, until: until)
    switch cause {
    case .event(let account, let seq): (ground.account, ground.seq) = (account, seq)
    case .undone(let account, let seq, let isBack):
      (ground.account, ground.seq, ground.isBack) = (account, seq, isBack)
      ground.kind = .undone
    case .release:
      ground.account = account.id
      if kind == .goal { ground.kind = .release }
    case .counts: ground.isBack = kind == .goal
    }
    outcome.keep(ground, in: &account)
  }

  /// Notes that a tier is kept because one above it ended, or because it goes on itself.
  mutating func leave(
    _ place: Int, behind parent: TierID, at end: Instant, until: Instant,
    _ account: inout Account, _ outcome: inout Outcome
  ) {
    let tier = program.tiers[place]
    guard tier.keeps != .whileItHolds else { return }
    var ground = TierGround(
      tier.id, .fell, day: program.zone.date(of: end), since: end, until: until)
    ground.parent = parent
    outcome.keep(ground, in: &account)
  }

}

extension Qualification {
  /// The places of all goals in it.
  var goals: [Int] {
    switch self {
    case .all(let parts), .any(let parts), .not(let parts): parts.flatMap(\.goals)
    case .goal(let place): [place]
    case .rank: []
    }
  }
}
