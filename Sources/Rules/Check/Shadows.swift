import Loyalty
import YAML

/// Rules that another one always outdoes: of multipliers the best counts, and in a group with an
/// order the first that matches.
struct Shadows {
  /// What a rule asks for, as far as it can be compared.
  private struct Claim {
    var rule: RuleSyntax
    /// Conditions by their canonical text, tiers apart.
    var parts: Set<String>
    /// Nil where the rule asks for no tier.
    var tiers: Set<String>?
    var items: String
    var tender: String
    /// Whether all that it asks is among `parts` and `tiers`.
    var isWhole: Bool
  }

  private let program: ProgramSyntax
  private let named: [String: ConditionSyntax]
  private let sets: [String: ItemsSyntax]

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let shadows = Shadows(program)
    return shadows.multipliers() + shadows.orders()
  }

  private init(_ program: ProgramSyntax) {
    self.program = program
    named = Dictionary(
      program.conditions.map { ($0.key.value, $0.condition) },
      uniquingKeysWith: { first, _ in first })
    sets = Dictionary(
      program.sets.map { ($0.key.value, $0.items) }, uniquingKeysWith: { first, _ in first })
  }

  private func claim(_ rule: RuleSyntax) -> Claim {
    var claim = Claim(
      rule: rule, parts: [], tiers: nil,
      items: rule.items.map { CanonicalText.text($0, sets) } ?? "",
      tender: rule.tender.map { CanonicalText.text($0) } ?? "", isWhole: true)
    for part in rule.condition.map({ $0.flat(named) }) ?? [] {
      if case .tier(let test) = part {
        let tiers = self.tiers(test)
        claim.tiers = claim.tiers?.intersection(tiers) ?? tiers
      } else if let text = part.comparableText {
        claim.parts.insert(text)
      } else {
        claim.isWhole = false
      }
    }
    return claim
  }

  private func tiers(_ test: TierTestSyntax) -> Set<String> {
    let order = program.tiers.map(\.key.value)
    guard let first = test.names.first.flatMap({ order.firstIndex(of: $0.value) }) else {
      return []
    }
    switch test.form {
    case .exactly: return Set(test.names.map(\.value))
    case .orAbove: return Set(order[first...])
    case .orBelow: return Set(order[...first])
    }
  }

  /// Whether `b` matches whenever `a` does, on all that `a` counts.
  private func covers(_ b: Claim, _ a: Claim) -> Bool {
    guard b.isWhole, b.parts.isSubset(of: a.parts), b.items.isEmpty || b.items == a.items,
      b.tender.isEmpty || b.tender == a.tender, b.rule.isUnbounded,
      b.rule.trigger == a.rule.trigger
    else { return false }
    if let tiers = b.tiers {
      guard let own = a.tiers, own.isSubset(of: tiers) else { return false }
    }
    let begins = b.rule.from.map { from in a.rule.from.map { from.value <= $0.value } ?? false }
    let ends = b.rule.to.map { to in a.rule.to.map { to.value >= $0.value } ?? false }
    return begins ?? true && ends ?? true
  }

  // MARK: - Multipliers

  private func multipliers() -> [Diagnostic] {
    let rules = program.rules.filter { !$0.multiply.isEmpty && $0.group == nil }
    let claims = rules.map { claim($0) }
    // By what a rule that covers another must share with it, so that thousands are quickly done.
    var index: [String: DatedPlaces] = [:]
    for (place, claim) in claims.enumerated() where claim.isWhole && claim.rule.isUnbounded {
      index[claim.items + "\u{0}" + (claim.parts.min() ?? ""), default: DatedPlaces()]
        .add(place, claim.rule)
    }
    for key in index.keys { index[key]?.sort() }
    return claims.indices.compactMap { place -> Diagnostic? in
      let claim = claims[place]
      let items = claim.items.isEmpty ? [""] : ["", claim.items]
      for items in items {
        for part in [""] + claim.parts.sorted() {
          let found = index[items + "\u{0}" + part]?.first(around: claim.rule, but: place) {
            other in
            outdoes(claims[other].rule, claim.rule, isEarlier: other < place)
              && covers(claims[other], claim)
          }
          if let found { return outdone(claim.rule, by: claims[found].rule) }
        }
      }
      return nil
    }
  }

  /// Whether each factor of `a` is at most one of `b`; of equal ones the earlier rule counts.
  private func outdoes(_ b: RuleSyntax, _ a: RuleSyntax, isEarlier: Bool) -> Bool {
    guard a.earn.isEmpty, a.gives.isEmpty, a.benefit == nil else { return false }
    return a.multiply.allSatisfy { multiply in
      guard case .one(let factor) = multiply.factor.value, factor.units > 0 else { return false }
      return b.multiply.contains { other in
        guard case .one(let more) = other.factor.value,
          other.currency.value == multiply.currency.value
        else { return false }
        return isEarlier ? factor <= more : factor < more
      }
    }
  }

  private func outdone(_ rule: RuleSyntax, by other: RuleSyntax) -> Diagnostic {
    Diagnostic(
      "R065", .warning, at: rule.key.place,
      "the rule `\(rule.key.value)` never counts: whenever it matches, `\(other.key.value)` "
        + "matches, too, and gives as much or more",
      help:
        "of several multipliers the best counts; put both into a group with `compound` or `add`, "
        + "or correct one of them")
  }

  // MARK: - Orders

  private func orders() -> [Diagnostic] {
    let rules = Dictionary(
      program.rules.map { ($0.key.value, $0) }, uniquingKeysWith: { first, _ in first })
    return program.groups.flatMap { group -> [Diagnostic] in
      guard case .first(let names) = group.policy else { return [] }
      let claims = names.compactMap { rules[$0.value] }
        .filter { $0.group?.value == group.key.value }.map { claim($0) }
      guard claims.count == names.count, claims.count <= 100 else { return [] }
      return claims.indices.compactMap { place in
        guard let first = claims[..<place].first(where: { covers($0, claims[place]) }) else {
          return nil
        }
        return Diagnostic(
          "R065", .warning, at: names[place].place,
          "the rule `\(names[place].value)` never counts: whenever it matches, "
            + "`\(first.rule.key.value)` stands before it and matches, too",
          help: "put the rule that asks for more before the one that asks for less")
      }
    }
  }
}

