import YAML

/// The dearest mistake of the trade: to ask for goods and multiply the points of the whole basket.
enum Baskets {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let named = Dictionary(
      program.conditions.map { ($0.key.value, $0.condition) },
      uniquingKeysWith: { first, _ in first })
    return program.rules.flatMap { rule -> [Diagnostic] in
      guard rule.items == nil, !rule.multiply.isEmpty else { return [] }
      return asked(rule.condition, named).map { place in
        Diagnostic(
          "R058", .warning, at: place,
          "`basket` only asks for these goods: the rule `\(rule.key.value)` multiplies the "
            + "points of the whole basket",
          help:
            "if only these goods are meant, choose them with `items:` beside `multiply`; "
            + "if all are, leave it so"
        )
      }
    }
  }

  /// Where a condition that must hold asks for certain goods.
  private static func asked(
    _ condition: ConditionSyntax?, _ named: [String: ConditionSyntax]
  ) -> [Place] {
    switch condition {
    case .all(let parts)?: parts.flatMap { asked($0, named) }
    case .basket(let goals)?: goals.first { $0.items != nil }.map { [$0.place] } ?? []
    // At the place where the name is used.
    case .named(let name)?: asked(named[name.value], named).isEmpty ? [] : [name.place]
    default: []
    }
  }
}
