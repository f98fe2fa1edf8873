import YAML

/// Names that stand twice, in one file or in two: the program and its campaigns share them.
enum Duplicates {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let kinds: [(String, [Written<String>])] = [
      ("currency", program.currencies.map(\.key)), ("event", program.events.map(\.key)),
      ("holiday", program.holidays.map(\.key)), ("set", program.sets.map(\.key)),
      ("condition", program.conditions.map(\.key)), ("tier", program.tiers.map(\.key)),
      ("segment", program.segments.map(\.key)),
      ("rule", program.rules.map(\.key)), ("group", program.groups.map(\.key)),
      ("coupon", program.coupons.map(\.key)), ("reward", program.rewards.map(\.key)),
      ("campaign", program.campaigns.map(\.key)),
    ]
    return kinds.flatMap { kind, keys in twice(kind, keys) }
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
