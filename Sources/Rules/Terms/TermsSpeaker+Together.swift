import YAML

/// How offers stand beside each other, in a customer's words.
extension TermsSpeaker {
  private static let sections = ["rules", "coupons", "rewards"]

  /// The groups that offers of today stand in.
  func together() -> [String] {
    program["groups"].compactMap { group -> String? in
      let names = members(of: group)
      guard names.count > 1 else { return nil }
      if group.value["first"] != nil {
        let all = list(names, or: false)
        return sentence(
          say("of \(all), the first that applies counts, in this order", "\(all)：依此顺序，仅首个适用者有效"))
      }
      let all = list(names, or: false)
      switch group.value.text {
      case "add": return sentence(say("\(all) add up", "\(all)可累加"))
      case "compound": return sentence(say("\(all) multiply each other", "\(all)连乘计算"))
      default: return sentence(say("of \(all), only the best counts", "\(all)：仅最优一项有效"))
      }
    }
  }

  /// What people call those that stand in it.
  private func members(of group: WrittenProgram.Thing) -> [String] {
    if let first = group.value["first"] {
      return texts(first).filter { isOpen($0) }.map { offer($0) }
    }
    return Self.sections.flatMap { section in
      program[section].filter { $0.value["group"]?.text == group.name && isOpen($0.name) }
        .map { name($0.value["name"], $0.name) }
    }
  }

  /// What a rule, coupon or reward is called.
  func offer(_ key: String) -> String {
    let section = Self.sections.first { section in program[section].contains { $0.name == key } }
    return section.map { name(key, in: $0) } ?? readable(key)
  }

  /// With what else it may stand on one bill.
  func combines(_ node: Node) -> String {
    if node.text == "no" { return say("not together with other offers", "不可与其他优惠同时使用") }
    if let not = node["not"] {
      let names = list(texts(not).map { offer($0) })
      return say("not together with \(names)", "不可与\(names)同时使用")
    }
    let names = list(texts(node).map { offer($0) })
    return say("together with \(names) only", "仅可与\(names)同时使用")
  }
}
