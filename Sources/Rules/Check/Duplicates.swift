import YAML

/// Names that stand twice, in one file or in two: the program and its campaigns share them.
enum Duplicates {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let kinds: [(String, [Written<String>])] = [
      ("currency", program.currencies.map(\.key)), ("event", program.events.map(\.key)),
      ("holiday", program.holidays.map(\.key)), ("set", program.sets.map(\.key)),
      ("condition", program.conditions.map(\.key)), ("tier", program.tiers.map(\.key)),
      ("perk", program.perks.map(\.key)),
      ("segment", program.segments.map(\.key)),
      ("rule", program.rules.map(\.key)), ("group", program.groups.map(\.key)),
      ("coupon", program.coupons.map(\.key)), ("reward", program.rewards.map(\.key)),
      ("campaign", program.campaigns.map(\.key)),
    ]
    return kinds.flatMap { kind, keys in twice(kind, keys) } + coupons(program)
  }

  /// What a choice names, what stacking names and what a bill shows may be either.
  private static func coupons(_ program: ProgramSyntax) -> [Diagnostic] {
    let coupons = Dictionary(
      program.coupons.map { ($0.key.value, $0.key.place) }, uniquingKeysWith: { first, _ in first })
    return program.rewards.compactMap { reward in
      guard let first = coupons[reward.key.value] else { return nil }
      return Diagnostic(
        "R051", at: reward.key.place,
        "there is a coupon `\(reward.key.value)` already, at \(first)",
        help: "give one of them another name: a choice could mean either")
    }
  }

  private static func twice(_ kind: String, _ keys: [Written<String>]) -> [Diagnostic] {
    var seen: [String: Place] = [:]
    return keys.compactMap { key in
      guard let first = seen.updateValue(key.place, forKey: key.value) else { return nil }
      return Diagnostic(
        "R051", at: key.place, "there is a \(kind) `\(key.value)` already, at \(first)",
        help: "give one of them another name")
    }
  }
}
