import Loyalty
import YAML

/// Tiers, from the lowest to the highest.
extension Reading {
  func tiers(_ node: Node) -> [TierSyntax] {
    let things = namedThings(node, "a tier", "tiers")
    tierNames = Set(things.map(\.0.value))
    return things.map { key, node in tier(key, node) }
  }

  private func tier(_ key: Written<String>, _ node: Node) -> TierSyntax {
    var tier = TierSyntax(key: key)
    if node.isEmpty || node.entries?.isEmpty == true { return tier }
    guard let fields = fields(node, in: .tier) else { return tier }
    tier.name = fields["name"].flatMap(localText)
    tier.ladder = fields["ladder"].flatMap { value($0, "the name of a ladder") }
    tier.qualify = fields["qualify"].flatMap(qualify)
    tier.renew = fields["renew"].flatMap { qualify($0, "renew") }
    tier.begins = fields["begins"].flatMap(begins)
    tier.isInvited = fields["invited"].flatMap(yesNo) ?? false
    tier.keeps = fields["keeps"].flatMap(keeps)
    if let node = fields["falls"] { tier.falls = choice(node, of: TierSyntax.Falls.self) }
    tier.grace = fields["grace"].flatMap(duration)
    tier.review = fields["review"].flatMap(dayOfYear)
    if let node = fields["gives"] {
      tier.gives = gifts(node, in: .gives)
      tier.multiply = node["multiply"].map(multiply) ?? []
    }
    return tier
  }

  /// `next calendar year`
  private func begins(_ node: Node) -> CalendarUnit? {
    guard var phrase = phrase(node, "when the tier begins, like `next calendar year`") else {
      return nil
    }
    if phrase.take("next", "calendar"), let unit = CalendarUnit(rawValue: phrase.rest) {
      return unit
    }
    report(
      "R018", node.place, "`\(phrase.text)` does not say when a tier begins",
      help: "write `next calendar year` (quarter, month, week, day), or delete the line: it then "
        + "begins at once")
    return nil
  }

  /// What a tier multiplies is a rule for those who have it: at purchases, and at each event by
  /// which `rules` earn such a currency.
  func rules(of tiers: [TierSyntax], beside rules: [RuleSyntax]) -> [RuleSyntax] {
    tiers.flatMap { tier -> [RuleSyntax] in
      var found: [RuleSyntax] = []
      for trigger in Self.triggers(of: tier.multiply, rules) {
        var key = "\(tier.key.value): multiply"
        if case .event(let event) = trigger { key += " at \(event)" }
        var rule = RuleSyntax(key: Written(key, tier.key.place))
        rule.name = tier.name
        rule.trigger = trigger
        rule.condition = .tier(TierTestSyntax(names: [tier.key], form: .exactly, only: true))
        rule.multiply = tier.multiply
        found.append(rule)
      }
      return found
    }
  }

  /// What the rules wait for that earn what is multiplied; purchases where there are none.
  private static func triggers(
    of multiplied: [MultiplySyntax], _ rules: [RuleSyntax]
  ) -> [RuleSyntax.Trigger] {
    guard !multiplied.isEmpty else { return [] }
    let currencies = Set(multiplied.map(\.currency.value))
    var triggers: [RuleSyntax.Trigger] = []
    for rule in rules where !triggers.contains(rule.trigger) {
      if case .calendar = rule.trigger { continue }
      if rule.earn.contains(where: { currencies.contains($0.currency.value) && $0.isRated }) {
        triggers.append(rule.trigger)
      }
    }
    return triggers.isEmpty ? [.purchase] : triggers
  }

  func qualify(_ node: Node) -> QualifySyntax? { qualify(node, "qualify") }

