import Loyalty
import YAML

/// What examples expect of their steps.
extension Reading {
  func expectation(_ node: Node) -> ExpectationSyntax {
    var expect = ExpectationSyntax()
    if let text = node.text, !text.isEmpty {
      bareAmount(text, "expect", node.place)
      return expect
    }
    guard let fields = fields(node, in: .expect, isOpen: true) else { return expect }
    for entry in fields.others {
      guard let decimals = currencies[entry.name] else {
        unknown(entry.key, in: .expect, names: currencies.keys.sorted())
        continue
      }
      if let amount = currencyAmount(entry.value, decimals: decimals) {
        expect.currencies.append((Written(entry.name, entry.key.place), amount))
      }
    }
    expect.tier = fields["tier"].flatMap { value($0, "a tier") }
    if let node = fields["coupons"] { expect.coupons = expectedNames(node, "coupons") }
    if let node = fields["segments"] { expect.segments = expectedNames(node, "segments") }
    if let node = fields["receipt"] { expect.receipt = expectedNames(node, "lines of the receipt") }
    if let node = fields["perks"] { expect.perks = expectedNames(node, "perks") }
    if let node = fields["expires"] { expect.expires = expiries(node) }
    if let node = fields["balance"] { expect.balance = amounts(node) }
    if let node = fields["pending"] { expect.pending = amounts(node) }
    if let node = fields["rules"] { expect.rules = ruleParts(node) }
    expectBill(fields, &expect)
    return expect
  }

  /// `[]` is none.
  private func expectedNames(_ node: Node, _ expected: String) -> [Written<String>]? {
    if let items = node.items, items.isEmpty { return [] }
    return values(node, expected)
  }

  /// `{base: 14}`, or by currency: `{base: {points: 10, stamps: 1}}`.
  private func ruleParts(_ node: Node) -> [(rule: Written<String>, amount: RulePart)] {
    let entries = mapping(node, "rules and what each gave, like `{base: 14}`") ?? []
    return entries.flatMap { entry -> [(rule: Written<String>, amount: RulePart)] in
      let rule = Written(entry.name, entry.key.place)
      if entry.value.entries != nil {
        return amounts(entry.value).map {
          (
            Written(entry.name, $0.currency.place),
            RulePart(currency: $0.currency.value, units: $0.amount)
          )
        }
      }
      let given = ruleCurrencies[entry.name] ?? []
      if given.count > 1 {
        let parts = given.map { "\($0): …" }.joined(separator: ", ")
        report(
          "R007", entry.value.place, "`\(entry.value.text ?? "")` does not say of which currency",
          help: "the rule gives several: write `\(entry.name): {\(parts)}`")
        return []
      }
      let decimals = given.first.flatMap { currencies[$0] } ?? (lost.contains("rules") ? 6 : 0)
      return currencyAmount(entry.value, decimals: decimals).map {
        [(rule, RulePart(currency: nil, units: $0))]
      } ?? []
    }
  }

  private func expiries(_ node: Node) -> [(currency: String?, date: Written<CivilDate?>)] {
    guard node.entries != nil else { return lastDay(node).map { [(nil, $0)] } ?? [] }
    return (mapping(node, "a date, or dates by currency") ?? []).compactMap { entry in
      guard currencies[entry.name] != nil else {
        unknownName("currency", entry.name, entry.key.place, among: currencies.keys.sorted())
        return nil
      }
      return lastDay(entry.value).map { (entry.name, $0) }
    }
  }

  private func lastDay(_ node: Node) -> Written<CivilDate?>? {
    if node.text == "never" { return Written(nil, node.place) }
    return date(node).map { Written($0.value, node.place) }
  }
}
