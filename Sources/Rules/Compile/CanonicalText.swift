import Loyalty

/// A choice of items in words that depend on nothing but its meaning's writing: the identity of
/// counters across versions.
enum CanonicalText {
  static func text(_ items: ItemsSyntax, _ sets: [String: ItemsSyntax]) -> String {
    switch items {
    case .all(let parts): list("all", parts.map { text($0, sets) })
    case .any(let parts): list("any", parts.map { text($0, sets) })
    case .not(let part): "not " + text(part, sets)
    case .set(let name): sets[name.value].map { text($0, sets) } ?? name.value
    case .categories(let names): list("category", names.map(\.value))
    case .skus(let names): list("sku", names.map(\.value))
    case .attribute(let name, let values): list(name.value, values.map(\.value))
    case .discounted(let yes, _): yes ? "discounted" : "not discounted"
    case .favourite(let kind, let of, _):
      "favourite \(kind.rawValue) of " + (of.map { text($0, sets) } ?? "all")
    case .cheapest(let units, _): "cheapest \(units)"
    }
  }

  static func text(_ tender: TenderSyntax) -> String {
    switch tender {
    case .kinds(let names): list("tender", names.map(\.value))
    case .not(let inner): "not " + text(inner)
    }
  }

  static func text(_ test: AttributeTestSyntax) -> String {
    switch test {
    case .values(let values): return list("in", values.map(\.value))
    case .range(let range):
      let least = range.least.map { "\(range.leastIsOutside ? "over" : "from") \($0.reduced)" }
      let most = range.most.map { "\(range.mostIsOutside ? "under" : "to") \($0.reduced)" }
      return [least, most].compactMap { $0 }.joined(separator: " ")
    }
  }

  static func text(_ measure: MeasureSyntax) -> String {
    switch measure {
    case .spend: "spend"
    case .quantity: "quantity"
    case .visits: "visits"
    case .variety: "variety"
    case .times: "times"
    case .margin: "margin"
    case .balance(let currency): "balance of \(currency)"
    case .left: "left to pay"
    case .earned(let currency): "earned \(currency)"
    case .attribute(let name): "sum of \(name)"
    }
  }

  static func text(_ window: WindowSyntax) -> String {
    switch window {
    case .calendar(let unit, let last): (last ? "last " : "") + "calendar \(unit.rawValue)"
    case .membershipYear(let last): (last ? "last " : "") + "membership year"
    case .rolling(let count, let unit): "\(count) \(unit.rawValue)s"
    case .eachOf(let count, let unit): "each of \(count) \(unit.rawValue)s"
    case .campaign: "campaign"
    case .afterJoin(let span): "\(span.count) \(span.unit.rawValue)s after join"
    case .transaction: "transaction"
    case .ever: "ever"
    }
  }

  /// Names in their own order count as the same set in any order.
  private static func list(_ word: String, _ names: [String]) -> String {
    word + " [" + names.sorted().joined(separator: "; ") + "]"
  }
}
