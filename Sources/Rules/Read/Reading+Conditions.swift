import Loyalty
import YAML

/// Conditions: questions with yes or no for an answer.
extension Reading {
  /// A name from `conditions`, or conditions side by side that must all hold.
  func condition(_ node: Node) -> ConditionSyntax? {
    if let text = node.text, !text.isEmpty {
      return value(node, "a condition").map { .named($0) }
    }
    if case .sequence(let parts) = node.content, !parts.isEmpty {
      report(
        "R007", node.place, "a list stands where conditions should",
        help:
          "write conditions below each other without `- `: all of them must hold; for one "
          + "of several write `any:`"
      )
      return nil
    }
    guard let entries = mapping(node, "conditions like `{tier: gold}`") else { return nil }
    // Beside one that is wrong the others stand: what they name is looked for all the same.
    let parts = entries.compactMap(conditionPart)
    guard !parts.isEmpty else { return nil }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  func conditionPart(_ entry: Node.Entry) -> ConditionSyntax? {
    let (node, place) = (entry.value, entry.key.place)
    if !isRanged(entry.name), isNegated(node, "write `not: {\(entry.name): %}`") { return nil }
    switch entry.name {
    case "any", "all":
      guard let nodes = onlyList(node, "a list of conditions", isOfQuestions: true) else {
        return nil
      }
      let parts = nodes.compactMap(condition)
      guard !parts.isEmpty else { return nil }
      return entry.name == "any" ? .any(parts) : .all(parts)
    case "not": return condition(node).map { .not($0) }
    case "date": return dateRanges(node).map { .dates($0, place) }
    case "weekday": return weekdays(node).map { .weekdays($0, place) }
    case "day": return daysOfMonth(node).map { .daysOfMonth($0, place) }
    case "hours": return hours(node).map { .hours($0, place) }
    case "holiday": return values(node, "holidays", key: "holiday").map { .holidays($0) }
    case "store": return values(node, "stores", joined: true, key: "store").map { .stores($0) }
    case "region": return values(node, "regions", joined: true, key: "region").map { .regions($0) }
    case "channel":
      return values(node, "channels", joined: true, key: "channel").map { .channels($0) }
    case "partner":
      return values(node, "partners", joined: true, key: "partner").map { .partners($0) }
    case "tier": return tierTest(node).map { .tier($0) }
    case "birthday": return choice(node, of: BirthdayWindow.self).map { .birthday($0, place) }
    case "joined": return joined(node, place)
    case "tenure": return span(node).map { .tenure($0, place) }
    case "age": return range(node, .whole).map { .age($0, place) }
    case "segment": return values(node, "segments", key: "segment").map { .segments($0) }
    case "consent": return consent(node).map { .consent($0, place) }
    case "balance": return balance(node)
    case "coupon": return values(node, "coupons", key: "coupon").map { .coupons($0) }
    case "tender": return tender(node).map { .tender($0, place) }
    case "basket": return goals(node).map { .basket($0) }
    case "history": return goals(node).map { .history($0) }
    case "reach": return reach(node)
    default: return attributeTest(entry)
    }
  }

  /// What `not under 18` says of a number is said by its range.
  private func isRanged(_ name: String) -> Bool {
    let kind = eventKind(name)
    return name == "age" || kind == .number || kind == .money
  }

  /// `yes`, or what the member agreed to.
  private func consent(_ node: Node) -> [Written<String>]? {
    if let text = node.text, Self.isYes(text), text != "yes" {
      _ = yesNo(node)
      return nil
    }
    return values(node, "what the member agreed to")
  }

  private func joined(_ node: Node, _ place: Place) -> ConditionSyntax? {
    let text = (node.text ?? "").lowercased()
    if let tenure = tenureRemedy(node) {
      report(
        "R016", node.place, "`\(text)` does not say since when at most somebody is a member",
        help: tenure)
      return nil
    }
    if node.text != nil, !reads({ window(node) }),
      windowRemedy(Phrase(node, text: text), { self.window($0)?.value }) == nil,
      slip(node, Self.windowWords, { window($0) }) == nil
    {
      report(
        "R016", node.place, "`\(node.text ?? "")` does not say since when somebody is a member",
        help: "write it like `60 days` or `calendar year`: since at most so long; the other way "
          + "round it is `tenure: at least 12 months`")
      return nil
    }
    guard let window = window(node) else { return nil }
    switch window.value {
    case .calendar(_, last: false), .rolling, .membershipYear(last: false):
      return .joined(window.value, place)
    default:
      report(
        "R016", node.place, "`\(node.text ?? "")` does not say since when somebody is a member",
        help: "write it like `60 days` or `calendar year`")
      return nil
    }
  }

  private func balance(_ node: Node) -> ConditionSyntax? {
    if let text = node.text, !text.isEmpty {
      let currency = firstCurrency
      report(
        "R007", node.place, "`\(text)` does not say of which currency",
        help: "write `balance: {\(currency): \(text)}`")
      return nil
    }
    guard let entries = mapping(node, "a currency and a range like `{points: at least 100}`") else {
      return nil
    }
    let parts = entries.compactMap { entry -> ConditionSyntax? in
      guard let range = range(entry.value, .currency(decimals: currencies[entry.name] ?? 18)) else {
        return nil
      }
      return .balance(currency: Written(entry.name, entry.key.place), range)
    }
    guard parts.count == entries.count else { return nil }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private func reach(_ node: Node) -> ConditionSyntax? {
    guard let goals = goals(node, allowsEvery: true, allowsBalance: true) else { return nil }
    guard goals.count == 1 else {
      report(
        "R035", node.place, "`reach` has one mark that a purchase passes, not \(goals.count)",
        help: "keep one measure, or ask for the others under `history`")
      return nil
    }
    return .reach(goals[0])
  }

  /// A declared attribute of the member, the transaction or the event.
  private func attributeTest(_ entry: Node.Entry) -> ConditionSyntax? {
    let key = Written(entry.name, entry.key.place)
    if let kind = eventKind(entry.name) {
      return attributeTest(entry.value, kind, entry.name).map { .attribute(key, $0) }
    }
    if memberAttributes.contains(entry.name) || transactionAttributes.contains(entry.name) {
      return attributeTest(entry.value, nil, entry.name).map { .attribute(key, $0) }
    }
    if itemAttributes.contains(entry.name) {
      report(
        "R005", key.place,
        "`\(entry.name)` is an attribute of items and does not belong in `when`",
        help: "ask for goods with `basket: {items: {\(entry.name): …}, quantity: at least 1}`")
    } else {
      let names = memberAttributes.union(transactionAttributes).union(eventAttributeNames)
      unknownAttribute(entry.key, in: .condition, names: names.sorted(), section: "member")
    }
    return nil
  }

  /// Of the event that the rule waits for; where none is known yet, of any event.
  private func eventKind(_ name: String) -> EventSyntax.AttributeKind? {
    let candidates = event.map { [$0] } ?? Array(events.values)
    return candidates.lazy.compactMap { $0.attributes.first { $0.key.value == name }?.kind }.first
  }

  private var eventAttributeNames: [String] {
    (event.map { [$0] } ?? Array(events.values)).flatMap { $0.attributes.map(\.key.value) }
  }

  func attributeTest(_ node: Node, _ kind: EventSyntax.AttributeKind?, _ name: String)
    -> AttributeTestSyntax?
  {
    switch kind {
    case .number: return range(node, .quantity).map { .range($0) }
    case .money: return range(node, .money).map { .range($0) }
    case .boolean: return yesNo(node).map { .values([Written($0 ? "yes" : "no", node.place)]) }
    case .oneOf(let choices):
      guard let found = values(node, "values of `\(name)`") else { return nil }
      for value in found where !choices.contains(value.value) {
        unknownName("value of `\(name)`", value.value, value.place, among: choices)
      }
      return found.allSatisfy { choices.contains($0.value) } ? .values(found) : nil
    case .text, .date, nil:
      if let text = node.text, Self.isRange(text) {
        return range(node, .quantity).map { .range($0) }
      }
      return values(node, "values of `\(name)`", key: name).map { .values($0) }
    }
  }

  static func isRange(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    if words.count == 3, words[1] == "to" {
      return words.allSatisfy { $0 == "to" || plainNumber(String($0)) != nil }
    }
    return ["at least ", "at most ", "more than ", "less than "].contains { text.hasPrefix($0) }
  }
}
