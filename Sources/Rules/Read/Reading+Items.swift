import YAML

/// Choices of lines and of tenders.
extension Reading {
  /// A name from `sets`, or words side by side that must all hold.
  func items(_ node: Node) -> ItemsSyntax? {
    if let text = node.text, !text.isEmpty {
      guard !isNegated(node, "write `{not: %}`") else { return nil }
      if ["all", "any", "everything", "*", "all items"].contains(text.lowercased()) {
        report(
          "R012", node.place, "no set is called `\(text)`",
          help: "delete it: without `items` all of them count")
        return nil
      }
      let words = text.split(separator: " ").map(String.init)
      if words.count > 2, ["all", "everything", "anything"].contains(words[0].lowercased()),
        ["except", "but", "without"].contains(words[1].lowercased())
      {
        report(
          "R012", node.place, "no set is called `\(text)`",
          help: "write `{not: {category: \(words.dropFirst(2).joined(separator: " "))}}`")
        return nil
      }
      return value(node, "a set or a choice of items").map { .set($0) }
    }
    guard let entries = itemEntries(node) else { return nil }
    var parts: [ItemsSyntax] = []
    var failed = false
    let of = entries.first { $0.name == "of" }
    if let of, !entries.contains(where: { $0.name == "favourite" }) {
      report(
        "R005", of.key.place, "`of` belongs to `favourite`",
        help: "write `{favourite: category, of: cards}`")
      return nil
    }
    for entry in entries where entry.name != "of" {
      let part = entry.name == "favourite" ? favourite(entry, of: of) : itemPart(entry)
      if let part { parts.append(part) } else { failed = true }
    }
    guard !failed else { return nil }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private func itemEntries(_ node: Node) -> [Node.Entry]? {
    if case .sequence(let names) = node.content, !names.isEmpty {
      let plain = names.compactMap(\.text)
      let list = plain.count == names.count ? plain.joined(separator: ", ") : "…"
      report(
        "R007", node.place, "a list stands where a choice of items should",
        help:
          "write `{category: [\(list)]}` or `{sku: [\(list)]}`; of several sets any one is "
          + "`{any: [\(list)]}`")
      return nil
    }
    return mapping(node, "a choice of items like `{category: cards}`")
  }

  /// `{favourite: category, of: cards}`
  private func favourite(_ entry: Node.Entry, of: Node.Entry?) -> ItemsSyntax? {
    guard let kind = choice(entry.value, of: FavouriteKind.self) else { return nil }
    guard let of else { return .favourite(kind, of: nil, entry.key.place) }
    return items(of.value).map { .favourite(kind, of: $0, entry.key.place) }
  }

  private func itemPart(_ entry: Node.Entry) -> ItemsSyntax? {
    guard !isNegated(entry.value, "write `not: {\(entry.name): %}`") else { return nil }
    switch entry.name {
    case "category":
      return values(entry.value, "categories", key: "category").map { .categories($0) }
    case "sku": return values(entry.value, "SKUs", key: "sku").map { .skus($0) }
    case "brand":
      brandIsAsked = true
      return values(entry.value, "brands", key: "brand").map {
        .attribute(Written("brand", entry.key.place), $0)
      }
    case "cheapest":
      return wholeAlone(entry.value, "a number of units like `1`", 1...10_000).map {
        .cheapest($0, entry.key.place)
      }
    case "discounted": return yesNo(entry.value).map { .discounted($0, entry.key.place) }
    case "not": return items(entry.value).map { .not($0) }
    case "any", "all":
      guard let nodes = onlyList(entry.value, "a list of choices", isOfQuestions: true) else {
        return nil
      }
      let parts = nodes.compactMap(items)
      guard parts.count == nodes.count else { return nil }
      return entry.name == "any" ? .any(parts) : .all(parts)
    default: break
    }
    if itemAttributes.contains(entry.name) {
      if let text = entry.value.text, Self.isRange(text) {
        report(
          "R041", entry.value.place, "`\(entry.name)` chooses items by its values, not by a range",
          help: "name the values that are meant: `\(entry.name): [small, large]`")
        return nil
      }
      return values(entry.value, "values of `\(entry.name)`", key: entry.name).map {
        .attribute(Written(entry.name, entry.key.place), $0)
      }
    }
    unknownAttribute(entry.key, in: .items, names: itemAttributes.sorted(), section: "item")
    return nil
  }

  /// A word that is neither of the language nor a declared attribute.
  @discardableResult
  func unknownAttribute(_ key: Node, in room: Room, names: [String], section: String) -> String? {
    let word = key.text ?? ""
    if mayBeLost(in: room) || isLost(word) { return nil }
    if word.contains("：") || isMeant(word, in: room, names: names) {
      return unknown(key, in: room, names: names)
    }
    report(
      "R004", key.place, "`\(word)` is neither a word of \(room.title) nor a declared attribute",
      help: "if the feed tells it, declare it: `attributes: {\(section): [\(word)]}`")
    return nil
  }

  /// `own-card`, `[cash, card]`, `{not: points}`
  func tender(_ node: Node) -> TenderSyntax? {
    guard node.entries != nil else {
      guard !isNegated(node, "write `{not: %}`") else { return nil }
      return values(node, "kinds of tender", joined: true).map { .kinds($0) }
    }
    guard let fields = fields(node, in: .tender), let not = fields["not"] else { return nil }
    return tender(not).map { .not($0) }
  }
}
