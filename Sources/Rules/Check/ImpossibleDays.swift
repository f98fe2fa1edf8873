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
    /// Spans of the calendar that it names; empty where it holds in every year.
    var spans: [(CivilDate, CivilDate)] = []
    var holds: (CivilDate) -> Bool
  }

  private func check(_ rule: RuleSyntax) -> Diagnostic? {
    let questions = (rule.condition.map { $0.flat(named) } ?? []).compactMap { question($0) }
    let isBounded = rule.from != nil || rule.to != nil
    guard questions.count + (isBounded ? 1 : 0) > 1, let last = questions.last else { return nil }
    if let from = rule.from, let to = rule.to, from.value > to.value { return nil }
    let spans = questions.flatMap(\.spans)
    var first = rule.from?.value ?? spans.map(\.0).min() ?? CivilDate(day: 19_723)
    var end = rule.to?.value ?? max(first + Self.cycle, spans.map(\.1).max() ?? first)
    if rule.from == nil, rule.to != nil { first = end - Self.cycle }
    end = min(end, first + 2 * Self.cycle)
    var day = first
    while day <= end {
      if questions.allSatisfy({ $0.holds(day) }) { return nil }
      day = day + 1
    }
    return Diagnostic(
      "R055", at: last.place,
      "this can never be true: no day of the rule `\(rule.key.value)` is all that is asked here",
      help: isBounded
        ? "compare it with the days of the rule or its campaign" : "join them with `any:`")
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
    let spans = ranges.compactMap { range -> (CivilDate, CivilDate)? in
      if case .dates(let from, let to) = range { return (from, to) }
      return nil
    }
    return Question(place: place, spans: spans) { date in ranges.contains { $0.contains(date) } }
  }
}
