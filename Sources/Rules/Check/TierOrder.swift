import Loyalty
import YAML

/// Tiers stand from the lowest to the highest.
enum TierOrder {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var last: [String: (tier: TierSyntax, goal: GoalSyntax)] = [:]
    var found: [Diagnostic] = []
    for tier in program.tiers {
      guard case .goal(let goal)? = tier.qualify, let least = goal.range.least else { continue }
      let ladder = tier.ladder?.value ?? ""
      if let (lower, other) = last[ladder], other.measure == goal.measure,
        other.window == goal.window,
        other.items == nil, goal.items == nil, let bound = other.range.least, least < bound
      {
        found.append(
          Diagnostic(
            "R054", at: goal.place,
            "the tier `\(tier.key.value)` asks for less than `\(lower.key.value)`, which stands below it",
            help: "tiers stand from the lowest to the highest: move it up, or correct the number"))
      }
      last[ladder] = (tier, goal)
    }
    return found
  }
}
