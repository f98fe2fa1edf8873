import YAML

/// Multipliers act on rates and tables only: without one for their currency they do nothing.
enum Multipliers {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var rated: Set<String> = []
    for rule in program.rules {
      for earn in rule.earn where isRate(earn.rate.value) { rated.insert(earn.currency.value) }
    }
    return program.rules.flatMap { rule in
      rule.multiply.filter { !rated.contains($0.currency.value) }.map { multiply in
        Diagnostic(
          "R059", .warning, at: multiply.currency.place,
          "no rule earns `\(multiply.currency.value)` by a rate or a table, so there is "
            + "nothing to multiply",
          help:
            "multipliers never act on fixed points; add a rule like `earn: "
            + "{\(multiply.currency.value): 1 per 1.00}`"
        )
      }
    }
  }

  private static func isRate(_ rate: RateOrTable<RateSyntax>) -> Bool {
    switch rate {
    case .one(let rate): rate.basis != .once
    case .table: true
    }
  }
}
