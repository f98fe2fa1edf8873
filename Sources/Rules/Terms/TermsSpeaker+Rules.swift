import Loyalty
import YAML

/// Rules and their effects in a customer's words.
extension TermsSpeaker {
  /// The rules of the program itself that have no end, or the others: campaigns and rules with
  /// days. What is over is left out.
  func rules(ofPrograms: Bool) -> [String] {
    program["rules"].compactMap { thing -> String? in
      let campaign = campaign(of: thing)
      let from = thing.value["from"]?.text ?? campaign?["from"]?.text
      let to = thing.value["to"]?.text ?? campaign?["to"]?.text
      guard !isOver(thing), ofPrograms == (thing.campaign == nil && to == nil) else { return nil }
      return rule(thing, from, to, campaign)
    }
  }

  private func campaign(of thing: WrittenProgram.Thing) -> Node? {
    program.files.first { $0.kind == "campaign" && $0.name == thing.campaign }?.fields
  }

  /// Whether its last day has passed.
  func isOver(_ thing: WrittenProgram.Thing) -> Bool {
    let to = thing.value["to"]?.text ?? campaign(of: thing)?["to"]?.text
    return to.flatMap { CivilDate($0) }.map { $0 < today } ?? false
  }

  /// Whether an offer of this name is not over.
  func isOpen(_ key: String) -> Bool {
    !program["rules"].contains { $0.name == key && isOver($0) }
  }

  private func rule(
    _ thing: WrittenProgram.Thing, _ from: String?, _ to: String?, _ campaign: Node?
  )
    -> String
  {
    let fields = thing.value
    var effects = self.effects(fields)
    var conditions = fields["when"].map { self.conditions($0) } ?? []
    if let event = fields["event"], event.text != "purchase" {
      // Behind a table it would be read as its last row's.
      if hasTable(fields), !isChinese {
        conditions.insert(waited(event).trimmed, at: 0)
      } else {
        effects = effects.map { $0 + waited(event) }
      }
    }
    if fields["for"]?.text == "referrer" {
      effects = effects.map { $0 + say(" to the member who is named as the referrer", "，给推荐人") }
    }
    // A campaign of one rule is known by its own name.
    let isAlone = program["rules"].count { $0.campaign == thing.campaign } == 1
    let name =
      fields["name"].map { self.name($0, thing.name) }
      ?? (isAlone ? campaign?["name"] : nil).map { self.name($0, thing.name) }
      ?? (isReferredTo(thing.name) ? readable(thing.name) : nil)
    var text = effects.joined(separator: say("; and ", "；并且"))
    if isChinese {
      if !conditions.isEmpty { text = conditions.joined(separator: "，") + "：" + text }
    } else if !conditions.isEmpty {
      let all = conditions.joined(separator: ", ")
      text =
        hasTable(fields)
        ? all + ": " + text : text + (isClosed(text) ? ", " : " ") + all
    }
    if let name { text = say("\(name): ", "\(name)：") + text }
    let more = (span(from, to).map { [$0] } ?? []) + asides(fields, campaign)
    return ([name == nil ? sentence(text) : text + say(".", "。")] + more.map { sentence($0) })
      .joined(separator: say(" ", ""))
  }

  /// Whether a phrase behind it would be read as a part of its last one.
  private func isClosed(_ text: String) -> Bool {
    text.hasSuffix("included") || text.contains(" where ")
  }

  private func hasTable(_ fields: Node) -> Bool {
    ["earn", "multiply"].contains { word in
      fields[word]?.entries?.contains { $0.value.entries != nil } ?? false
    }
  }

  /// ` on your birthday`, ` for survey`: what a rule or a reward waits for.
  func waited(_ event: Node) -> String {
    if let span = event["inactive"]?.text {
      return say(
        " when you have not been here for \(duration(span))", "（\(duration(span))未光临时）")
    }
    if let days = event["dates"] {
      let all = list(texts(days).map { self.days($0) }, or: false)
      return say(" on \(all)", "（\(all)）")
    }
    switch event.text {
    case "birthday", "birthday day": return say(" on your birthday", "（生日当天）")
    case "birthday week": return say(" in the week of your birthday", "（生日当周）")
    case "birthday month": return say(" in the month of your birthday", "（生日当月）")
    case "anniversary": return say(" on each anniversary of your joining", "（入会周年日）")
    case "partner": return say(" at our partners", "（合作方消费）")
    case "enrolment": return say(" on joining", "（入会时）")
    default:
      let what = event.text.map { readable($0) } ?? DiffWords.words(event)
      return say(" for \(what)", "（\(what)）")
    }
  }

