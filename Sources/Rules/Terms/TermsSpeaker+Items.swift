import YAML

/// Choices of items and of payment in a customer's words.
extension TermsSpeaker {
  /// `greeting cards at full price (not postage)`: all that stands side by side must hold.
  func items(_ node: Node) -> String {
    if let name = node.text { return readable(name) }
    let entries = node.entries ?? []
    let without = entries.filter { $0.name == "not" }.map { items($0.value) }
    let kinds = entries.compactMap { kind($0, node) }
    var traits = entries.compactMap { trait($0) }
    let tests = entries.compactMap { test($0) }
    if !tests.isEmpty {
      traits.append(say("where ", "") + tests.joined(separator: say(" and ", "且")))
    }
    var have = kinds.joined(separator: say(" that are also ", "且"))
    if !traits.isEmpty {
      have =
        isChinese
        ? (kinds + traits).joined(separator: "且")
        : ([have.isEmpty ? "goods" : have] + traits).joined(separator: " ")
    }
    if !without.isEmpty {
      let except = list(without)
      have =
        have.isEmpty
        ? say("everything but \(except)", "\(except)以外的商品")
        : say("\(have) (not \(except))", "\(have)（不含\(except)）")
    }
    return node["cheapest"].map { cheapest($0.text ?? "1", of: have) } ?? have
  }

  private func cheapest(_ count: String, of goods: String) -> String {
    let of = goods.isEmpty ? "" : say(" of \(goods)", "\(goods)中")
    return count == "1"
      ? say("the cheapest article\(of)", "\(of)最便宜的一件")
      : say("the \(count) cheapest articles\(of)", "\(of)最便宜的\(count)件")
  }

  /// What they are: a noun.
  private func kind(_ entry: Node.Entry, _ node: Node) -> String? {
    switch entry.name {
    case "any": return list((entry.value.items ?? [entry.value]).map { items($0) })
    case "all":
      return (entry.value.items ?? [entry.value]).map { items($0) }
        .joined(separator: say(" that are also ", "且"))
    case "category": return list(texts(entry.value).map { readable($0) })
    case "sku": return say("article ", "商品") + list(texts(entry.value))
    case "favourite":
      let of = node["of"].map { items($0) }
      return entry.value.text == "sku"
        ? say("the article\(of.map { " of \($0)" } ?? "") that you buy most", "您最常购买的\(of ?? "")商品")
        : say("the kind of \(of ?? "goods") that you buy most", "您最常购买的\(of ?? "")品类")
    default: return nil
    }
  }

  /// What they have: `at full price`.
  private func trait(_ entry: Node.Entry) -> String? {
    switch entry.name {
    case "brand":
      return say("of the brand ", "品牌") + list(texts(entry.value).map { readable($0) })
    case "discounted":
      return entry.value.text == "no"
        ? say("at full price", "正价商品") : say("at a reduced price", "特价商品")
    default: return nil
    }
  }

  /// What an attribute of the program's own says of them.
  private func test(_ entry: Node.Entry) -> String? {
    let words = [
      "not", "any", "all", "category", "sku", "favourite", "of", "brand", "discounted", "cheapest",
    ]
    guard !words.contains(entry.name) else { return nil }
    let values = list(texts(entry.value).map { value($0) })
    return say("\(readable(entry.name)) is \(values)", "\(readable(entry.name))为\(values)的商品")
  }

  func tender(_ node: Node) -> String {
    node["not"].map { say("anything but ", "非") + list(texts($0).map { readable($0) }) }
      ?? list(texts(node).map { readable($0) })
  }
}
