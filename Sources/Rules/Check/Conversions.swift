import YAML

/// A rule's own expiry is a date of its points; what moves with the member is the currency's.
enum OwnExpiries {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.rules.compactMap { rule in
      guard let expires = rule.expires, expires.value.isByActivity else { return nil }
      return Diagnostic(
        "R005", at: expires.place,
        "`after activity` does not belong in the `expires` of a rule",
        help: "it is said of the whole currency; here stands `after earning` or `after release`")
    }
  }
}

/// Points of a status count for tiers; nobody gives them up for anything.
enum Conversions {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let status = Set(program.currencies.filter { $0.kind == .status }.map(\.key.value))
    let spent = program.rewards.flatMap { reward in
      reward.price.map(\.currency) + [reward.pays?.currency].compactMap(\.self)
    }
    let priced = spent.filter { status.contains($0.value) }.map { currency in
      Diagnostic(
        "R094", at: currency.place, "`\(currency.value)` is a status and cannot be spent",
        help: "a reward costs a currency of another kind; a status reaches tiers and goals")
    }
    return priced
      + program.rules.flatMap { rule in
        rule.convert.filter { status.contains($0.source.value) }.map { convert in
          Diagnostic(
            "R094", at: convert.source.place,
            "`\(convert.source.value)` is a status and cannot be given up",
            help: "convert a currency that can be spent, or give both where they are earned")
        }
      }
  }
}
