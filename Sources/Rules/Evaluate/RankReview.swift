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
  /// The tiers by rank whose day of review it is. Without a day of its own a rank in a time that is
  /// over (`last calendar year`) is reviewed on the day after that time, any other one on the first
  /// of each month.
  public func ranks(dueOn day: CivilDate) -> [RankReview] {
    let own = Dictionary(
      syntax.tiers.compactMap { tier in tier.review.map { (tier.key.value, $0) } },
      uniquingKeysWith: { first, _ in first })
    let due = Set(
      tiers.filter { tier in
        guard let rank = tier.rank else { return false }
        if let review = own[tier.key] { return day.isDay(review.day, of: review.month) }
        if case .calendar(let unit, true) = rank.window { return day.start(of: unit) == day }
        return day.start(of: CalendarUnit.month) == day
      }.map(\.key))
    return due.isEmpty ? [] : ranks(asOf: day).filter { due.contains($0.key) }
  }

  /// Whether some tier is given by rank.
  public var hasRanks: Bool { !rankGoals.isEmpty }

  /// Whether time alone may add to what a rank compares: points of the calendar, and those that are
  /// no longer pending.
  public func isBroughtByTime(_ rank: RankReview) -> Bool {
    earnedCounters.contains { $0.id == rank.counter }
  }

  /// The tiers by rank, with the window that a review on a day looks at: `last calendar year` is
  /// the year before it. What lies behind the day's beginning does not count.
  public func ranks(asOf day: CivilDate) -> [RankReview] {
    tiers.indices.compactMap { place in
      guard let rank = tiers[place].rank, let goal = rankGoals[place] else { return nil }
      let window: ClosedRange<CivilDate>
      switch rank.window {
      case .calendar(let unit, let last):
        var start = day.start(of: unit)
        if last { start = (start - 1).start(of: unit) }
        window = start...max(start, min(start.end(of: unit), day - 1))
      case .rolling(let count, let unit):
        window = day.adding(DurationSyntax(-count, unit))...day - 1
      default: window = CivilDate(day: -719_162)...day - 1
      }
      return RankReview(
        tier: tiers[place].id, key: tiers[place].key, top: rank.top,
        counter: goals[goal].counter, window: window)
    }
  }
}

extension CivilDate {
  /// Whether it is that day of that month; in a month that is too short, its last.
  fileprivate func isDay(_ number: Int, of wanted: Int) -> Bool {
    let (year, month, day) = parts
    return month == wanted && min(number, CivilDate.days(inMonth: month, year: year)) == day
  }
}
