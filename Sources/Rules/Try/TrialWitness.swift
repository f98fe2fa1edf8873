import Loyalty
import YAML

/// Lines of a basket that a choice of items takes: what "3 cards" may have been.
struct TrialWitness {
  let program: ProgramSyntax
  private let sets: [String: ItemsSyntax]
  /// The lines of the program's own examples.
  let known: [LineSyntax]

  init(_ program: ProgramSyntax) {
    self.program = program
    sets = Dictionary(
      program.sets.map { ($0.key.value, $0.items) }, uniquingKeysWith: { first, _ in first })
    known = program.examples.flatMap(\.steps).flatMap { step -> [LineSyntax] in
      if case .purchase(let lines) = step.action { return lines }
      return []
    }
  }

  /// A line with one unit; nil where none was found.
  func line(for items: ItemsSyntax) -> LineSyntax? {
    let counts = program.counts.items
    func counted(_ line: LineSyntax) -> Bool { counts.map { takes($0, line) } ?? true }
    let fitting = known.filter { takes(items, $0) }
    if let example = fitting.first(where: counted) ?? fitting.first {
      var line = LineSyntax(sku: example.sku, total: .zero)
      line.category = example.category
      line.attributes = example.attributes
      line.discounted = example.discounted
      return line
    }
    let made = candidates(items, 0).filter { takes(items, $0) }
    return made.first(where: counted) ?? made.first
  }

  /// What one unit cost in an example, or else a round amount.
  func price(of line: LineSyntax) -> Money {
    let alike =
      known.first { $0.sku == line.sku && $0.total > .zero }
      ?? known.first { $0.category != nil && $0.category == line.category && $0.total > .zero }
    if let alike, alike.quantity.millionths > 0 {
      let each =
        Int128(alike.total.minor) * Int128(Quantity.scale) / Int128(alike.quantity.millionths)
      if each > 0 { return Money(minor: Int64(each)) }
    }
    return Money(minor: 5 * ExactDecimal.powers[program.money.value.decimals])
  }

  /// Whether a choice takes a line; a choice by what only the account knows is given the benefit
  /// of the doubt.
  func takes(_ items: ItemsSyntax, _ line: LineSyntax) -> Bool {
    if case .all(let parts) = items { return parts.allSatisfy { takes($0, line) } }
    if case .any(let parts) = items { return parts.contains { takes($0, line) } }
    if case .not(let part) = items { return !takes(part, line) }
    if case .set(let name) = items { return sets[name.value].map { takes($0, line) } ?? false }
    if case .categories(let names) = items { return names.contains { $0.value == line.category } }
    if case .skus(let names) = items { return names.contains { $0.value == line.sku } }
    if case .discounted(let yes, _) = items { return line.discounted == yes }
    if case .attribute(let name, let values) = items {
      let own = line.attributes.first { $0.key.value == name.value }?.value
      return values.contains { $0.value == own }
    }
    return true
  }

  /// Lines that may fit, without what must not be.
  private func candidates(_ items: ItemsSyntax, _ depth: Int) -> [LineSyntax] {
    let blank = LineSyntax(sku: "ITEM", total: .zero)
    guard depth < 16 else { return [blank] }
    if case .any(let parts) = items {
      return Array(parts.flatMap { candidates($0, depth + 1) }.prefix(16))
    }
    if case .all(let parts) = items {
      return parts.reduce([blank]) { lines, part in
        let more = candidates(part, depth + 1)
        return Array(lines.flatMap { line in more.map { merged(line, $0) } }.prefix(16))
      }
    }
    if case .set(let name) = items {
      return sets[name.value].map { candidates($0, depth + 1) } ?? [blank]
    }
    if case .categories(let names) = items {
      return names.map { name in
        var line = blank
        line.category = name.value
        return line
      }
    }
    if case .skus(let names) = items {
      return names.map { LineSyntax(sku: $0.value, total: .zero) }
    }
    if case .attribute(let name, let values) = items {
      return values.map { value in
        var line = blank
        line.attributes = [(name, value.value)]
        return line
      }
    }
    if case .discounted(true, _) = items {
      var line = blank
      line.discounted = true
      return [line]
    }
    return [blank]
  }

  private func merged(_ a: LineSyntax, _ b: LineSyntax) -> LineSyntax {
    var line = a
    if b.sku != "ITEM" { line.sku = b.sku }
    line.category = b.category ?? a.category
    line.attributes += b.attributes
    line.discounted = a.discounted || b.discounted
    return line
  }
}
