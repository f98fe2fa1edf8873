import YAML

/// Items that `counts` leaves out of everything: a rule or a basket of nothing else never matches.
struct NeverCounted {
  private let sets: [String: ItemsSyntax]
  private let excluded: Set<Trait>

  /// What chooses items by itself.
  private enum Trait: Hashable {
    case category(String)
    case sku(String)
    case attribute(String, String)

    var name: String {
      switch self {
      case .category(let name), .sku(let name), .attribute(_, let name): name
      }
    }
  }

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    guard let counted = program.counts.items else { return [] }
    let check = NeverCounted(program, counted)
    guard !check.excluded.isEmpty else { return [] }
    var things = program.rules.map { ("rule", $0.key, $0.items) }
    things += program.coupons.map { ("coupon", $0.key, $0.items) }
    things += program.rewards.map { ("reward", $0.key, $0.items) }
    var found = things.compactMap { kind, key, items in
      items.flatMap { check.never($0) }.map { names in
        diagnostic(
          key.place, "the \(kind) `\(key.value)` is for \(names) only, which never count")
      }
    }
    program.forEachCondition { condition, _ in
      guard case .basket(let goals) = condition else { return }
      for goal in goals {
        guard let names = goal.items.flatMap({ check.never($0) }) else { continue }
        found.append(
          diagnostic(goal.place, "this basket asks for \(names) only, which never count"))
        return
      }
    }
    return found
  }

  private static func diagnostic(_ place: Place, _ message: String) -> Diagnostic {
    Diagnostic(
      "R066", .warning, at: place, message,
      help: "`counts: {items: …}` leaves them out for every rule; take them out there, or here")
  }

  private init(_ program: ProgramSyntax, _ counted: ItemsSyntax) {
    sets = Dictionary(
      program.sets.map { ($0.key.value, $0.items) }, uniquingKeysWith: { first, _ in first })
    excluded = Self.excluded(counted, sets, 0)
  }

  /// What these items must be, where `counts` leaves out all of it.
  private func never(_ items: ItemsSyntax) -> String? {
    guard let needed = needed(items, 0), !needed.isEmpty else { return nil }
    return Set(needed.map(\.name)).sorted().map { "`\($0)`" }.joined(separator: ", ")
  }

  /// Of what an item must have one, where `counts` leaves out all of it; nil where some may count.
  private func needed(_ items: ItemsSyntax, _ depth: Int) -> Set<Trait>? {
    guard depth < 32 else { return nil }
    switch items {
    case .set(let name): return sets[name.value].flatMap { needed($0, depth + 1) }
    case .all(let parts): return parts.lazy.compactMap { needed($0, depth + 1) }.first
    case .any(let parts):
      let known = parts.compactMap { needed($0, depth + 1) }
      return known.count == parts.count ? known.reduce(into: []) { $0.formUnion($1) } : nil
    default:
      let traits = Self.traits(items)
      return traits.isEmpty || !traits.isSubset(of: excluded) ? nil : traits
    }
  }

  private static func traits(_ items: ItemsSyntax) -> Set<Trait> {
    switch items {
    case .categories(let names): Set(names.map { .category($0.value) })
    case .skus(let names): Set(names.map { .sku($0.value) })
    case .attribute(let key, let values): Set(values.map { .attribute(key.value, $0.value) })
    default: []
    }
  }

  /// What these items never are.
  private static func excluded(_ items: ItemsSyntax, _ sets: [String: ItemsSyntax], _ depth: Int)
    -> Set<Trait>
  {
    guard depth < 32 else { return [] }
    switch items {
    case .set(let name): return sets[name.value].map { excluded($0, sets, depth + 1) } ?? []
    case .all(let parts):
      return parts.reduce(into: []) { $0.formUnion(excluded($1, sets, depth + 1)) }
    case .not(let part): return whole(part, sets, depth + 1)
    default: return []
    }
  }

  /// All that is chosen whatever else it is.
  private static func whole(_ items: ItemsSyntax, _ sets: [String: ItemsSyntax], _ depth: Int)
    -> Set<Trait>
  {
    guard depth < 32 else { return [] }
    switch items {
    case .set(let name): return sets[name.value].map { whole($0, sets, depth + 1) } ?? []
    case .any(let parts): return parts.reduce(into: []) { $0.formUnion(whole($1, sets, depth + 1)) }
    default: return traits(items)
    }
  }
}
