import Loyalty

extension Program {
  /// The tiers that an account has in the ladders beside the main one, and until when.
  public func tiersOfOtherLadders(
    _ account: Account, at instant: Instant
  ) -> [(tier: Tier, until: Instant)] {
    ladders.indices.dropFirst().compactMap { ladder in
      let place = tier(of: account, ladder: ladder, at: instant)
      guard place >= 0 else { return nil }
      let until = account.standings.first { $0.tier == tiers[place].id }?.until
      return (tiers[place], until ?? .distantFuture)
    }
  }

  /// The perks of the tiers that an account has at an instant, in the program's order.
  public func perks(of account: Account, at instant: Instant) -> [String] {
    var perks: [String] = []
    for ladder in ladders.indices {
      let place = tier(of: account, ladder: ladder, at: instant)
      guard place >= 0 else { continue }
      for gift in syntax.tiers[place].gives where gift.kind == .perk {
        perks.append(gift.name.value)
      }
    }
    return perks
  }
}
