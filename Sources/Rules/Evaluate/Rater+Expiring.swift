import Loyalty

/// Which points end soon, asked of many accounts at once.
extension Rater {
  /// The counter that holds the day of the last activity by which a currency's points live; nil
  /// where they end by the dates of their lots.
  public func activityCounter(of currency: CurrencyID) -> CounterID? {
    program.ownExpiries.first { $0.id == currency }.flatMap { $0.activity == 0 ? nil : $0.activity }
  }

  /// The last day of use, as things stand at an instant, of a lot that says `expires`; `active` is
  /// the day of the last activity. Nil where it does not end.
  public func lastDay(
    of currency: CurrencyID, expires: Instant, active: CivilDate?, asOf instant: Instant
  ) -> CivilDate? {
    var account = Account(shard: 0, id: 0)
    account.clock = instant
    if let active, let counter = activityCounter(of: currency) {
      account.count(counter, CivilDate(day: 0), Int64(active.day))
    }
    return lastDay(of: Lot(currency: currency, due: .distantPast, expires: expires), account)
  }
}
