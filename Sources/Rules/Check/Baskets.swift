import YAML

/// The dearest mistake of the trade: to ask for goods and multiply the points of the whole basket.
enum Baskets {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let named = Dictionary(
      program.conditions.map { ($0.key.value, $0.condition) },
      uniquingKeysWith: { first, _ in first })
    return program.rules.flatMap { rule -> [Diagnostic] in
      guard rule.items == nil, rule.tender == nil, let what = whole(rule) else { return [] }
      return asked(rule.condition, named).map { place in
        Diagnostic(
          "R058", .warning, at: place,
          "`basket` only asks for these goods: the rule `\(rule.key.value)` \(what)",
          help:
            "if only these goods are meant, choose them with `items:` beside "
            + "`\(rule.multiply.isEmpty ? "earn" : "multiply")`; if all are, leave it so"
        )
      }
    }
  }

  /// What the rule does with the whole basket; nil where it gives fixed points only.
  private static func whole(_ rule: RuleSyntax) -> String? {
    if !rule.multiply.isEmpty { return "multiplies the points of the whole basket" }
    let isByBasket = rule.earn.contains { earn in
      guard case .one(let rate) = earn.rate.value else { return false }
      switch rate.basis {
      case .money, .quantity: return true
      default: return false
      }
    }
    return isByBasket ? "gives points for the whole basket" : nil
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
