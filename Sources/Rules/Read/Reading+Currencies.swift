import Loyalty
import YAML

/// Currencies, and what a spend of 1.00 is.
extension Reading {
  func currencies(_ node: Node) -> [CurrencySyntax] {
    let things = namedThings(node, "a currency", "currencies").filter { key, _ in isFree(key) }
    // The names first, for `worth` and `expires` may speak of them.
    for (key, node) in things { currencies[key.value] = decimals(of: node) }
    if let first = things.first { firstCurrency = first.0.value }
    return things.map { key, node in currency(key, node) }
  }

  /// What keeps points alive may ask for anything, so it is read when all names are known.
  func keptAlive(_ node: Node, _ currencies: inout [CurrencySyntax]) {
    for index in currencies.indices {
      guard let own = node[currencies[index].key.value], let expires = own["expires"],
        let unless = expires["unless"]
      else { continue }
      currencies[index].unless = self.unless(unless)
    }
  }

  private func decimals(of node: Node) -> Int {
    // Of a currency that cannot be read no amount is refused.
    if node.isBroken { return 6 }
    if node["kind"]?.text == "money" { return money?.decimals ?? 2 }
    return node["decimals"]?.text.flatMap { Int($0) }.map { max(0, min(6, $0)) } ?? 0
  }

  /// A currency's name stands beside the words of goals, limits and expectations.
  private func isFree(_ key: Written<String>) -> Bool {
    let taken = [Room.goal, .limit, .expect, .qualify].contains {
      $0.words.contains(key.value)
    }
    if taken || key.value.contains(" ") {
      report(
        "R034", key.place,
        taken
          ? "`\(key.value)` is a word of the language and cannot be a currency's name"
          : "a currency's name has no spaces",
        help: taken
          ? "give it another name, like `\(key.value)-points`"
          : "write `\(key.value.split(separator: " ").joined(separator: "-"))`; what people "
            + "read is `name`"
      )
    }
    return !taken && !key.value.contains(" ")
  }

  private func currency(_ key: Written<String>, _ node: Node) -> CurrencySyntax {
    var currency = CurrencySyntax(key: key)
    currency.decimals = currencies[key.value] ?? 0
    if node.isEmpty { return currency }
    guard let fields = fields(node, in: .currency) else { return currency }
    currency.name = fields["name"].flatMap(localText)
    if let node = fields["kind"] {
      currency.kind = choice(node, of: CurrencySyntax.Kind.self) ?? .points
    }
    if let node = fields["decimals"] {
      if currency.kind == .money {
        report(
          "R005", fields.key("decimals")?.place ?? node.place,
          "a currency of `kind: money` has the money's decimals", help: "delete `decimals`")
      } else {
        _ = wholeAlone(node, "a number of decimals like `2`", 0...6)
      }
    }
    currency.worth = fields["worth"].flatMap(worth)
    worths[key.value] =
      currency.kind == .money
      ? WorthSyntax(money: Money(minor: ExactDecimal.powers[money?.decimals ?? 2]), points: 1)
      : currency.worth
    if let node = fields["rounds"] {
      currency.rounds = choice(node, [("down", .down), ("half-up", .halfUp), ("up", .up)]) ?? .down
    }
    currency.pending = fields["pending"].flatMap(duration)
    if let node = fields["returns"] {
      currency.returns = choice(node, of: CurrencySyntax.Returns.self) ?? .debt
    }
    if let node = fields["pots"] {
      currency.hasPots = choice(node, [("month", true)]) ?? false
      if let key = fields.key("pending") {
        report(
          "R128", key.place, "points of pots that are pending belong to no pot yet",
          help: "a currency has `pots` or `pending`")
      }
    }
    currency.expires = fields["expires"].flatMap(expiry)
    if let node = fields["activity"] {
      currency.activity = (values(node, "what counts as activity") ?? []).filter { name in
        if ["purchase", "redemption"].contains(name.value) || declared(name.value) != nil {
          return true
        }
        unknownName(
          "activity", name.value, name.place,
          among: ["purchase", "redemption"] + events.keys.sorted())
        return false
      }
    }
    return currency
  }

  /// `1.00 per 300`
  private func worth(_ node: Node) -> WorthSyntax? {
    guard let phrase = phrase(node, "a worth like `1.00 per 100`") else { return nil }
    let words = phrase.words
    guard words.count == 3, words[1].text == "per" else {
      report(
        "R037", node.place, "`\(phrase.text)` is no worth",
        help: worthRemedy(node) { worth($0) }
          ?? "write so much money per so many points, like `1.00 per 100`")
      return nil
    }
    guard let money = money(words[0]), let points = whole(words[2], 1...1_000_000_000) else {
      return nil
    }
    guard money.minor > 0 else {
      report(
        "R037", node.place, "points that are worth nothing need no `worth`", help: "delete the line"
      )
      return nil
    }
    return WorthSyntax(money: money, points: points)
  }

  func counts(_ node: Node) -> CountsSyntax {
    var counts = CountsSyntax()
    guard let fields = fields(node, in: .counts) else { return counts }
    if let node = fields["price"] {
      counts.price = choice(node, of: CountsSyntax.Price.self) ?? .afterDiscounts
    }
    if let node = fields["tax"] {
      counts.taxIncluded = choice(node, [("excluded", false), ("included", true)]) ?? false
    }
    if let node = fields["rounds"] {
      counts.rounds = choice(node, [("down", .down), ("half-up", .halfUp), ("up", .up)]) ?? .down
    }
    counts.items = fields["items"].flatMap(items)
    counts.tender = fields["tender"].flatMap(tender)
    return counts
  }
}
