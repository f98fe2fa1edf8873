import YAML

/// What people do for members, and how often.
extension Reading {
  /// `lounge: {name: Lounge, limit: {times: 2 per month}}`
  func perks(_ node: Node) -> [PerkSyntax] {
    namedThings(node, "a perk", "perks").map { key, node in
      var perk = PerkSyntax(key: key)
      guard !node.isEmpty, node.entries?.isEmpty != true, let fields = fields(node, in: .perk)
      else { return perk }
      perk.name = fields["name"].flatMap(localText)
      if let node = fields["limit"] { perk.limits = limits(node) }
      return perk
    }
  }
}
