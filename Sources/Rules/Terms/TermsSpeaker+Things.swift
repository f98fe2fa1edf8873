import Loyalty
import YAML

/// Currencies, tiers, coupons, rewards and returns in a customer's words.
extension TermsSpeaker {
  func currencies() -> [String] {
    program["currencies"].flatMap { thing -> [String] in
      let fields = thing.value
      let name = self.name(fields["name"], thing.name)
      var sentences: [String] = []
      let isMany = isMany(name)
      let verb = fields["worth"]?.text?.hasSuffix(" 1") == true || !isMany ? "is" : "are"
      if let worth = fields["worth"]?.text?.split(separator: " ").map(String.init), worth.count == 3
      {
        sentences.append(
          say(
            "\(amount(worth[2], thing.name)) \(verb) worth \(money(worth[0]))",
            "\(amount(worth[2], thing.name))价值\(money(worth[0]))"))
      }
      if fields["kind"]?.text == "status" {
        sentences.append(
          say(
            "\(name) \(isMany ? "count" : "counts") for your level and cannot be spent",
            "\(name)只用于等级评定，不可使用"))
      }
      if let pending = fields["pending"]?.text {
        sentences.append(
          say(
            "\(name) can be used \(duration(pending)) after you earn \(isMany ? "them" : "it")",
            "\(name)获得后\(duration(pending))可用"))
      }
      let end =
        fields["expires"].map { expiry($0, ofMany: isMany) } ?? expiry("never", ofMany: isMany)
      sentences.append(name + say(" ", "") + end)
      if let activity = fields["activity"] {
        let what = list(texts(activity).map { self.activity($0) })
        sentences.append(say("for \(name), an activity is \(what)", "\(name)的活动指：\(what)"))
      }
      if let pots = fields["pots"]?.text {
        sentences.append(
          say(
            "\(name) of different \(pots)s cannot be used together",
            "不同\(calendarUnit(pots))的\(name)不能合并使用"))
      }
      return sentences.map { sentence($0) }
    }
  }

  /// What counts as one.
  private func activity(_ word: String) -> String {
    switch word {
    case "purchase": say("a purchase", "消费")
    case "redemption": say("a redemption", "兑换")
    default: readable(word)
    }
  }

  func counts() -> [String] {
    guard let counts = head?.fields["counts"] else { return [] }
    var sentences: [String] = []
    switch counts["price"]?.text {
    case "before discounts": sentences.append(say("prices count before discounts", "按折前价格计算"))
    case "after store discounts":
      sentences.append(say("prices count after the store's discounts", "按店铺优惠后价格计算"))
    case .some: sentences.append(say("prices count after discounts", "按折后实付价格计算"))
    case nil: break
    }
    if let tax = counts["tax"]?.text {
      sentences.append(
        tax == "included" ? say("tax counts", "含税") : say("tax does not count", "不含税"))
    }
    if let items = counts["items"] {
      let text = self.items(items)
      sentences.append(say("what counts is \(text)", "计入：\(text)"))
    }
    if let tender = counts["tender"] {
      sentences.append(
        say(
          "what counts is what is paid with \(self.tender(tender))", "计入支付方式：\(self.tender(tender))"
        ))
    }
    return sentences.map { sentence($0) }
  }

  /// Coupons or rewards.
  func things(_ section: String) -> [String] {
    program[section].filter { thing in
      let last = thing.value["to"]?.text.flatMap { CivilDate($0) }
      return last.map { $0 >= today } ?? true
    }.map { thing -> String in
      let fields = thing.value
      var parts = effects(fields)
      if let prices = fields["price"]?.entries, !prices.isEmpty {
        let price = list(prices.map { amount($0.value.text ?? "", $0.name) }, or: false)
        parts.insert(say("for \(price)", price), at: 0)
      }
      if let event = fields["event"] {
        parts = parts.map { $0 + waited(event) }
        if parts.isEmpty { parts = [waited(event).trimmed] }
      }
      parts += fields["when"].map { conditions($0) } ?? []
      parts += span(fields["from"]?.text, fields["to"]?.text).map { [$0] } ?? []
      if let words = fields["least"]?.text?.split(separator: " ").map(String.init), words.count == 2
      {
        let least = amount(words[0], words[1])
        parts.append(say("from \(least) on", "\(least)起"))
      }
      if let share = fields["share"]?.text {
        let most = share.replacing("at most ", with: "")
        parts.append(say("for at most \(most) of the bill", "最多抵扣订单的\(most)"))
      }
      parts += asides(fields, nil)
      let name = self.name(fields["name"], thing.name)
      return say("\(name): ", "\(name)：") + parts.joined(separator: say("; ", "；")) + say(".", "。")
    }
  }

  /// Those of which there is only so much.
  func perks() -> [String] {
    program["perks"].compactMap { thing -> String? in
      let limits = asides(thing.value, nil)
      guard !limits.isEmpty else { return nil }
      let name = self.name(thing.value["name"], thing.name)
      return say("\(name): ", "\(name)：") + limits.joined(separator: say("; ", "；")) + say(".", "。")
    }
  }

  func returns() -> [String] {
    program["currencies"].filter { $0.value["kind"]?.text != "status" }.map { thing -> String in
      let name = self.name(thing.value["name"], thing.name)
      let (are, they) = isMany(name) ? ("are", "they are") : ("is", "it is")
      switch thing.value["returns"]?.text {
      case "balance":
        return sentence(
          say(
            "\(name) of what you return \(are) taken back, as far as your balance goes",
            "退货时扣回相应\(name)，以余额为限"))
      case "pending":
        return sentence(
          say(
            "\(name) of what you return \(are) taken back only while \(they) pending",
            "退货时仅扣回尚未生效的\(name)"))
      default:
        return sentence(
          say(
            "\(name) of what you return \(are) taken back; what you have used is owed, and paid by "
              + "what you earn next", "退货时扣回相应\(name)；已使用的部分记为欠分，由之后所得抵扣"))
      }
    }
  }
}

extension String {
  /// Without the space at its beginning.
  var trimmed: String { hasPrefix(" ") ? String(dropFirst()) : self }
}
