import Loyalty
import YAML

/// Rules and campaigns that are over.
enum PastDates {
  static func check(_ program: ProgramSyntax, today: CivilDate) -> [Diagnostic] {
    var seen: Set<Place> = []
    return program.rules.compactMap { rule in
      guard let to = rule.to, to.value < today, seen.insert(to.place).inserted else { return nil }
      return Diagnostic(
        "R063", .warning, at: to.place, "the rule `\(rule.key.value)` ended on \(to.value)",
        help: "correct the year, or delete the rule when late purchases no longer come in")
    }
  }
}
