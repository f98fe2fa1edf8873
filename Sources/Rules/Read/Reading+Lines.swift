import Loyalty
import YAML

/// Baskets of examples that were written as something else.
extension Reading {
  /// `[sku: A, total: 5.00]`: for YAML these are two lines with one word each.
  func isWithoutBraces(_ node: Node) -> Bool {
    if let amount = node.text, Self.plainNumber(amount) != nil {
      report(
        "R007", node.place, "`\(amount)` stands where a list of lines should",
        help: "write `basket: [{sku: A, total: \(amount)}]`")
      return true
    }
    guard let parts = node.items, parts.count > 1 else { return false }
    let words = parts.compactMap { $0.entries?.count == 1 ? $0.entries?.first : nil }
    guard words.count == parts.count, Set(words.map(\.name)).count == words.count,
      words.allSatisfy({ Room.line.has($0.name) })
    else { return false }
    let text = words.map { "\($0.name): \($0.value.text ?? "…")" }.joined(separator: ", ")
    report("R007", node.place, "the words of a line stand in `{ }`", help: "write `[{\(text)}]`")
    return true
  }
}
