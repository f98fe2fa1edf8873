import YAML

/// Choices of items and of payment in a customer's words.
extension TermsSpeaker {
  /// `greeting cards without postage`
  func items(_ node: Node) -> String {
    if let name = node.text { return readable(name) }
    var wanted: [String] = []
    var without: [String] = []
    for entry in node.entries ?? [] {
      switch entry.name {
      case "not": without.append(items(entry.value))
      case "any", "all":
        wanted.append(
          list((entry.value.items ?? [entry.value]).map { items($0) }, or: entry.name == "any"))
      case "category": wanted.append(list(texts(entry.value).map { readable($0) }))
      case "sku": wanted.append(say("article ", "商品") + list(texts(entry.value)))
      case "cheapest":
        let count = entry.value.text ?? "1"
        wanted.append(
          count == "1"
            ? say("the cheapest article", "最便宜的一件")
            : say("the \(count) cheapest articles", "最便宜的\(count)件"))
      case "favourite":
        let of = node["of"].map { items($0) }
        wanted.append(
          entry.value.text == "sku"
            ? say(
              "the article\(of.map { " of \($0)" } ?? "") that you buy most", "您最常购买的\(of ?? "")商品")
            : say("the kind of \(of ?? "goods") that you buy most", "您最常购买的\(of ?? "")品类"))
      case "of": break
      case "brand":
        wanted.append(
          say("goods of the brand ", "品牌") + list(texts(entry.value).map { readable($0) }))
      case "discounted":
        wanted.append(
          entry.value.text == "no"
            ? say("goods at full price", "正价商品") : say("reduced goods", "特价商品"))
      default:
        let values = list(texts(entry.value).map { value($0) })
        wanted.append(
          say("\(readable(entry.name)) \(values)", "\(readable(entry.name))为\(values)的商品"))
      }
    }
    let have = wanted.joined(separator: say(", ", "、"))
    guard !without.isEmpty else { return have }
    let except = list(without)
    return have.isEmpty
      ? say("everything but \(except)", "\(except)以外的商品")
      : say("\(have) (not \(except))", "\(have)（不含\(except)）")
  }

  func tender(_ node: Node) -> String {
    node["not"].map { say("anything but ", "非") + list(texts($0).map { readable($0) }) }
      ?? list(texts(node).map { readable($0) })
  }
}