  private func qualify(_ node: Node, _ word: String) -> QualifySyntax? {
    if let text = node.text, !text.isEmpty { return noGoal(text, node, word) }
    guard
      let entries = mapping(node, "a goal like `{spend: at least 500.00, within: calendar year}`")
    else {
      return nil
    }
    var parts: [QualifySyntax] = []
    var goal: [Node.Entry] = []
    var failed = false
    for entry in entries {
      switch entry.name {
      case "any", "all":
        let nodes = onlyList(entry.value, "a list of goals", isOfQuestions: true)
        let inner = nodes?.compactMap(qualify) ?? []
        failed = failed || nodes == nil || inner.count != nodes?.count
        parts.append(entry.name == "any" ? .any(inner) : .all(inner))
      case "not":
        if let inner = qualify(entry.value) { parts.append(.not(inner)) } else { failed = true }
      default: goal.append(entry)
      }
    }
    if !goal.isEmpty {
      var rest = node
      rest.content = .mapping(goal)
      if let found = measured(rest) { parts += found } else { failed = true }
    }
    guard !failed else { return nil }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  /// `qualify: 500`, or a sentence: the goal that was probably meant.
  private func noGoal(_ text: String, _ node: Node, _ word: String) -> QualifySyntax? {
    let numbers = Habit.words(text).filter(Habit.isNumber)
    let measure = currencies.keys.sorted().first { text.contains($0) } ?? "spend"
    let mark = numbers.first ?? "500"
    report(
      "R007", node.place, "`\(text)` stands where a goal should",
      help: "write `\(word): {\(measure): at least \(mark), within: calendar year}`")
    return nil
  }

  /// A rank, or a goal with its measures.
  private func measured(_ node: Node) -> [QualifySyntax]? {
    guard let rankNode = node["rank"] else {
      return goals(node, allowsBalance: true)?.map { .goal($0) }
    }
    let before = diagnostics.count
    let within = node["within"].flatMap(window)
    for entry in node.entries ?? [] where entry.name != "rank" && entry.name != "within" {
      report(
        "R005", entry.key.place, "`\(entry.name)` does not belong beside `rank`",
        help: "a rank has `within` only; join goals with `all:` or `any:`")
    }
    guard diagnostics.count == before, let rank = rank(rankNode, window: within) else { return nil }
    return [.rank(rank)]
  }

  /// `gold`, `gold for 3 months`, `gold for 3 more months`
  private func grant(_ node: Node) -> GiftSyntax? {
    guard let text = value(node, "a tier like `gold` or `gold for 3 months`") else { return nil }
    var phrase = Phrase(node, text: text.value)
    guard let at = phrase.words.firstIndex(where: { $0.text == "for" }), at > 0 else {
      return GiftSyntax(kind: .tier, name: text)
    }
    var last = phrase
    last.words = Array(phrase.words[(at + 1)...])
    let isMore = last.words.count == 3 && last.words[1].text == "more"
    if isMore { last.words.remove(at: 1) }
    phrase.words = Array(phrase.words[..<at])
    guard let lasts = duration(last) else { return nil }
    var place = text.place
    place.length = phrase.rest.unicodeScalars.count
    var gift = GiftSyntax(kind: .tier, name: Written(phrase.rest, place))
    gift.lasts = lasts
    gift.isMore = isMore
    return gift
  }

  /// `{coupon: welcome-gold, perk: [hotline, lounge]}`
  /// What is given by the name that a text is, or begins with.
  private func given(_ text: String) -> String? {
    if let name = text.split(separator: " ").first, tierNames.contains(String(name)) {
      return "tier"
    }
    return ["coupon", "reward", "perk"].first { thingNames[$0]?.contains(text) == true }
  }

  func gifts(_ node: Node, in room: Room) -> [GiftSyntax] {
    if let text = node.text, let word = given(text) {
      report(
        "R007", node.place, "`\(text)` does not say what it is",
        help: "write `\(room == .give ? "give" : "gives"): {\(word): \(text)}`")
      return []
    }
    if room == .give, let entry = node.entries?.first(where: { tierNames.contains($0.name) }),
      !room.has(entry.name)
    {
      let time = reads { duration(entry.value) } ? " for \(entry.value.text ?? "")" : ""
      report(
        "R004", entry.key.place, "`\(entry.name)` is a tier, and no word of what is given",
        help: "write `give: {tier: \(entry.name)\(time)}`")
      return []
    }
    guard let fields = fields(node, in: room) else { return [] }
    let kinds: [(String, GiftSyntax.Kind)] = [
      ("coupon", .coupon), ("perk", .perk), ("reward", .reward),
    ]
    var gifts = kinds.flatMap { word, kind -> [GiftSyntax] in
      guard let node = fields[word], let names = values(node, "the name of a \(word)") else {
        return []
      }
      return names.map { GiftSyntax(kind: kind, name: $0) }
    }
    if let node = fields["choice"], let names = values(node, "names of rewards") {
      var gift = GiftSyntax(
        kind: .choice,
        name: Written(CouponSyntax.name(ofChoice: names.map(\.value)), node.place))
      gift.choices = names
      gifts.append(gift)
    }
    if room == .give, let node = fields["tier"], let gift = grant(node) { gifts.append(gift) }
    if let node = fields["notice"], let text = localText(node) {
      var notice = GiftSyntax(kind: .notice, name: Written(text.text(), node.place))
      notice.text = text
      gifts.append(notice)
    }
    return gifts
  }
}
