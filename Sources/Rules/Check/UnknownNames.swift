import YAML

/// Names that nothing has, and names that something of another kind has.
struct UnknownNames {
  private let program: ProgramSyntax
  private var diagnostics: [Diagnostic] = []
  /// Names that are looked for among the declared ones: with tens of thousands of both, looking
  /// takes minutes, and nobody reads so many.
  private static let mostHelped = 200
  /// The names of each kind.
  private let known: [Kind: Set<String>]

  private let perks: Set<String>

  private enum Kind: String, CaseIterable {
    case currency, set, condition, tier, coupon, rule, reward, group, holiday, segment, perk
    case benefactor = "rule, coupon or reward"

    /// The sections that declare it.
    var sections: Set<String> {
      switch self {
      case .currency: ["currencies"]
      case .rule: ["rules", "tiers"]
      case .coupon, .reward: ["coupons", "rewards"]
      case .perk: ["perks", "rules", "tiers"]
      case .benefactor: ["rules", "tiers", "coupons", "rewards"]
      default: [rawValue + "s"]
      }
    }
  }

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var check = UnknownNames(program)
    check.run()
    return check.diagnostics
  }

  private init(_ program: ProgramSyntax) {
    self.program = program
    let gifts = program.tiers.flatMap(\.gives) + program.rules.flatMap(\.gives)
    perks = Set(gifts.filter { $0.kind == .perk }.map(\.name.value))
      .union(program.perks.map(\.key.value))
    known = [
      .currency: Set(program.currencies.map(\.key.value)), .set: Set(program.sets.map(\.key.value)),
      .condition: Set(program.conditions.map(\.key.value)),
      .tier: Set(program.tiers.map(\.key.value)), .coupon: Set(program.coupons.map(\.key.value)),
      .rule: Set(program.rules.map(\.key.value)), .reward: Set(program.rewards.map(\.key.value)),
      .group: Set(program.groups.map(\.key.value)),
      .holiday: Set(program.holidays.map(\.key.value)),
      .segment: Set(program.segments.map(\.key.value)),
      .benefactor: Set(
        program.rules.map(\.key.value) + program.coupons.map(\.key.value)
          + program.rewards.map(\.key.value)),
    ]
  }

  private mutating func run() {
    program.forEachItems { items in if case .set(let name) = items { expect(name, .set) } }
    program.forEachCondition { condition, _ in self.condition(condition) }
    for tier in program.tiers { gifts(tier.gives) }
    for rule in program.rules { self.rule(rule) }
    for coupon in program.coupons {
      for multiply in coupon.multiply { expect(multiply.currency, .currency) }
      if let group = coupon.group { expect(group, .group) }
      expect(coupon.combines?.names ?? [], .benefactor)
    }
    for reward in program.rewards {
      chosen(reward.choice)
      for multiply in reward.multiply { expect(multiply.currency, .currency) }
      if let group = reward.group { expect(group, .group) }
      expect(reward.combines?.names ?? [], .benefactor)
    }
    for group in program.groups {
      if case .first(let names) = group.policy { expect(names, .benefactor) }
    }
    ungivenPerks()
    for example in program.examples { self.example(example) }
  }

  /// A perk need not be declared to be given, so a slip in the one name or the other would leave it
  /// uncounted without a word.
  private mutating func ungivenPerks() {
    guard program.lost.isEmpty else { return }
    let gifts = (program.tiers.flatMap(\.gives) + program.rules.flatMap(\.gives))
      .filter { $0.kind == .perk }.map(\.name)
    let given = Set(gifts.map(\.value))
    let declared = Set(program.perks.map(\.key.value))
    for perk in program.perks where !given.contains(perk.key.value) {
      let name = perk.key.value
      let near = NearName.of(name, among: given.subtracting(declared).sorted())
      diagnostics.append(
        Diagnostic(
          "R012", .warning, at: perk.key.place, "nothing gives the perk `\(name)`",
          help: near.map { "did you mean `\($0)`, which is given and not declared?" }
            ?? "give it to a tier: `gives: {perk: \(name)}`"))
    }
    undeclaredPerks(gifts.filter { !declared.contains($0.value) }, declared.intersection(given))
  }

  /// Given beside a perk that is declared and called almost so. `lounge-1` and `lounge-2` are two.
  private mutating func undeclaredPerks(_ gifts: [Written<String>], _ others: Set<String>) {
    func letters(_ name: String) -> String { name.filter { !$0.isNumber } }
    for gift in gifts {
      guard let near = NearName.of(gift.value, among: others.sorted()),
        letters(near) != letters(gift.value)
      else { continue }
      diagnostics.append(
        Diagnostic(
          "R012", .warning, at: gift.place, "no perk is declared as `\(gift.value)`",
          help: "did you mean `\(near)`? If it is another perk, declare it, too: "
            + "`perks: {\(gift.value): }`"))
    }
  }

  private mutating func condition(_ condition: ConditionSyntax) {
    switch condition {
    case .named(let name): expect(name, .condition)
    case .tier(let test): expect(test.names, .tier)
    case .holidays(let names): expect(names, .holiday)
    case .coupons(let names): expect(names, .coupon)
    case .segments(let names): expect(names, .segment)
    case .balance(let currency, _): expect(currency, .currency)
    default: break
    }
  }

  private mutating func rule(_ rule: RuleSyntax) {
    for earn in rule.earn {
      expect(earn.currency, .currency)
      tiers(of: earn.rate)
    }
    for multiply in rule.multiply {
      expect(multiply.currency, .currency)
      tiers(of: multiply.factor)
    }
    for convert in rule.convert { expect(convert.currency, .currency) }
    gifts(rule.gives)
    if let group = rule.group { expect(group, .group) }
    expect(rule.combines?.names ?? [], .benefactor)
  }

  /// The rows of a table by tier.
  private mutating func tiers<Value>(of written: Written<RateOrTable<Value>>) {
    guard case .table(let table) = written.value else { return }
    tiers(table.rows, by: table.by[...])
  }

  private mutating func tiers<Value>(
    _ rows: [(key: Written<TableSyntax<Value>.RowKey>, row: TableSyntax<Value>.Row)],
    by: ArraySlice<Written<TableSyntax<Value>.Key>>
  ) {
    for (key, row) in rows {
      if case .word(let name) = key.value {
        if by.first?.value == .tier { expect(Written(name, key.place), .tier) }
        if by.first?.value == .segment { expect(Written(name, key.place), .segment) }
      }
      if case .rows(let inner) = row { tiers(inner, by: by.dropFirst()) }
    }
  }

  private mutating func gifts(_ gifts: [GiftSyntax]) {
    for gift in gifts {
      switch gift.kind {
      case .coupon: expect(gift.name, .coupon)
      case .reward: expect(gift.name, .reward)
      case .tier: expect(gift.name, .tier)
      case .choice: chosen(gift.choices)
      case .perk, .notice, .redemption: break
      }
    }
  }

  /// Rewards and coupons.
  private mutating func chosen(_ names: [Written<String>]) {
    for name in names where known[.coupon]?.contains(name.value) != true {
      let isSlip =
        known[.reward]?.contains(name.value) != true
        && NearName.of(name.value, among: inOrder(.reward)) == nil
        && NearName.of(name.value, among: inOrder(.coupon)) != nil
      expect(name, isSlip ? .coupon : .reward)
    }
  }

  /// What a step brings to be shown: a coupon, a reward, or a choice of them.
  private mutating func brought(_ names: [Written<String>]) {
    for name in names where known[.reward]?.contains(name.value) != true {
      let parts = CouponSyntax.parts(ofChoice: name.value)
      if parts.count > 1 {
        chosen(parts.map { Written($0, name.place) })
      } else {
        expect(name, .coupon)
      }
    }
  }

  private mutating func example(_ example: ExampleSyntax) {
    expect(example.member.tiers + example.member.floors, .tier)
    expect(example.member.segments, .segment)
    for step in example.steps {
      if let reward = step.redeems?.reward, !perks.contains(reward.value), isKnown(.perk) {
        expect(reward, .reward)
      }
      if case .event(let name, let attributes) = step.action { taken(name, attributes) }
      if let tier = step.expect.tier { expect(tier, .tier) }
      for (rule, _) in step.expect.rules ?? [] { expect(rule, .rule) }
      brought(step.expect.coupons ?? [])
      expect(step.expect.segments ?? [], .segment)
      shown(step)
      for perk in step.expect.perks ?? [] where !perks.contains(perk.value) && isKnown(.perk) {
        diagnostics.append(
          UnknownName.diagnostic("perk", perk.value, perk.place, among: perks.sorted()))
      }
    }
  }

  /// A code that a customer shows may be any; one that looks like a coupon's name is a slip, unless
  /// the example says that it is refused.
  private mutating func shown(_ step: StepSyntax) {
    let refused = Set(step.expect.refused.map(\.name.value))
    guard isKnown(.coupon), isKnown(.reward) else { return }
    let names =
      inOrder(.coupon) + inOrder(.reward) + program.coupons.compactMap(\.publicCode?.value)
    for name in step.coupons where !refused.contains(name.value) && !names.contains(name.value) {
      guard CouponSyntax.parts(ofChoice: name.value).count < 2,
        NearName.of(name.value, among: names) != nil
      else { continue }
      diagnostics.append(
        UnknownName.diagnostic("coupon", name.value, name.place, among: names))
    }
  }

  /// What a member joins, a rule or a campaign, and what she claims, a coupon or one of a choice.
  private mutating func taken(
    _ event: Written<String>, _ attributes: [(key: Written<String>, value: Written<String>)]
  ) {
    guard !program.events.contains(where: { $0.key.value == event.value }),
      let name = attributes.first(where: { $0.key.value == "name" })?.value
    else { return }
    if event.value == "join", !program.campaigns.contains(where: { $0.key.value == name.value }) {
      expect(name, .rule)
    }
    if event.value == "claim" { chosen([name]) }
  }

  private mutating func expect(_ names: [Written<String>], _ kind: Kind) {
    for name in names { expect(name, kind) }
  }

  /// Whether all that is declared of a kind could be read.
  private func isKnown(_ kind: Kind) -> Bool { program.lost.isDisjoint(with: kind.sections) }

  private mutating func expect(_ name: Written<String>, _ kind: Kind) {
    guard let names = known[kind], !names.contains(name.value), isKnown(kind) else { return }
    guard diagnostics.count < Self.mostHelped else {
      diagnostics.append(
        Diagnostic("R012", at: name.place, "no \(kind.rawValue) is called `\(name.value)`"))
      return
    }
    let other = Kind.allCases.first { $0 != kind && known[$0]?.contains(name.value) == true }
    if let other, NearName.of(name.value, among: names.sorted()) == nil {
      diagnostics.append(
        Diagnostic(
          "R044", at: name.place,
          "`\(name.value)` is a \(other.rawValue), but a \(kind.rawValue) is expected here",
          help: help(kind, other, name.value)))
    } else if kind == .group, ["best", "add", "compound", "first"].contains(name.value) {
      diagnostics.append(
        Diagnostic(
          "R012", at: name.place, "no group is called `\(name.value)`",
          help: "give the group a name, like `group: headline`, and say how under "
            + "`groups: {headline: \(name.value == "first" ? "{first: [a, b]}" : name.value)}`"))
    } else if kind == .set, NearName.of(name.value, among: names.sorted()) == nil {
      diagnostics.append(
        Diagnostic(
          "R012", at: name.place, "no set is called `\(name.value)`",
          help: "goods of a category are `{category: \(name.value)}`, one article is "
            + "`{sku: \(name.value)}`"))
    } else {
      diagnostics.append(
        UnknownName.diagnostic(kind.rawValue, name.value, name.place, among: inOrder(kind)))
    }
  }

  private func help(_ kind: Kind, _ other: Kind, _ name: String) -> String? {
    switch (kind, other) {
    case (.condition, .set): "ask for goods with `basket: {items: \(name), quantity: at least 1}`"
    case (.condition, .tier): "write `{tier: \(name)}`"
    case (.set, .condition): "conditions stand under `when`"
    default: nil
    }
  }

  private func inOrder(_ kind: Kind) -> [String] {
    switch kind {
    case .tier: program.tiers.map(\.key.value)
    default: known[kind]?.sorted() ?? []
    }
  }
}
