import YAML

/// Levels in a customer's words.
extension TermsSpeaker {
  func tiers() -> [String] {
    program["tiers"].map { thing -> String in
      let fields = thing.value
      let parts = [how(fields)] + times(fields)
      let gifts = (fields["gives"]?.entries ?? []).flatMap { gift($0) }
      let given = gifts.isEmpty ? [] : [say("with ", "可享") + list(gifts, or: false)]
      let name = self.name(fields["name"], thing.name)
      return say("\(name): ", "\(name)：")
        + (parts + given).joined(separator: say("; ", "；")) + say(".", "。")
    }
  }

  /// How it is reached.
  private func how(_ fields: Node) -> String {
    if let qualify = fields["qualify"] {
      let text = self.qualify(qualify)
      return say("for \(text)", text)
    }
    return fields["invited"]?.text == "yes"
      ? say("by invitation", "受邀") : say("for every member", "所有会员")
  }

  /// From when on it holds, what keeps it, and what comes after it.
  private func times(_ fields: Node) -> [String] {
    var parts: [String] = []
    if let unit = fields["begins"]?.text?.split(separator: " ").last {
      parts.append(say("from the next calendar \(unit) on", "自次\(calendarUnit(unit))起生效"))
    }
    if let keeps = fields["keeps"]?.text {
      parts.append(say("kept \(kept(keeps))", "有效期\(kept(keeps))"))
    }
    if let renew = fields["renew"] {
      parts.append(say("kept on for \(qualify(renew))", "续期条件：\(qualify(renew))"))
    }
    if let grace = fields["grace"]?.text {
      parts.append(say("and for \(duration(grace)) of grace", "宽限期\(duration(grace))"))
    }
    if let review = fields["review"]?.text {
      parts.append(say("decided each year on \(dayOfYear(review))", "每年\(dayOfYear(review))评定"))
    }
    switch fields["falls"]?.text {
    case "none": parts.append(say("never lost", "不降级"))
    case "one step": parts.append(say("then one level lower", "到期后降一级"))
    case "to what was earned":
      parts.append(say("then the level that you have earned", "到期后按实际达成的等级"))
    default:
      // Without a word: what was earned, where it can end.
      let keeps = fields["keeps"]?.text
      if let keeps, keeps != "ever", keeps != "while it holds" {
        parts.append(say("then the level that you have earned", "到期后按实际达成的等级"))
      }
    }
    return parts
  }

  /// A goal, a rank, or several.
  func qualify(_ node: Node) -> String {
    var parts: [String] = []
    for (word, joint) in [("any", say(", or ", "，或")), ("all", say(" and ", "且"))] {
      guard let items = node[word]?.items else { continue }
      parts.append(items.map { qualify($0) }.joined(separator: joint))
    }
    if let not = node["not"] { parts.append(say("not ", "除外：") + qualify(not)) }
    var rest = node
    rest.content = .mapping(
      (node.entries ?? []).filter { !["any", "all", "not"].contains($0.name) })
    if rest.entries?.isEmpty == false {
      parts.append(
        goals(rest).map { say($0.doing, $0.chinese) }.joined(separator: say(" and ", "且")))
    }
    return parts.joined(separator: say(" and ", "且"))
  }
}
