import Loyalty
import YAML

/// Rules and campaigns that are over.
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
    return ended + conditions
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
