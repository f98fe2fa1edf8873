import Loyalty

extension Rater {
  /// The `effect` of a correction's part: no rule was applied.
  static let correction = Int32.min

  /// Books what corrected rules give more or less, as of the day of the correction. It counts as
  /// earned; limits are not touched, and no multiplier acts on it.
  mutating func correct(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    for correction in event.corrections {
      guard let place = program.currencies.firstIndex(where: { $0.id == correction.currency })
      else { continue }
      let expiry = program.currencies[place].expiry
      let expires =
        expiry == .never
        ? Instant.distantFuture
        : program.zone.end(of: expiry.lastDay(earned: moment.day, released: moment.day))
      outcome.parts.append(
        Part(
          rule: correction.rule, currency: correction.currency, amount: correction.amount,
          basis: correction.amount, effect: Self.correction, due: .distantPast, expires: expires))
    }
    forgetMatches()
    book(&account, event, &outcome)
    reviewTiers(event, &account, &outcome)
  }
}
