import YAML

/// How offers stand beside each other, in a customer's words.
extension TermsSpeaker {
  private static let sections = ["rules", "coupons", "rewards"]

  /// How offers of today stand beside each other: without a word, and in groups.
  func together() -> [String] {
    unsaid() + grouped()
  }

  /// What holds for rules in no group: of several multiples the best, of several discounts too.
  private func unsaid() -> [String] {
    let alone = program["rules"].filter { rule in
      isOpen(rule.name) && rule.value["group"] == nil && !isOrdered(rule.name)
    }
    var sentences: [String] = []
    let multiplied = alone.flatMap { ($0.value["multiply"]?.entries ?? []).map(\.name) }
    if multiplied.contains(where: { name in multiplied.count { $0 == name } > 1 }) {
      sentences.append(
        say(
          "where several multiples apply, the best counts, article by article",
          "多项倍数同时适用时，每件商品按最高倍数计算"))
    }
    let isDiscount = { (rule: WrittenProgram.Thing) in
      ["off", "fixed", "free", "buy"].contains { rule.value[$0] != nil }
    }
    if alone.count(where: isDiscount) > 1 {
      sentences.append(
        say(
          "where several discounts apply, the best counts, article by article",
          "多项优惠同时适用时，每件商品按最优一项计算"))
    }
    return sentences.map { sentence($0) }
  }

  /// Whether a group names it in its order.
  private func isOrdered(_ key: String) -> Bool {
    program["groups"].contains { group in
      group.value["first"].map { texts($0).contains(key) } ?? false
    }
  }

  /// The groups that offers of today stand in.
  private func grouped() -> [String] {
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

  /// Whether a sentence of another offer or of a group calls it by its name.
  func isReferredTo(_ key: String) -> Bool {
    let isInGroup = program["groups"].contains { group in
      let names = group.value["first"].map { texts($0) }
      let others = Self.sections.flatMap { program[$0] }.filter {
        $0.value["group"]?.text == group.name
      }.map(\.name)
      let all = names ?? others
      return all.count > 1 && all.contains(key)
    }
    return isInGroup
      || Self.sections.flatMap { program[$0] }.contains { thing in
        guard let node = thing.value["combines"] else { return false }
        return texts(node["not"] ?? node).contains(key)
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
