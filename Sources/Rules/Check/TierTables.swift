import YAML

/// A table by tier with no row for a tier.
enum TierTables {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let main = program.tiers.filter { $0.ladder == nil }.map(\.key.value)
    return program.rules.flatMap { rule in
      rule.earn.compactMap { missing($0.rate, main, in: rule) }
        + rule.multiply.compactMap { missing($0.factor, main, in: rule) }
    }
  }

  private static func missing<Value>(
    _ rate: Written<RateOrTable<Value>>, _ tiers: [String], in rule: RuleSyntax
  ) -> Diagnostic? {
    guard case .table(let table) = rate.value, let by = table.by.first, by.value == .tier else {
      return nil
    }
    let named = Set(
      table.rows.compactMap { row -> String? in
        if case .word(let name) = row.key.value { return name }
        return nil
      })
    let asked = asked(rule.condition, tiers)
    let missing = tiers.filter { !named.contains($0) && asked.contains($0) }
    guard let first = missing.first else { return nil }
    let all = missing.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      "R060", .warning, at: by.place, "the table has no row for \(all), which then gets nothing",
      help: "add a row, like `\(first): 0`, so that it is meant")
  }

  /// The tiers that the rule's own condition lets through.
  private static func asked(_ condition: ConditionSyntax?, _ tiers: [String]) -> Set<String> {
    let all = Set(tiers)
    switch condition {
    case .all(let parts)?:
      return parts.reduce(all) { $0.intersection(asked($1, tiers)) }
    case .tier(let test)?:
      guard let name = test.names.first?.value, let index = tiers.firstIndex(of: name) else {
        return all
      }
      switch test.form {
      case .exactly: return Set(test.names.map(\.value))
      case .orAbove: return Set(tiers[index...])
      case .orBelow: return Set(tiers[...index])
      }
    default: return all
    }
  }
}