  func span(_ from: String?, _ to: String?) -> String? {
    let (first, last) = (from.map { date($0) }, to.map { date($0) })
    switch (first, last) {
    case (let first?, let last?): return say("from \(first) to \(last)", "活动时间：\(first)至\(last)")
    case (let first?, nil):
      if let begins = from.flatMap({ CivilDate($0) }), begins <= today { return nil }
      return say("from \(first) on", "自\(first)起")
    case (nil, let last?): return say("until \(last)", "截至\(last)")
    default: return nil
    }
  }

  /// Limits, budgets and the like, a sentence each.
  func asides(_ fields: Node, _ campaign: Node?) -> [String] {
    var texts: [String] = []
    for entry in fields["limit"]?.entries ?? [] { texts.append(limit(entry)) }
    if fields["budget"] ?? campaign?["budget"] != nil {
      texts.append(say("while the budget lasts", "额度有限，发完即止"))
    }
    if fields["join"] ?? campaign?["join"] != nil {
      texts.append(say("only for members who opted in", "需报名参加"))
    }
    if let code = fields["public"]?.text { texts.append(say("the code is \(code)", "优惠码\(code)")) }
    if let uses = fields["uses"]?.text {
      texts.append(say("can be used \(uses) times", "可使用\(uses)次"))
    }
    if let stock = fields["stock"]?.text {
      texts.append(say("while stocks of \(number(stock)) last", "共\(number(stock))份，兑完即止"))
    }
    if fields["thing"]?.text == "yes" {
      texts.append(say("sent or handed over to you", "将寄送或当面交付"))
    }
    if let combines = fields["combines"] { texts.append(self.combines(combines)) }
    if fields["claim"]?.text == "yes" { texts.append(say("you have to claim it first", "需先领取")) }
    if let pending = fields["pending"]?.text {
      texts.append(say("available after \(duration(pending))", "\(duration(pending))后可用"))
    }
    if let expires = fields["expires"] {
      texts.append(say("what it gives ", "此项所得") + expiry(expires, ofMany: false))
    }
    if let valid = fields["valid"]?.text {
      texts.append(say("valid for \(duration(valid))", "有效期\(duration(valid))"))
    }
    switch fields["returns"]?.text {
    case "lost": texts.append(say("lost when what it was used on comes back", "退货后不退还"))
    case "by share": texts.append(say("given back by share when goods come back", "退货时按比例退还"))
    case "whole": texts.append(say("given back when all of it comes back", "全部退货时退还"))
    default: break
    }
    return texts
  }

  func expiry(_ node: Node, ofMany: Bool) -> String {
    guard let at = node["at"]?.text else {
      return expiry(node.text ?? DiffWords.words(node), ofMany: ofMany)
    }
    guard let unless = node["unless"] else { return expiry(at, ofMany: ofMany) }
    return expiry(at, ofMany: ofMany)
      + say(", unless \(unlessWords(unless))", "，除非\(unlessWords(unless))")
  }

  private func unlessWords(_ node: Node) -> String {
    for (word, joint) in [("any", say(" or ", "或")), ("all", say(" and ", "且"))] {
      guard let parts = node[word]?.items else { continue }
      return parts.map { unlessWords($0) }.joined(separator: joint)
    }
    if let joined = node["joined"]?.text {
      let unit = joined.split(separator: " ").last ?? ""
      return joined.hasPrefix("calendar")
        ? say("you joined in that calendar \(unit)", "当\(calendarUnit(unit))入会")
        : say("you joined within \(duration(joined)) before", "入会不足\(duration(joined))")
    }
    if let tier = node["tier"] {
      let tiers = list(texts(tier).map { self.tier($0) })
      return say("you are \(tiers)", "您为\(tiers)会员")
    }
    return goals(node).map { say("you \($0.does)", $0.chinese) }
      .joined(separator: say(" and ", "且"))
  }

  private func limit(_ entry: Node.Entry) -> String {
    let text = entry.value.text ?? ""
    switch entry.name {
    case "times":
      let most = limit(text, times: true) { $0 }
      return say("at most \(most)", "最多\(most)")
    case "money":
      let most = limit(text, times: false) { money($0) }
      return say("at most \(most)", "最多\(most)")
    case "units":
      let most = limit(text, times: false) { say("\($0) units", "\($0)件") }
      return say("for at most \(most)", "最多\(most)")
    default:
      let most = limit(text, times: false) { amount($0, entry.name) }
      return say("at most \(most)", "最多\(most)")
    }
  }

  // MARK: - Effects

