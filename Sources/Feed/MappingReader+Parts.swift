import YAML

extension MappingReader {
  /// `{kind: payment, amount: paid}`, with `per: line` where each row has its own share.
  mutating func tender(_ node: Node) -> MappedTender? {
    check(node, words: ["kind", "amount", "per", "rows"])
    _ = required(node, "kind")
    let kind = texts(node, ["kind"]).first?.1
    let amount = required(node, "amount").flatMap { self.amount($0) }
    var isPerLine = false
    if let per = node["per"], let text = text(per) {
      isPerLine = text == "line"
      if !isPerLine, text != "transaction" {
        add(
          "M005", per, "`\(text)` is none of the words that may stand here",
          help: "write line or transaction")
      }
    }
    guard let kind, let amount else { return nil }
    return MappedTender(
      kind: kind, amount: amount, isPerLine: isPerLine, rows: anyOf(node["rows"]))
  }

  /// The columns of its id, or `{source: …, id: …}`.
  mutating func original(_ node: Node) -> MappedOriginal? {
    guard node.entries != nil else { return MappedOriginal(id: columns(node)) }
    check(node, words: ["source", "id"])
    guard let id = required(node, "id").map({ columns($0) }) else { return nil }
    return MappedOriginal(source: texts(node, ["source"]).first?.1, id: id)
  }
}
