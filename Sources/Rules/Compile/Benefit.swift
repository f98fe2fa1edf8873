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
  let form: BenefitSyntax
  /// Which lines; −1 is all that counts.
  let selector: Int32
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
        selector: selector, limits: limits,
        group: syntax.group.flatMap { groupPlaces[$0.value] }.map(Int32.init) ?? -1))
    benefitNames.append(syntax.key.value)
    combinations.append(syntax.combines)
    return Int32(program.benefits.count - 1)
  }

  /// Who cannot stand beside whom: said by one of the two, it holds for both.
  mutating func settleCombinations() {
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

extension Rule {
  /// Whether it gives anything but what it takes off the bill.
  var hasOtherEffects: Bool { !earns.isEmpty || !multiplies.isEmpty || !gifts.isEmpty }
}

extension Program {
  /// Whether anything takes money off a bill.
  public var hasBenefits: Bool { !benefits.isEmpty }
}