  /// What a rule, a coupon or a reward does.
  func effects(_ fields: Node) -> [String] {
    let items = fields["items"].map { self.items($0) }
    let tender = fields["tender"].map { self.tender($0) }
    var effects: [String] = []
    for entry in fields["earn"]?.entries ?? [] {
      effects.append(earn(entry.name, entry.value, items, tender))
    }
    for entry in fields["multiply"]?.entries ?? [] {
      let of = items.map { say(" for \($0)", "（\($0)）") } ?? ""
      let what = items == nil ? " for what is" : ""
      let with = tender.map { say("\(what) paid with \($0)", "（以\($0)支付）") } ?? ""
      let times = multiply(entry.name, entry.value)
      effects.append(
        entry.value.text == nil && !isChinese && of + with != ""
          ? (of + with).trimmed + ": " + times : times + of + with)
    }
    for entry in fields["convert"]?.entries ?? [] {
      effects.append(convert(entry.name, entry.value.text ?? ""))
    }
    for entry in fields["give"]?.entries ?? [] { effects.append(contentsOf: gift(entry)) }
    effects += benefits(fields, items)
    return effects
  }

  private func earn(_ key: String, _ node: Node, _ items: String?, _ tender: String?) -> String {
    guard let text = node.text else { return table(node, key) { rate($0, key, items, tender) } }
    return rate(text, key, items, tender)
  }

  /// `1 per 100 points`: so many for so many of another currency.
  private func convert(_ key: String, _ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 4 else { return text }
    let (gives, takes) = (amount(words[0], key), each(words[2], words[3]))
    return say("\(gives) in exchange for each \(takes)", "每\(takes)兑换\(gives)")
  }

  private func multiply(_ key: String, _ node: Node) -> String {
    guard let text = node.text else {
      return table(node, key) { say("\($0) times the \(currency(key))", "\($0)倍\(currency(key))") }
    }
    return text == "0"
      ? say("no \(currency(key))", "不积\(currency(key))")
      : say("\(text) times the \(currency(key))", "\(text)倍\(currency(key))")
  }

  /// `1 per 20.00`
  private func rate(_ text: String, _ key: String, _ items: String?, _ tender: String?) -> String {
    var words = text.split(separator: " ").map(String.init)
    let isProRata = words.suffix(2) == ["pro", "rata"]
    if isProRata { words.removeLast(2) }
    guard let count = words.first else { return currency(key) }
    let most = amount(count, key)
    let with = tender.map { say(" paid with \($0)", "（以\($0)支付）") } ?? ""
    let onItems = items.map { say(" spent on \($0)", $0 + "消费") } ?? say(" spent", "消费")
    let on =
      isChinese || with.isEmpty ? onItems : items == nil ? with : onItems + " and" + with
    guard words.count > 2 else {
      return (items.map { say("\(most) for \($0)", "\($0)：\(most)") } ?? most) + with
    }
    let per = words[2]
    if words.count == 3, Reading.plainNumber(per) != nil {
      return isProRata
        ? say(
          "\(most) for every \(money(per))\(on), parts of it included",
          "\(on)每\(money(per))得\(most)（不足部分按比例）\(with)")
        : say("\(most) for each full \(money(per))\(on)", "\(on)每满\(money(per))得\(most)\(with)")
    }
    let each: String
    if words.count == 5, words[3] == "of" {
      let what = words[4] == "amount" ? say(" spent", "") : say(" of ", "") + readable(words[4])
      each = money(per) + what
    } else {
      let unit = measureUnit(words.last ?? "")
      each = words.count > 3 ? say("\(number(per)) \(unit)", "\(number(per))\(unit)") : unit
    }
    let of = items.map { say(" of \($0)", $0) } ?? ""
    if isProRata {
      return say(
        "\(most) for every \(each)\(of)\(with), parts of it included",
        "\(of)每\(each)得\(most)（不足部分按比例）\(with)")
    }
    let full = words.count > 3 && per != "1" ? say("full ", "满") : ""
    return say("\(most) for each \(full)\(each)\(of)", "\(of)每\(full)\(each)得\(most)") + with
  }

  /// Rows by tier, amount or word, one after another.
  private func table(_ node: Node, _ currency: String, _ value: (String) -> String) -> String {
    let by = node["by"].map { texts($0) } ?? []
    let rows = (node["table"]?.entries ?? []).map { row in
      let key =
        switch by.first {
        case "tier": name(row.name, in: "tiers")
        case "slice": part(row.name)
        default: bound(row.name, by.first ?? "")
        }
      if let inner = row.value.entries {
        let parts = inner.map {
          bound($0.name, by.last ?? "") + say(": ", "：") + value($0.value.text ?? "")
        }
        let all = parts.joined(separator: say(", ", "，"))
        return say("\(key) (\(all))", "\(key)（\(all)）")
      }
      return key + say(": ", "：") + value(row.value.text ?? "")
    }
    let least =
      node["least"]?.text.map { amount($0, currency) }
      .map { say("; at least \($0)", "；至少\($0)") } ?? ""
    return rows.joined(separator: say("; ", "；")) + least
  }

