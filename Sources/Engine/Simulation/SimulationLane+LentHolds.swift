import Loyalty

/// Redemptions of accounts that went into another one: their holds are not replayed there, so what
/// was booked for them is booked again.
extension SimulationLane {
  static func lend(_ postings: [Posting]?, _ account: inout Account, _ outcome: inout Outcome) {
    guard let postings, outcome.refused != nil else { return }
    for posting in postings {
      switch posting.reason {
      case .givenBack:
        account.giveBack(
          posting.amount, posting.currency, due: posting.due ?? posting.at,
          expires: posting.expires ?? posting.at, at: posting.at, .givenBack, &outcome)
      case .redemption where posting.from != .held:
        account.spend(
          posting.amount, posting.currency, hasPots: false, at: posting.at, &outcome)
      default: break
      }
    }
  }
}
