import Loyalty
import YAML

/// When points end, and how long a tier is kept.
extension Reading {
  static let expiryHelp =
    "write `never`, `12 months after earning`, `36 months after activity`, `end of next "
    + "month`, `end of calendar year`, `end of month 6 months after earning` or `12-31`"

  func expiry(_ node: Node) -> Written<ExpirySyntax>? {
    if node.entries != nil {
      guard let fields = fields(node, in: .expires) else { return nil }
      guard let at = fields["at"] else {
        missing("at", "`at:` and the day on which points end", fields)
        return nil
      }
      return expiry(at)
    }
    guard let whole = phrase(node, "an expiry like `12 months after earning`") else { return nil }
    return expiry(whole).map { Written($0, node.place) }
  }

  /// Goals and conditions side by side: goals are about the time that ends then.
  func unless(_ node: Node) -> ConditionSyntax? {
    guard let entries = mapping(node, "goals and conditions like `{joined: calendar year}`") else {
      return nil
    }
    var parts: [ConditionSyntax] = []
    var goal: [Node.Entry] = []
    var failed = false
    func add(_ part: ConditionSyntax?) {
      if let part { parts.append(part) } else { failed = true }
    }
    for entry in entries {
      switch entry.name {
      case "any", "all":
        let nodes = onlyList(entry.value, "a list of goals and conditions", isOfQuestions: true)
        let inner = nodes?.compactMap(unless) ?? []
        failed = failed || nodes == nil || inner.count != nodes?.count
        parts.append(entry.name == "any" ? .any(inner) : .all(inner))
      case "not": add(unless(entry.value).map { .not($0) })
      default:
        if Room.condition.has(entry.name) || memberAttributes.contains(entry.name) {
          add(conditionPart(entry))
        } else {
          goal.append(entry)
        }
      }
    }
    if !goal.isEmpty {
      var rest = node
      rest.content = .mapping(goal)
      add(goals(rest).map { .history($0) })
    }
    guard !failed else { return nil }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private func expiry(_ whole: Phrase) -> ExpirySyntax? {
    if whole.rest == "never" { return .never }
    if let day = Self.dayOfYear(whole.rest) { return .yearly(month: day.month, day: day.day) }
    var phrase = whole
    guard phrase.take("end", "of") else {
      return after(phrase).map { .after($0.0, $0.1) }
    }
    let next = phrase.take("next") ? 1 : 0
    let isCalendar = phrase.take("calendar")
    guard let word = phrase.next(), let unit = CalendarUnit(rawValue: word.text) else {
      return noExpiry(whole)
    }
    if phrase.words.isEmpty { return .endOf(unit, next: next) }
    guard next == 0, !isCalendar, let (duration, since) = after(phrase) else {
      return next == 0 && !isCalendar ? nil : noExpiry(whole)
    }
    return .endOfUnitAfter(unit, duration, since)
  }

  /// `12 months after earning`; `30 days` alone is after earning.
  private func after(_ whole: Phrase) -> (DurationSyntax, ExpirySyntax.Since)? {
    var phrase = whole
    guard let count = phrase.next(), let unitWord = phrase.next(),
      let unit = Self.unit(unitWord.text),
      let first = count.text.utf8.first, Self.isDigit(first)
    else { return noExpiry(whole) }
    var since = ExpirySyntax.Since.earning
    if !phrase.words.isEmpty {
      guard phrase.take("after"), let named = ExpirySyntax.Since(rawValue: phrase.rest) else {
        return noExpiry(whole)
      }
      since = named
    }
    return self.whole(count, 1...9_999).map { (DurationSyntax(Int($0), unit), since) }
  }

  private func noExpiry<Value>(_ phrase: Phrase) -> Value? {
    let remedy =
      endRemedy(phrase.node, never: "never") { expiry($0) }
      ?? slip(phrase.node, Self.endWords) { expiry($0) }
    report(
      "R018", phrase.place, "`\(phrase.text)` is no expiry", help: remedy ?? expiryHelp(phrase))
    return nil
  }

  /// `after 12 months`, turned round.
  private func expiryHelp(_ phrase: Phrase) -> String {
    let durations = zip(phrase.words, phrase.words.dropFirst()).filter { count, unit in
      Self.plainNumber(count.text) != nil && Self.unit(unit.text) != nil
    }
    guard let (count, unit) = durations.first else { return Self.expiryHelp }
    let time = "\(count.text) \(unit.text)"
    let text = phrase.text.lowercased()
    var ways: [String] = []
    let written = text.split(separator: " ")
    if text.hasPrefix("end of "), written.count > 2 {
      ways.append("end of \(written[2]) \(time) after earning")
    }
    if ["activ", "last", "idle", "visit", "purchase"].contains(where: text.contains) {
      ways.append("\(time) after activity")
    }
    if let remedy = remedy(ways, phrase.node, { expiry($0) }) { return remedy }
    return "write `\(count.text) \(unit.text) after earning`, `after release` or `after activity`"
  }

  // MARK: - Tiers

  func keeps(_ node: Node) -> Written<TierSyntax.Keeps>? {
    guard var phrase = phrase(node, "how long the tier is kept, like `end of next calendar year`")
    else {
      return nil
    }
    if phrase.text == "while it holds" {
      return Written(.whileItHolds, node.place)
    }
    if phrase.text == "ever" { return Written(.ever, node.place) }
    if phrase.take("end", "of") {
      let next = phrase.take("next") ? 1 : 0
      if phrase.rest == "membership year" {
        return Written(.endOfMembershipYear(next: next), node.place)
      }
      _ = phrase.take("calendar")
      if let unit = CalendarUnit(rawValue: phrase.rest) {
        return Written(.endOf(unit, next: next), node.place)
      }
    } else if phrase.words.count == 2, let unit = Self.unit(phrase.words[1].text),
      phrase.words[0].text.utf8.first.map(Self.isDigit) == true
    {
      guard let count = whole(phrase.words[0], 1...9_999) else { return nil }
      return Written(.lasting(DurationSyntax(Int(count), unit)), node.place)
    }
    report(
      "R018", node.place, "`\(phrase.text)` does not say how long a tier is kept",
      help: Self.exactUnit(phrase.text).map {
        "write `1 \($0.rawValue)` or `end of calendar \($0.rawValue)`"
      }
        ?? endRemedy(node, never: "ever") { keeps($0) } ?? slip(node, Self.endWords) { keeps($0) }
        ?? "write `end of calendar year`, `end of next calendar year`, `end of membership "
        + "year`, `12 months` or `ever`"
    )
    return nil
  }

  /// `gold`, `gold or above`, `gold only`, `[silver, gold]`
  func tierTest(_ node: Node) -> TierTestSyntax? {
    guard node.items == nil else {
      return values(node, "tiers like `[silver, gold]`").map {
        TierTestSyntax(names: $0, form: .exactly)
      }
    }
    guard let text = scalar(node, "a tier like `gold or above`"), isVisible(text, node) else {
      return nil
    }
    var phrase = Phrase(node, text: text)
    var form = TierTestSyntax.Form.exactly
    if phrase.takeLast("or", "above") {
      form = .orAbove
    } else if phrase.takeLast("or", "below") {
      form = .orBelow
    }
    let only = form == .exactly && phrase.words.count > 1 && phrase.takeLast("only")
    guard let first = phrase.words.first else {
      report(
        "R024", node.place, "`\(text)` names no tier",
        help: "write it like `gold`, `gold or above`, `gold only` or `[silver, gold]`")
      return nil
    }
    if let help = tierHelp(phrase) {
      report("R024", node.place, "`\(text)` is no test of a tier", help: help)
      return nil
    }
    var place = first.place
    place.length = phrase.rest.unicodeScalars.count
    return TierTestSyntax(names: [Written(phrase.rest, place)], form: form, only: only)
  }

  private func tierHelp(_ phrase: Phrase) -> String? {
    let words = phrase.words.map(\.text)
    let name = words[0]
    let above = ["higher", "better", "more", "up", "upwards"]
    if words.count > 1, let last = words.last, above.contains(last) || last == "above" {
      return "write `\(name) or above`"
    }
    if words.count > 1, words.last == "below" { return "write `\(name) or below`" }
    if words.count == 1, ["all", "any", "everyone", "everybody", "*"].contains(name.lowercased()),
      !tierNames.contains(name)
    {
      return "delete it: without `tier` it holds for every member"
    }
    if name.hasSuffix("以上") { return "write `\(name.dropLast(2)) or above`" }
    if name.hasSuffix("以下") { return "write `\(name.dropLast(2)) or below`" }
    if name.hasSuffix("+") { return "write `\(name.dropLast()) or above`" }
    if words.count == 3, words[0] == "at", words[1] == "least" {
      return "write `\(words[2]) or above`"
    }
    if words.count > 2, words[words.count - 2] == "or", let last = words.last,
      !tierNames.contains(last), let near = NearName.of(last, among: ["above", "below"])
    {
      return "did you mean `\(words.dropLast().joined(separator: " ")) \(near)`?"
    }
    if words.contains("or") || words.contains("and") || phrase.rest.contains(",") {
      let names = words.filter { $0 != "or" && $0 != "and" }.map { $0.filter { $0 != "," } }
      return "write `[\(names.joined(separator: ", "))]`"
    }
    return nil
  }

  /// `top 10% by spend`, within a window.
  func rank(_ node: Node, window: Written<WindowSyntax>?) -> RankSyntax? {
    guard var phrase = phrase(node, "a rank like `top 10% by spend`") else { return nil }
    guard phrase.take("top"), let word = phrase.next(), phrase.take("by"),
      let measure = rankMeasure(phrase.rest)
    else {
      let read = { (node: Node) in self.rank(node, window: Written(.ever, node.place)) }
      let words = ["top", "by", "spend", "quantity", "visits"] + currencies.keys.sorted()
      report(
        "R039", node.place, "`\(phrase.text)` is no rank",
        help: rankRemedy(node, read) ?? slip(node, words, read)
          ?? "write it like `top 10% by spend` or `top 100 by points`")
      return nil
    }
    let top: RankSyntax.Top?
    if word.text.hasSuffix("%") {
      top = share(word).map { .share($0) }
    } else {
      top = whole(word, 1...1_000_000_000).map { .count(Int($0)) }
    }
    guard let top else { return nil }
    guard let window else {
      report(
        "R036", node.place, "a rank needs its window", help: "add `within: last calendar year`")
      return nil
    }
    return RankSyntax(top: top, by: measure, window: window.value, place: node.place)
  }

  private func rankMeasure(_ word: String) -> MeasureSyntax? {
    if let measure = Self.measure(word) {
      switch measure {
      case .times, .variety, .left: return nil
      default: return measure
      }
    }
    return currencies[word] != nil ? .earned(word) : nil
  }
}
