import YAML

/// Conditions, goals and choices in a customer's words.
extension TermsSpeaker {
  /// Conditions side by side, each as a phrase that may follow a sentence: `on Saturdays`. Names
  /// may lead to names, in a program with mistakes for ever.
  func conditions(_ node: Node, _ depth: Int = 0) -> [String] {
    guard depth < 32 else { return [] }
    if let name = node.text {
      let named = program["conditions"].first { $0.name == name }?.value
      return named.map { conditions($0, depth + 1) } ?? [readable(name)]
    }
    return (node.entries ?? []).flatMap { condition($0.name, $0.value, depth) }
  }

  /// All of them, as one phrase.
  func all(_ node: Node, _ depth: Int = 0) -> String {
    conditions(node, depth + 1).joined(separator: say(" and ", "且"))
  }

  private func condition(_ word: String, _ node: Node, _ depth: Int) -> [String] {
    switch word {
    case "any":
      return [(node.items ?? [node]).map { all($0, depth) }.joined(separator: say(", or ", "，或"))]
    case "all": return (node.items ?? [node]).map { all($0, depth) }
    case "not": return [say("not ", "除外：") + all(node, depth)]
    case "date": return [say("on ", "") + list(texts(node).map { days($0) })]
    case "weekday": return [say("on ", "") + list(texts(node).map { weekday($0) })]
    case "day": return [list(texts(node).map { dayOfMonth($0) })]
    case "hours":
      return [
        say("from ", "") + list(texts(node).map { $0.replacing(" to ", with: say(" to ", "至")) })
      ]
    case "holiday": return [say("on ", "") + list(texts(node).map { readable($0) })]
    case "store": return [say("in the stores ", "门店：") + list(texts(node))]
    case "region": return [say("in ", "地区：") + list(texts(node).map { readable($0) })]
    case "channel": return [say("by ", "渠道：") + list(texts(node).map { readable($0) })]
    case "partner":
      return [say("with our partner ", "合作方：") + list(texts(node).map { readable($0) })]
    case "tier":
      let tiers = list(texts(node).map { tier($0) })
      return [say("for \(tiers)", "限\(tiers)会员")]
    case "birthday": return [birthday(node.text ?? "")]
    case "joined":
      let span = node.text ?? ""
      return [
        span.hasPrefix("calendar")
          ? say("\(window(span)) of joining", "\(window(span))入会")
          : say("in your first \(duration(span)) as a member", "入会\(duration(span))内")
      ]
    case "tenure":
      let words = (node.text ?? "").split(separator: " ").map(String.init)
      let span = duration(words.suffix(2).joined(separator: " "))
      let bound = range((words.dropLast(2) + ["1"]).joined(separator: " ")) { _ in span }
      return [say("as a member of \(bound)", "入会\(bound)")]
    case "age":
      let age = range(node.text ?? "") { number($0) }
      return [say("aged \(age)", "年龄\(age)岁")]
    case "consent":
      let what = list(texts(node).map { readable($0) })
      return [say("if you agreed to \(what)", "已同意\(what)")]
    case "balance":
      return (node.entries ?? []).map { entry in
        let amount = range(entry.value.text ?? "") { self.amount($0, entry.name) }
        return say("with a balance of \(amount)", "余额\(amount)")
      }
    case "coupon":
      let names = list(texts(node).map { name($0, in: "coupons") })
      return [say("with the coupon \(names)", "使用\(names)")]
    case "tender": return [say("paid with ", "支付方式：") + tender(node)]
    case "basket": return goals(node).map { say("when you \(bought($0))", bought($0)) }
    case "history": return goals(node).map { say("when before that you had ", "此前") + $0 }
    case "reach":
      return goals(node).map { goal in
        say("on reaching \(goal.hasPrefix("for ") ? String(goal.dropFirst(4)) : goal)", "达到\(goal)")
      }
    case "segment":
      return [say("for ", "限") + list(texts(node).map { readable($0) }) + say("", "会员")]
    default: return ["\(readable(word)): \(DiffWords.words(node))"]
    }
  }

  private func birthday(_ text: String) -> String {
    switch text {
    case "day": say("on your birthday", "生日当天")
    case "week": say("in the week of your birthday", "生日当周")
    default: say("in the month of your birthday", "生日当月")
    }
  }

  private func dayOfMonth(_ text: String) -> String {
    text == "last"
      ? say("on the last day of each month", "每月最后一天")
      : say("on day \(text) of each month", "每月\(text)日")
  }

  /// `spend at least $20.00`, `buy at least 3 of cards`.
  private func bought(_ goal: String) -> String {
    if isChinese { return goal.hasPrefix("满") ? "消费" + goal : "购买" + goal }
    return goal.hasPrefix("for ") ? "spend " + goal.dropFirst(4) : "buy " + goal
  }

  // MARK: - Goals

  /// Goals as what somebody does: `at least 3 of cards`, `for at least $20.00`.
  func goals(_ node: Node) -> [String] {
    if let items = node.items { return items.flatMap { goals($0) } }
    let entries = node.entries ?? []
    func value(_ word: String) -> Node? { entries.first { $0.name == word }?.value }
    let of = value("items").map { items($0) }
    let within = value("within")?.text.map { window($0) }
    let event = value("event")?.text
    let frame = ["items", "within", "event", "tender"]
    return entries.filter { !frame.contains($0.name) }.map { entry in
      var text = measure(entry.name, entry.value, of, event)
      if let within, within != window("transaction") {
        text = say("\(text) \(within)", "\(within)\(text)")
      }
      return text
    }
  }

  private func measure(_ word: String, _ node: Node, _ items: String?, _ event: String?) -> String {
    let text = node.text ?? DiffWords.words(node)
    switch word {
    case "spend", "left":
      let amount = range(text) { money($0) }
      return items.map { say("\(amount) of \($0)", "\($0)满\(amount)") }
        ?? say("for \(amount)", "满\(amount.replacing("至少", with: ""))")
    case "quantity":
      let count = range(text) { number($0) }
      return say("\(count) of \(items ?? "any goods")", "\(items ?? "商品")\(count)件")
    case "visits":
      let count = range(text) { number($0) }
      return say(
        "\(count) purchases\(items.map { " with \($0)" } ?? "")", "\(items ?? "")消费\(count)次")
    case "variety":
      let count = range(text) { number($0) }
      return say(
        "\(count) different articles\(items.map { " of \($0)" } ?? "")",
        "\(items ?? "")\(count)种不同商品")
    case "times":
      let count = range(text) { number($0) }
      return say("\(count) times \(readable(event ?? ""))", "\(readable(event ?? ""))\(count)次")
    case "rank": return rank(text)
    case _ where program["currencies"].contains { $0.name == word }:
      return range(text) { amount($0, word) }
    default: return "\(readable(word)) " + range(text) { number($0) }
    }
  }

  /// `top 10% by spend`
  func rank(_ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 4 else { return text }
    let measures = ["spend": ("what they spent", "消费额"), "visits": ("their purchases", "消费次数")]
    let by = measures[words[3]].map { say($0.0, $0.1) } ?? currency(words[3])
    return say("being among the top \(words[1]) by \(by)", "\(by)排名前\(words[1])")
  }

  // MARK: - Choices

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
      case "discounted":
        wanted.append(
          entry.value.text == "no"
            ? say("goods at full price", "正价商品") : say("reduced goods", "特价商品"))
      default: wanted.append("\(readable(entry.name)) \(list(texts(entry.value)))")
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
