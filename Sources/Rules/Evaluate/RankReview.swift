import Loyalty

/// What a review must know of a tier by rank.
public struct RankReview: Sendable, Equatable {
  public var tier: TierID
  public var key: String
  public var top: RankSyntax.Top
  public var counter: CounterID
  /// The days that are compared, both included.
  public var window: ClosedRange<CivilDate>
}

extension Program {
  /// The tiers by rank whose day of review it is.
  public func ranks(dueOn day: CivilDate) -> [RankReview] {
    let (year, month, number) = day.parts
    let due = Set(
      syntax.tiers.filter { tier in
        guard let review = tier.review, review.month == month else { return false }
        return min(review.day, CivilDate.days(inMonth: month, year: year)) == number
      }.map(\.key.value))
    return due.isEmpty ? [] : ranks(asOf: day).filter { due.contains($0.key) }
  }

  /// The tiers by rank, with the window that a review on a day looks at: `last calendar year` is
  /// the year before it.
  public func ranks(asOf day: CivilDate) -> [RankReview] {
    tiers.indices.compactMap { place in
      guard let rank = tiers[place].rank, let goal = rankGoals[place] else { return nil }
      let window: ClosedRange<CivilDate>
      switch rank.window {
      case .calendar(let unit, let last):
        var start = day.start(of: unit)
        if last { start = (start - 1).start(of: unit) }
        window = start...start.end(of: unit)
      case .rolling(let count, let unit):
        window = day.adding(DurationSyntax(-count, unit))...day - 1
      default: window = CivilDate(day: -719_162)...CivilDate(day: 2_932_896)
      }
      return RankReview(
        tier: tiers[place].id, key: tiers[place].key, top: rank.top,
        counter: goals[goal].counter, window: window)
    }
  }
}
