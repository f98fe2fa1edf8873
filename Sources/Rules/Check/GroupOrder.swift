import YAML

/// A group that names its order, and the rules that say they are in it.
enum GroupOrder {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let groups = Dictionary(
      program.rules.compactMap { rule in rule.group.map { (rule.key.value, $0.value) } }
        + program.coupons.compactMap { coupon in
          coupon.group.map { (coupon.key.value, $0.value) }
        },
      uniquingKeysWith: { first, _ in first })
    var orders: [String: Set<String>] = [:]
    for group in program.groups {
      guard case .first(let names) = group.policy else { continue }
      orders[group.key.value] = Set(names.map(\.value))
      for name in names where groups[name.value] != group.key.value {
        found.append(
          Diagnostic(
            "R062", at: name.place,
            "the rule `\(name.value)` does not say that it is in the group `\(group.key.value)`",
            help: "add `group: \(group.key.value)` to the rule"))
      }
    }
    for rule in program.rules {
      guard let group = rule.group, let order = orders[group.value], !order.contains(rule.key.value)
      else {
        continue
      }
      found.append(
        Diagnostic(
          "R062", at: group.place,
          "the group `\(group.value)` does not say where `\(rule.key.value)` stands in its order",
          help: "add it to `first: [ ]` of the group"))
    }
    return found
  }
}
