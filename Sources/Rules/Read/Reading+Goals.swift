import Loyalty
import YAML

/// Goals: measure, items and window.
extension Reading {
  static func measure(_ word: String) -> MeasureSyntax? {
    switch word {
    case "spend": .spend
    case "quantity": .quantity
    case "visits": .visits
    case "variety": .variety
    case "margin": .margin
    case "times": .times
    case "left": .left
    default: nil
    }
  }

  /// One goal for each measure that is named; items, tender, event and window hold for each of
  /// them.
  func goals(
    _ node: Node, allowsEvery: Bool = false, allowsBalance: Bool = false
  ) -> [GoalSyntax]? {
    if case .sequence(let nodes) = node.content, !nodes.isEmpty {
      let names = nodes.compactMap(\.text)
      if names.count == nodes.count, !nodes.contains(where: { goalRange($0) != nil }) {
        report(
          "R007", node.place, "names stand where goals should",
          help:
            "write `{items: {sku: [\(names.joined(separator: ", "))]}, quantity: at least 1}` for "
            + "any of these articles; for all of them `[{items: …, quantity: at least 1}, {…}]`")
        return nil
      }
      let goals = nodes.compactMap {
        self.goals($0, allowsEvery: allowsEvery, allowsBalance: allowsBalance)
      }
      return goals.count == nodes.count ? goals.flatMap { $0 } : nil
    }
    if let text = node.text, let range = goalRange(node) {
      report(
        "R007", node.place, "`\(text)` does not say what is measured",
        help: "write `{spend: \(range)}` or `{quantity: \(range)}`")
      return nil
    }
    let before = diagnostics.count
    guard let entries = mapping(node, "a goal like `{spend: at least 500.00}`") else { return nil }
    var goal = GoalSyntax(
      measure: Written(.spend, node.place), range: RangeSyntax(), place: node.place)
    for entry in entries { frame(&goal, entry) }
    let countsEvents = entries.contains { $0.name == "times" }
    for entry in entries { narrow(&goal, entry, countsEvents) }
    let narrowed = Set(goal.attributes.map(\.name.value))
    // The numbers of an event that is unknown are unknown, too.
    let isUnknown = goal.event == nil && entries.contains { $0.name == "event" }
    var goals: [GoalSyntax] = []
    for entry in entries where !narrowed.contains(entry.name) {
      if entry.name == "balance" {
        if let held = held(entry, allowsEvery, isAllowed: allowsBalance) { goals.append(held) }
        continue
      }
      if isUnknown, !Room.goal.has(entry.name), currencies[entry.name] == nil { continue }
      guard let (measure, range) = measured(entry, in: goal, allowsEvery: allowsEvery) else {
        continue
      }
      goal.measure = Written(measure, entry.key.place)
      goal.range = range
      goals.append(goal)
    }
    if goals.contains(where: \.isOfBalance),
      let frame = entries.first(where: { Self.frameWords.contains($0.name) })
    {
      report(
        "R005", frame.key.place, "`\(frame.name)` does not belong beside `balance`",
        help: "what is held has no items and no window: delete it")
    }
    let isWhole = !entries.contains { $0.value.isBroken }
    guard diagnostics.count == before, isWhole else { return nil }
    if goals.isEmpty {
      if mayBeLost(in: .goal) || entries.contains(where: { isLost($0.name) }) { return nil }
      report(
        "R035", node.place, "this goal does not say what it measures",
        help: "add a measure, like `quantity: at least 1` or `spend: at least 20.00`")
      return nil
    }
    return goals
  }

  /// `at least 20.00`, which may be money or pieces.
  private func goalRange(_ node: Node) -> String? {
    reads { range(node, .money) } && reads { range(node, .quantity) } ? node.text : nil
  }

  private static let frameWords = ["items", "tender", "within", "event"]

  /// What holds for all measures of a goal.
  private func frame(_ goal: inout GoalSyntax, _ entry: Node.Entry) {
    switch entry.name {
    case "items": goal.items = items(entry.value)
    case "tender": goal.tender = tender(entry.value)
    case "within": goal.window = window(entry.value)
    case "event": goal.event = eventName(entry.value)
    default: break
    }
  }

