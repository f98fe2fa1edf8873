import Loyalty

/// What takes something off the bill, whoever it belongs to.
struct Benefit: Sendable {
  enum Owner: Sendable, Equatable {
    /// A place in `rules`.
    case rule(Int)
    /// A place in `coupons`.
    case coupon(Int)
  }
  let owner: Owner
  /// The rule's number, or that of the coupon's template.
  let id: Int32
  /// Nil: it takes nothing off, and multiplies points.
  let form: BenefitSyntax?
  /// Which lines; −1 is all that counts.
  let selector: Int32
  /// Only so many units of them, the cheapest; 0 is all of them.
  let cheapest: Int64
  let limits: Range<Int>
  let group: Int32
  /// The benefits with which it cannot stand on one bill, by their places.
  var excludes: Set<Int32> = []

  var source: BenefitUse.Source {
    switch owner {
    case .rule: .rule
    case .coupon: .coupon
    }
  }
}

extension Compiler {
  /// The benefit of a rule; −1 where it has none.
  mutating func add(_ syntax: RuleSyntax, rule place: Int, selector: Int32, limits: Range<Int>)
    -> Int32
  {
    guard let form = syntax.benefit else { return -1 }
    program.benefits.append(
      Benefit(
        owner: .rule(place), id: registry.rule(syntax.key.value), form: form.value,
        selector: selector, cheapest: syntax.items?.cheapest ?? 0, limits: limits,
        group: syntax.group.flatMap { groupPlaces[$0.value] }.map(Int32.init) ?? -1))
    benefitNames.append(syntax.key.value)
    combinations.append(syntax.combines)
    return Int32(program.benefits.count - 1)
  }

  /// What a coupon asks and takes off: after all rules, for its place among conditions and limits
  /// is then its own.
  mutating func addTerms(ofCoupon place: Int) {
    let syntax = self.syntax.coupons[place]
    if let condition = syntax.condition {
      program.coupons[place].condition = self.condition(condition, nil)
    }
    let limits = syntax.limits.compactMap { add($0, nil, owner: "coupon \(syntax.key.value)") }
    program.coupons[place].limits = append(limits, to: \.limits)
    program.coupons[place].benefit = Int32(program.benefits.count)
    program.benefits.append(
      Benefit(
        owner: .coupon(place), id: program.coupons[place].id, form: syntax.benefit?.value,
        selector: selector(syntax.items), cheapest: syntax.items?.cheapest ?? 0,
        limits: program.coupons[place].limits,
        group: syntax.group.flatMap { groupPlaces[$0.value] }.map(Int32.init) ?? -1))
    // What a reward is worth goes by the reward's name.
    let key = syntax.key.value
    benefitNames.append(
      key.hasPrefix("reward ") ? String(key.dropFirst("reward ".count)) : key)
    combinations.append(syntax.combines)
  }

  /// Who cannot stand beside whom: said by one of the two, it holds for both.
  mutating func settleCombinations() {
    for (place, group) in syntax.groups.enumerated() {
      guard case .first(let names) = group.policy else { continue }
      program.groups[place].benefits = names.compactMap { name in
        benefitNames.firstIndex(of: name.value).map(Int32.init)
      }
    }
    for (place, combines) in combinations.enumerated() {
      guard let combines else { continue }
      for other in program.benefits.indices where other != place {
        let isNamed = combines.names.contains { $0.value == benefitNames[other] }
        let isOpen =
          switch combines {
          case .none: false
          case .only: isNamed
          case .not: !isNamed
          }
        guard !isOpen else { continue }
        program.benefits[place].excludes.insert(Int32(other))
        program.benefits[other].excludes.insert(Int32(place))
      }
    }
  }
}

extension ItemsSyntax {
  /// How many of the cheapest units are meant.
  var cheapest: Int64? {
    switch self {
    case .cheapest(let units, _): units
    case .all(let parts): parts.lazy.compactMap(\.cheapest).first
    default: nil
    }
  }

  /// The lines among which the cheapest units are looked for; nil is all.
  var withoutCheapest: ItemsSyntax? {
    switch self {
    case .cheapest: return nil
    case .all(let parts):
      let rest = parts.compactMap(\.withoutCheapest)
      return rest.count > 1 ? .all(rest) : rest.first
    default: return self
    }
  }
}

extension Rule {
  /// Whether it gives anything but what it takes off the bill.
  var hasOtherEffects: Bool { !earns.isEmpty || !multiplies.isEmpty || !gifts.isEmpty }
}

extension Program {
  /// Whether anything takes money off a bill.
  public var hasBenefits: Bool { !benefits.isEmpty }
}

extension CouponSyntax {
  /// The rule that multiplies where the coupon is taken; nil where it does not.
  var multiplier: RuleSyntax? {
    guard !multiply.isEmpty else { return nil }
    var rule = RuleSyntax(key: Written("coupon \(key.value)", key.place))
    rule.name = name
    rule.condition = .taken(coupon: key.value)
    rule.items = items
    rule.multiply = multiply
    rule.group = group
    return rule
  }
}
