import Loyalty
import YAML

/// Rules on days that do not come: `date: 12-24` in a campaign of February.
struct ImpossibleDays {
  private let named: [String: ConditionSyntax]
  private let holidays: [String: [DateRangeSyntax]]
  /// Days of 40 years: 29 February falls on each weekday within 28, or 40 around 2100.
  private static let cycle = 366 * 40

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let days = ImpossibleDays(program)
    return program.rules.compactMap { days.check($0) }
  }

  private init(_ program: ProgramSyntax) {
    named = Dictionary(
      program.conditions.map { ($0.key.value, $0.condition) },
      uniquingKeysWith: { first, _ in first })
    holidays = Dictionary(
      program.holidays.map { ($0.key.value, $0.days) }, uniquingKeysWith: { first, _ in first })
  }

  /// One question about the day.
  private struct Question {
    var place: Place
    /// The days that it names, where it names any: no other needs to be looked at.
    var ranges: [DateRangeSyntax]?
    var holds: (CivilDate) -> Bool
  }

  private func check(_ rule: RuleSyntax) -> Diagnostic? {
    let asked = rule.condition.map { $0.flat(named) } ?? []
    let questions = asked.compactMap { question($0) }
    let isBounded = rule.from != nil || rule.to != nil
    guard questions.count + (isBounded ? 1 : 0) > 1, let last = questions.last else { return nil }
    if let from = rule.from, let to = rule.to, from.value > to.value { return nil }
    // Weekdays that exclude each other are told as such.
    if Self.excludeEachOther(asked) { return nil }
    let spans = questions.flatMap { $0.ranges ?? [] }.compactMap(\.days)
    var first = rule.from?.value ?? spans.map(\.0).min() ?? CivilDate(day: 19_723)
    var end = rule.to?.value ?? max(first + Self.cycle, spans.map(\.1).max() ?? first)
    if rule.from == nil, rule.to != nil { first = end - Self.cycle }
    end = min(end, first + 2 * Self.cycle)
    if first <= end, isAnyDay(of: first...end, questions) { return nil }
    return Diagnostic(
      "R055", at: last.place,
      "this can never be true: no day of the rule `\(rule.key.value)` is all that is asked here",
      help: isBounded
        ? "compare it with the days of the rule or its campaign" : "join them with `any:`")
  }

  private static func excludeEachOther(_ asked: [ConditionSyntax]) -> Bool {
    asked.reduce(UInt8.max) { left, condition in
      guard case .weekdays(let mask, _) = condition else { return left }
      return left & mask
    } == 0
  }

  private func isAnyDay(of window: ClosedRange<CivilDate>, _ questions: [Question]) -> Bool {
    let named = questions.compactMap(\.ranges).min { $0.count < $1.count }
    for span in named?.lazy.flatMap({ $0.spans(in: window) }) ?? [window] {
      var day = span.lowerBound
      while day <= span.upperBound {
        if questions.allSatisfy({ $0.holds(day) }) { return true }
        day = day + 1
      }
    }
    return false
  }

  private func question(_ condition: ConditionSyntax) -> Question? {
    switch condition {
    case .weekdays(let mask, let place):
      return Question(place: place) { mask & (1 << UInt8($0.weekday)) != 0 }
    case .daysOfMonth(let days, let place):
      return Question(place: place) { date in
        let (year, month, day) = date.parts
        return days.contains(day)
          || (days.contains(0) && day == CivilDate.days(inMonth: month, year: year))
      }
    case .dates(let ranges, let place): return question(ranges, place)
    case .holidays(let names):
      guard let place = names.first?.place else { return nil }
      return question(names.flatMap { holidays[$0.value] ?? [] }, place)
    default: return nil
    }
  }

  private func question(_ ranges: [DateRangeSyntax], _ place: Place) -> Question {
    Question(place: place, ranges: ranges) { date in ranges.contains { $0.contains(date) } }
  }
}

extension DateRangeSyntax {
  /// Nil where it comes each year.
  fileprivate var days: (CivilDate, CivilDate)? {
    if case .dates(let from, let to) = self { return (from, to) }
    return nil
  }

  /// All its days within others, and perhaps a day more where a month is too short.
  fileprivate func spans(in window: ClosedRange<CivilDate>) -> [ClosedRange<CivilDate>] {
    func clamped(_ from: CivilDate, _ to: CivilDate) -> ClosedRange<CivilDate>? {
      let (first, last) = (max(from, window.lowerBound), min(to, window.upperBound))
      return first <= last ? first...last : nil
    }
    switch self {
    case .dates(let from, let to): return clamped(from, to).map { [$0] } ?? []
    case .yearly(let fromMonth, let fromDay, let toMonth, let toDay):
      let passesYear = (toMonth, toDay) < (fromMonth, fromDay)
      let years = window.lowerBound.parts.year - 1...window.upperBound.parts.year
      return years.compactMap { year in
        guard let from = CivilDate.day(year, fromMonth, fromDay),
          let to = CivilDate.day(passesYear ? year + 1 : year, toMonth, toDay)
        else { return nil }
        return clamped(from, to)
      }
    }
  }
}

extension CivilDate {
  /// The last of a month that is too short.
  fileprivate static func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate? {
    CivilDate(year: year, month: month, day: min(day, days(inMonth: month, year: year)))
  }
}
