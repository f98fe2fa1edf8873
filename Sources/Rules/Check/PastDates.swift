import Loyalty
import YAML

/// Rules and campaigns that are over, and days that nobody here will see.
enum PastDates {
  static func check(_ program: ProgramSyntax, today: CivilDate) -> [Diagnostic] {
    var seen: Set<Place> = []
    let ended = program.rules.compactMap { rule -> Diagnostic? in
      guard let to = rule.to, to.value < today, seen.insert(to.place).inserted else { return nil }
      return Diagnostic(
        "R063", .warning, at: to.place, "the rule `\(rule.key.value)` ended on \(to.value)",
        help: "correct the year, or delete the rule when late purchases no longer come in")
    }
    let holidays = Dictionary(
      program.holidays.map { ($0.key.value, $0.days) }, uniquingKeysWith: { first, _ in first })
    var conditions: [Diagnostic] = []
    func over(_ ranges: [DateRangeSyntax], _ place: Place, _ what: String) {
      guard let last = last(ranges), last < today, seen.insert(place).inserted else { return }
      conditions.append(
        Diagnostic(
          "R063", .warning, at: place, "\(what) \(last)",
          help: "add the days of the next year, or write days of each year like `12-24`"))
    }
    program.forEachCondition { condition, rule in
      if let to = rule?.to, to.value < today { return }
      switch condition {
      case .dates(let ranges, let place): over(ranges, place, "the last of these days was")
      case .holidays(let names):
        for name in names {
          over(
            holidays[name.value] ?? [], name.place, "the holiday `\(name.value)` was last on")
        }
      default: break
      }
    }
    return ended + conditions + farAhead(program, today)
  }

  /// So many years ahead a date is a slip of the pen.
  private static let mostYears = 100

  /// `2206-11-30`
  private static func farAhead(_ program: ProgramSyntax, _ today: CivilDate) -> [Diagnostic] {
    let dates =
      program.rules.flatMap { [$0.from, $0.to] } + program.coupons.flatMap { [$0.from, $0.to] }
    let latest = today.adding(months: 12 * mostYears)
    var seen: Set<Place> = []
    return dates.compactMap(\.self).compactMap { date in
      guard date.value > latest, seen.insert(date.place).inserted else { return nil }
      return Diagnostic(
        "R074", .warning, at: date.place,
        "\(date.value) is more than \(mostYears) years ahead",
        help: "correct the year; what has no end says no `to`")
    }
  }

  /// The last day; nil where one of them comes each year.
  private static func last(_ ranges: [DateRangeSyntax]) -> CivilDate? {
    var last: CivilDate?
    for range in ranges {
      guard case .dates(_, let to) = range else { return nil }
      last = max(last ?? to, to)
    }
    return last
  }
}