  private func bound(_ text: String, _ by: String) -> String {
    guard Reading.plainNumber(text) != nil else {
      return ["yes", "no"].contains(text)
        ? say("\(readable(by)) ", readable(by)) + value(text) : readable(text)
    }
    if ["spend", "amount"].contains(by) { return say("from \(money(text))", "\(money(text))起") }
    let shown = isMoney(by) ? money(text) : number(text)
    return say("from \(shown) \(readable(by))", "\(shown)\(readable(by))起")
  }

  /// What a row of `by: slice` rates: not the whole, but what lies above its bound.
  private func part(_ text: String) -> String {
    say("on the part from \(money(text)) on", "\(money(text))起的部分")
  }

  /// Whether an event carries it as money.
  func isMoney(_ attribute: String) -> Bool {
    program["events"].contains { $0.value[attribute]?.text == "money" }
  }

  /// What is handed out: `the coupon Welcome`.
  func gift(_ entry: Node.Entry) -> [String] {
    let names = texts(entry.value)
    switch entry.name {
    case "coupon":
      return names.map {
        say("the coupon \(name($0, in: "coupons"))", "优惠券「\(name($0, in: "coupons"))」")
      }
    case "reward":
      return names.map {
        say("the reward \(name($0, in: "rewards"))", "奖励「\(name($0, in: "rewards"))」")
      }
    case "choice":
      let all = list(names.map { name($0, in: "rewards") })
      return [say("your choice of \(all)", "任选：\(all)")]
    case "notice":
      let text = name(entry.value, "")
      return [say("the message \u{201C}\(text)\u{201D}", "通知\u{201C}\(text)\u{201D}")]
    case "tier":
      return names.map { text in
        let parts = text.split(separator: " ").map(String.init)
        let end = parts.firstIndex(of: "for") ?? parts.count
        let level = name(parts[..<end].joined(separator: " "), in: "tiers")
        let span = parts.dropFirst(end + 1).filter { $0 != "more" }.joined(separator: " ")
        if span.isEmpty { return say("the level \(level)", "\(level)等级") }
        if parts.contains("more") {
          return say(
            "the level \(level) for \(duration(span)) more", "\(level)等级延长\(duration(span))")
        }
        return say("the level \(level) for \(duration(span))", "\(level)等级\(duration(span))")
      }
    case "multiply":
      return (entry.value.entries ?? []).map { multiply($0.name, $0.value) }
    case "perk":
      return names.map {
        say("the benefit \(name($0, in: "perks"))", "权益「\(name($0, in: "perks"))」")
      }
    default: return []
    }
  }

  /// Discounts, free goods and the like.
  private func benefits(_ fields: Node, _ items: String?) -> [String] {
    let of = items.map { say(" on \($0)", "（\($0)）") } ?? ""
    var texts: [String] = []
    if let off = fields["off"]?.text {
      let each = items.map { say(" of \($0)", "（\($0)）") } ?? ""
      texts.append(self.off(off) + (off.hasSuffix("per unit") ? each : of))
    }
    if let price = fields["fixed"]?.text {
      texts.append(
        say("\(items ?? "the article") for \(money(price))", "\(items ?? "商品")只需\(money(price))"))
    }
    if let free = fields["free"]?.text {
      texts.append(
        free == "cheapest"
          ? say("the cheapest article free", "最便宜的一件免费")
          : fields["items"]?["cheapest"] != nil
            ? say("\(items ?? "") free", "\(items ?? "")免费")
            : say("\(free) \(among(items)) free", "免费\(items ?? "商品")\(free)件"))
    }
    if let buy = fields["buy"]?.text, let pay = fields["pay"]?.text {
      texts.append(say("take \(buy), pay \(pay)", "买\(buy)付\(pay)") + of)
    }
    if let pays = fields["pays"]?.text { texts.append(self.pays(pays)) }
    if let choice = fields["choice"] {
      let all = list(self.texts(choice).map { name($0, in: "rewards") })
      texts.append(say("your choice of \(all)", "任选：\(all)"))
    }
    return texts
  }

  /// `article`, `article M-1`, `of drinks`.
  private func among(_ items: String?) -> String {
    guard let items else { return "article" }
    return items.hasPrefix("article ") ? items : "of \(items)"
  }

  func off(_ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first else { return text }
    let amount = first.hasSuffix("%") ? first : money(first)
    return words.count > 1
      ? say("\(amount) off each unit", "每单位减\(amount)") : say("\(amount) off", "减\(amount)")
  }

  /// `1.00 per 300 points`
  private func pays(_ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 4 else { return text }
    return say(
      "\(money(words[0])) for each \(each(words[2], words[3]))",
      "每\(amount(words[2], words[3]))抵\(money(words[0]))")
  }
}
