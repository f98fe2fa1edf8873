import Loyalty

/// First and last day of the goals' calendar windows, and how long tiers are kept: reckoned once
/// for all days that have the same answer.
struct WindowCache: Sendable {
  /// An answer, and the days for which it holds.
  private struct Answer<Value: Sendable>: Sendable {
    var from = CivilDate(day: .max)
    var to = CivilDate(day: .min)
    var value: Value
  }
  /// By goal.
  private var windows: [Answer<ClosedRange<CivilDate>>]
  /// By tier.
  private var kept: [Answer<Instant>]
  /// The bucket of the month, quarter and year.
  private var months = Answer(value: CivilDate(day: 0))
  private var quarters = Answer(value: CivilDate(day: 0))
  private var years = Answer(value: CivilDate(day: 0))

  init(_ program: Program) {
    let nothing = CivilDate(day: 0)...CivilDate(day: 0)
    windows = Array(repeating: Answer(value: nothing), count: program.goals.count)
    kept = Array(repeating: Answer(value: .distantPast), count: program.tiers.count)
  }

  /// Nil where the window is not one of the calendar's.
  @inline(__always)
  mutating func days(
    of goal: Int, on day: CivilDate, _ shared: SharedProgram
  ) -> ClosedRange<CivilDate>? {
    if windows[goal].from <= day, day <= windows[goal].to { return windows[goal].value }
    return reckon(goal, day, shared)
  }

  /// In which bucket a counter keeps what happens on a day.
  @inline(__always)
  mutating func bucket(_ granularity: Granularity, of day: CivilDate) -> CivilDate {
    switch granularity {
    case .unit(.day): day
    case .unit(.week): day.startOfWeek
    case .unit(.month): WindowCache.start(of: .month, day, &months)
    case .unit(.quarter): WindowCache.start(of: .quarter, day, &quarters)
    case .unit(.year): WindowCache.start(of: .year, day, &years)
    case .whole: CivilDate(day: 0)
    }
  }

  @inline(__always)
  private static func start(
    of unit: CalendarUnit, _ day: CivilDate, _ answer: inout Answer<CivilDate>
  ) -> CivilDate {
    if answer.from > day || day > answer.to {
      let start = day.start(of: unit)
      answer = Answer(from: start, to: start.end(of: unit), value: start)
    }
    return answer.value
  }

  private mutating func reckon(
    _ goal: Int, _ day: CivilDate, _ shared: SharedProgram
  ) -> ClosedRange<CivilDate>? {
    guard case .calendar(let unit, let isLast) = shared.program.goals[goal].window else {
      return nil
    }
    let (from, to) = (day.start(of: unit), day.end(of: unit))
    let first = isLast ? (from - 1).start(of: unit) : from
    windows[goal] = Answer(from: from, to: to, value: first...first.end(of: unit))
    return windows[goal].value
  }

  /// Until when a tier reached on a day is kept; nil where it is not known yet.
  @inline(__always)
  func until(_ tier: Int, on day: CivilDate) -> Instant? {
    kept[tier].from <= day && day <= kept[tier].to ? kept[tier].value : nil
  }

  mutating func keep(_ tier: Int, _ keeps: TierSyntax.Keeps, on day: CivilDate, until: Instant) {
    switch keeps {
    case .endOf(let unit, _):
      kept[tier] = Answer(from: day.start(of: unit), to: day.end(of: unit), value: until)
    case .ever, .lasting: kept[tier] = Answer(from: day, to: day, value: until)
    // Each member has her own.
    case .endOfMembershipYear, .whileItHolds: break
    }
  }
}
