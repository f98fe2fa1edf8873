import YAML

/// Items that `counts` leaves out of everything: a rule or a basket of nothing else never matches.
struct NeverCounted {
  private let sets: [String: ItemsSyntax]
  private let excluded: Set<String>

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    guard let counted = program.counts.items else { return [] }
    let check = NeverCounted(program, counted)
    guard !check.excluded.isEmpty else { return [] }
    var found = program.rules.compactMap { rule in
      rule.items.flatMap { check.never($0) }.map { names in
        diagnostic(
          rule.key.place, "the rule `\(rule.key.value)` is for \(names) only, which never count")
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

  /// The categories that these items must be of, where `counts` leaves out all of them.
  private func never(_ items: ItemsSyntax) -> String? {
    guard let needed = Self.needed(items, sets, 0), !needed.isEmpty, needed.isSubset(of: excluded)
    else { return nil }
    return needed.sorted().map { "`\($0)`" }.joined(separator: ", ")
  }

  /// Categories of which an item must have one; nil where it may have any.
  private static func needed(_ items: ItemsSyntax, _ sets: [String: ItemsSyntax], _ depth: Int)
    -> Set<String>?
  {
    guard depth < 32 else { return nil }
    switch items {
    case .categories(let names): return Set(names.map(\.value))
    case .set(let name): return sets[name.value].flatMap { needed($0, sets, depth + 1) }
    case .all(let parts):
      return parts.reduce(nil as Set<String>?) { known, part in
        guard let more = needed(part, sets, depth + 1) else { return known }
        return known?.intersection(more) ?? more
      }
    case .any(let parts):
      var all: Set<String> = []
      for part in parts {
        guard let some = needed(part, sets, depth + 1) else { return nil }
        all.formUnion(some)
      }
      return all
    default: return nil
    }
  }

  /// Categories that these items never have.
  private static func excluded(_ items: ItemsSyntax, _ sets: [String: ItemsSyntax], _ depth: Int)
    -> Set<String>
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

  /// Categories all of whose items are chosen.
  private static func whole(_ items: ItemsSyntax, _ sets: [String: ItemsSyntax], _ depth: Int)
    -> Set<String>
  {
    guard depth < 32 else { return [] }
    switch items {
    case .categories(let names): return Set(names.map(\.value))
    case .set(let name): return sets[name.value].map { whole($0, sets, depth + 1) } ?? []
    case .any(let parts): return parts.reduce(into: []) { $0.formUnion(whole($1, sets, depth + 1)) }
    default: return []
    }
  }
}
