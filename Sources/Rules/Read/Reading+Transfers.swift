import YAML

/// Steps in which two accounts matter.
extension Reading {
  /// `{points: 50, to: B}`
  func transfer(_ node: Node) -> StepSyntax.Action? {
    guard let entries = mapping(node, "what goes to whom, like `{points: 50, to: B}`") else {
      return nil
    }
    guard let target = entries.first(where: { $0.name == "to" }) else {
      report(
        "R003", node.place, "this transfer does not say to whom",
        help: "add the name of a member: `{points: 50, to: B}`")
      return nil
    }
    var amounts: [(currency: Written<String>, amount: Int64)] = []
    for entry in entries where entry.name != "to" {
      guard let decimals = currencies[entry.name] else {
        unknownName("currency", entry.name, entry.key.place, among: currencies.keys.sorted())
        return nil
      }
      guard let amount = currencyAmount(entry.value, decimals: decimals) else { return nil }
      amounts.append((Written(entry.name, entry.key.place), amount))
    }
    guard let name = value(target.value, "the name of a member") else { return nil }
    return .transfer(amounts, to: name)
  }
}

extension StepSyntax {
  /// The other account of a step in which two matter.
  var otherMember: Written<String>? {
    switch action {
    case .transfer(_, let to): to
    case .merge(let other): other
    default: nil
    }
  }
}