extension RuleSyntax {
  /// Whether nothing but its conditions keeps it from applying.
  var isUnbounded: Bool { limits.isEmpty && !bounds.isBound }
}

extension ConditionSyntax {
  /// What must hold side by side, names resolved.
  func flat(_ named: [String: ConditionSyntax], _ depth: Int = 0) -> [ConditionSyntax] {
    switch self {
    case .all(let parts) where depth < 32: parts.flatMap { $0.flat(named, depth + 1) }
    case .named(let name) where depth < 32:
      named[name.value].map { $0.flat(named, depth + 1) } ?? [self]
    default: [self]
    }
  }

  /// The same text for the same question; nil where it is not simple enough to compare.
  var comparableText: String? {
    func list(_ word: String, _ names: [Written<String>]) -> String {
      word + " " + names.map(\.value).sorted().joined(separator: "\u{1}")
    }
    switch self {
    case .weekdays(let mask, _): return "weekday \(mask)"
    case .daysOfMonth(let days, _): return "day \(days.sorted())"
    case .dates(let ranges, _): return "date \(ranges)"
    case .hours(let spans, _): return "hours \(spans)"
    case .holidays(let names): return list("holiday", names)
    case .stores(let names): return list("store", names)
    case .regions(let names): return list("region", names)
    case .channels(let names): return list("channel", names)
    case .partners(let names): return list("partner", names)
    case .segments(let names): return list("segment", names)
    case .coupons(let names): return list("coupon", names)
    case .birthday(let window, _): return "birthday \(window)"
    case .joined(let window, _): return "joined \(CanonicalText.text(window))"
    case .tender(let tender, _): return "tender " + CanonicalText.text(tender)
    case .attribute(let name, .values(let values)): return list("attribute \(name.value)", values)
    default: return nil
    }
  }
}
