import YAML

/// `tier: silver` where a gold member would expect it, too.
enum TierSlips {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var higher: [String: String] = [:]
    var above: [String: String] = [:]
    for tier in program.tiers.reversed() {
      let ladder = tier.ladder?.value ?? ""
      if let next = above[ladder] { higher[tier.key.value] = next }
      above[ladder] = tier.key.value
    }
    let lowest = Set(lowestTiers(program))
    var found: [Diagnostic] = []
    program.forEachCondition { condition, _ in
      guard case .tier(let test) = condition, test.form == .exactly, !test.only,
        test.names.count == 1,
        let name = test.names.first, let next = higher[name.value], !lowest.contains(name.value)
      else { return }
      found.append(
        Diagnostic(
          "R061", .warning, at: name.place,
          "`\(name.value)` leaves out the higher tier `\(next)`",
          help: "write `\(name.value) or above`, or `\(name.value) only`"))
    }
    return found
  }

  /// Whoever asks for the lowest tier means it: above it are all others.
  private static func lowestTiers(_ program: ProgramSyntax) -> [String] {
    var seen: Set<String> = []
    return program.tiers.filter { seen.insert($0.ladder?.value ?? "").inserted }.map(\.key.value)
  }
}