  /// A measure and its range; nil for the words of the frame, and for what is wrong.
  private func measured(_ entry: Node.Entry, in goal: GoalSyntax, allowsEvery: Bool)
    -> (MeasureSyntax, RangeSyntax)?
  {
    if Self.frameWords.contains(entry.name) { return nil }
    if let measure = Self.measure(entry.name) {
      guard fits(measure, entry.key, goal) else { return nil }
      let scale: Scale
      switch measure {
      case .spend, .margin, .left: scale = .money
      case .quantity: scale = .quantity
      default: scale = .whole
      }
      return range(entry.value, scale, allowsEvery: allowsEvery).map { (measure, $0) }
    }
    if let decimals = currencies[entry.name] {
      return range(entry.value, .currency(decimals: decimals), allowsEvery: allowsEvery).map {
        (.earned(entry.name), $0)
      }
    }
    if let name = goal.event?.value, let event = events[name],
      let kind = event.attributes.first(where: { $0.key.value == entry.name })?.kind
    {
      return attributeMeasure(entry, kind, allowsEvery: allowsEvery)
    }
    if itemAttributes.contains(entry.name) {
      report(
        "R005", entry.key.place, "`\(entry.name)` is an attribute of items",
        help: "write `items: {\(entry.name): …}`")
    } else {
      unknown(entry.key, in: .goal, names: currencies.keys.sorted())
    }
    return nil
  }

  /// Events are counted, and only their own numbers are added up.
  private func fits(_ measure: MeasureSyntax, _ key: Node, _ goal: GoalSyntax) -> Bool {
    if let event = goal.event, measure != .times {
      report(
        "R005", key.place,
        "`\(key.text ?? "")` does not belong beside `event: \(event.value)`",
        help: "count events with `times`, or name one of their numbers")
      return false
    }
    return true
  }

  private func attributeMeasure(
    _ entry: Node.Entry, _ kind: EventSyntax.AttributeKind, allowsEvery: Bool
  )
    -> (MeasureSyntax, RangeSyntax)?
  {
    switch kind {
    case .number, .money:
      let scale = kind == .money ? Scale.money : .quantity
      return range(entry.value, scale, allowsEvery: allowsEvery).map {
        (.attribute(entry.name), $0)
      }
    // Anything else was taken as what the events must carry.
    default: return nil
    }
  }

  /// What the events that count must carry: a text, a choice, and beside `times` also a number.
  private func narrow(_ goal: inout GoalSyntax, _ entry: Node.Entry, _ countsEvents: Bool) {
    guard let name = goal.event?.value, let event = events[name], Self.measure(entry.name) == nil,
      let kind = event.attributes.first(where: { $0.key.value == entry.name })?.kind
    else { return }
    switch kind {
    case .number, .money: guard countsEvents else { return }
    default: break
    }
    guard let test = attributeTest(entry.value, kind, entry.name) else { return }
    goal.attributes.append((Written(entry.name, entry.key.place), test))
  }

  /// `balance: 50` of the one currency that can be spent, or `balance: {points: 50}`.
  private func held(_ entry: Node.Entry, _ allowsEvery: Bool, isAllowed: Bool) -> GoalSyntax? {
    guard isAllowed else {
      report(
        "R005", entry.key.place, "`balance` is a mark of `reach` and of `qualify`",
        help: "as a condition it stands alone: `when: {balance: {points: at least 50}}`")
      return nil
    }
    var (name, node) = (Written("", entry.key.place), entry.value)
    if let inner = node.entries {
      guard inner.count == 1, let first = inner.first else {
        report(
          "R007", node.place, "a mark is in one currency", help: "write `balance: {points: 50}`")
        return nil
      }
      (name, node) = (Written(first.name, first.key.place), first.value)
    } else if currencies.count == 1, let only = currencies.keys.first {
      name.value = only
    } else {
      report(
        "R007", node.place, "`\(node.text ?? "")` does not say of which currency",
        help: "write `balance: {\(firstCurrency): …}`")
      return nil
    }
    guard let decimals = currencies[name.value] else {
      unknownName("currency", name.value, name.place, among: currencies.keys.sorted())
      return nil
    }
    let range = self.range(node, .currency(decimals: decimals), allowsEvery: allowsEvery)
    return range.map { range in
      GoalSyntax(
        measure: Written(.balance(name.value), entry.key.place), range: range,
        place: entry.key.place)
    }
  }

  /// The name of a declared event.
  func eventName(_ node: Node) -> Written<String>? {
    guard let name = value(node, "the name of an event") else { return nil }
    if declared(name.value) == nil {
      unknownName("event", name.value, name.place, among: events.keys.sorted())
      return nil
    }
    return name
  }
}
