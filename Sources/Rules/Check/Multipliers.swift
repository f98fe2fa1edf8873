import Loyalty
import YAML

/// Multipliers act on rates and tables only: without one for their currency they do nothing.
enum Multipliers {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    bySlice(program) + withoutBase(program) + byOne(program)
  }

  /// A factor of 1 changes nothing, except that in a group it keeps others from it.
  private static func byOne(_ program: ProgramSyntax) -> [Diagnostic] {
    let rules = program.rules.filter { $0.group == nil }.flatMap(\.multiply)
    let coupons = program.coupons.filter { $0.group == nil }.flatMap(\.multiply)
    return (rules + coupons).compactMap { multiply in
      guard case .one(let factor) = multiply.factor.value, factor.reduced == ExactDecimal(units: 1)
      else { return nil }
      return Diagnostic(
        "R075", .warning, at: multiply.factor.place, "a factor of 1 changes nothing",
        help: "`2` doubles and `1.5` adds half; so many points more are `earn: "
          + "{\(multiply.currency.value): 1 per 1.00}`")
    }
  }

  /// A rate may go slice by slice; a factor is for all that was earned.
  private static func bySlice(_ program: ProgramSyntax) -> [Diagnostic] {
    let all = program.rules.flatMap(\.multiply) + program.coupons.flatMap(\.multiply)
    return all.compactMap { multiply in
      guard case .table(let table) = multiply.factor.value,
        let by = table.by.first(where: { $0.value == .slice })
      else { return nil }
      return Diagnostic(
        "R032", at: by.place, "a factor is for the whole basket and has no slices",
        help: "write `by: spend`; rates go slice by slice: `earn: {points: {by: slice, …}}`")
    }
  }

  private static func withoutBase(_ program: ProgramSyntax) -> [Diagnostic] {
    var rated: [(trigger: RuleSyntax.Trigger, currency: String)] = []
    for rule in program.rules {
      for earn in rule.earn where earn.isRated {
        if rated.contains(where: { $0 == (rule.trigger, earn.currency.value) }) { continue }
        rated.append((rule.trigger, earn.currency.value))
      }
    }
    return program.rules.flatMap { rule in
      let isRated = { (currency: String) in rated.contains { $0 == (rule.trigger, currency) } }
      return rule.multiply.filter { !isRated($0.currency.value) }.map { multiply in
        let elsewhere = rated.contains { $0.currency == multiply.currency.value }
        return Diagnostic(
          "R059", .warning, at: multiply.currency.place,
          "no rule \(elsewhere ? "for the same event " : "")earns `\(multiply.currency.value)` "
            + "by a rate or a table, so there is nothing to multiply",
          help:
            "multipliers never act on fixed points; add a rule like `earn: "
            + "{\(multiply.currency.value): 1 per 1.00}`"
        )
      }
    }
  }
}

extension EarnSyntax {
  /// By a rate or a table: what multipliers act on.
  var isRated: Bool {
    switch rate.value {
    case .one(let rate): rate.basis != .once
    case .table: true
    }
  }
}
