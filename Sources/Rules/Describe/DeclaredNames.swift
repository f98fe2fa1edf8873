import Loyalty

/// The names that a program declares, and those that it uses of what the feed tells.
struct DeclaredNames {
  /// In the order of the file; of what the feed tells, in alphabetical order.
  private(set) var names: [NameKind: [String]] = [:]
  private(set) var attributes: AttributesSyntax
  private(set) var events: [EventSyntax]

  init(_ program: ProgramSyntax) {
    attributes = program.attributes
    events = program.events
    names = [
      .currency: program.currencies.map(\.key.value), .set: program.sets.map(\.key.value),
      .condition: program.conditions.map(\.key.value), .tier: program.tiers.map(\.key.value),
      .rule: program.rules.map(\.key.value), .coupon: program.coupons.map(\.key.value),
      .reward: program.rewards.map(\.key.value), .group: program.groups.map(\.key.value),
      .holiday: program.holidays.map(\.key.value), .segment: program.segments.map(\.key.value),
      .event: program.events.map(\.key.value),
      .benefactor: program.rules.map(\.key.value) + program.coupons.map(\.key.value)
        + program.rewards.map(\.key.value),
    ]
    var used: [NameKind: Set<String>] = [:]
    func use(_ kind: NameKind, _ texts: some Sequence<String>) {
      used[kind, default: []].formUnion(texts)
    }
    Self.items(of: program, use)
    Self.conditions(of: program, use)
    Self.examples(of: program, use)
    use(.perk, program.perks.map(\.key.value))
    for tier in program.tiers {
      use(.perk, tier.gives.filter { $0.kind == .perk }.map(\.name.value))
    }
    for rule in program.rules {
      use(.perk, rule.gives.filter { $0.kind == .perk }.map(\.name.value))
      use(.tender, rule.tender?.names ?? [])
    }
    use(.tender, program.counts.tender?.names ?? [])
    for (kind, texts) in used { names[kind] = texts.sorted() }
  }

  subscript(kind: NameKind) -> [String] { names[kind] ?? [] }

  private typealias Use = (NameKind, [String]) -> Void

  private static func items(of program: ProgramSyntax, _ use: Use) {
    program.forEachItems { items in
      switch items {
      case .categories(let names): use(.category, names.map(\.value))
      case .skus(let names): use(.sku, names.map(\.value))
      default: break
      }
    }
  }

  private static func conditions(of program: ProgramSyntax, _ use: Use) {
    program.forEachCondition { condition, _ in
      switch condition {
      case .stores(let names): use(.store, names.map(\.value))
      case .regions(let names): use(.region, names.map(\.value))
      case .channels(let names): use(.channel, names.map(\.value))
      case .partners(let names): use(.partner, names.map(\.value))
      case .tender(let tender, _): use(.tender, tender.names)
      default: break
      }
    }
  }

  private static func examples(of program: ProgramSyntax, _ use: Use) {
    for step in program.examples.flatMap(\.steps) {
      use(.store, step.store.map { [$0] } ?? [])
      use(.channel, step.channel.map { [$0] } ?? [])
      use(.tender, step.tenders.map(\.kind.value))
      switch step.action {
      case .purchase(let lines), .return(_, let lines):
        use(.category, lines.compactMap(\.category))
        use(.sku, lines.map(\.sku))
      default: break
      }
    }
  }
}

extension TenderSyntax {
  /// The kinds that are named in it.
  var names: [String] {
    switch self {
    case .kinds(let names): names.map(\.value)
    case .not(let inner): inner.names
    }
  }
}
