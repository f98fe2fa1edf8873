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
    case "times": .times
    default: nil
    }
  }

  /// One goal for each measure that is named; items, tender, event and window hold for each of
  /// them.
  func goals(_ node: Node, allowsEvery: Bool = false) -> [GoalSyntax]? {
    if case .sequence(let nodes) = node.content, !nodes.isEmpty {
      let goals = nodes.compactMap { self.goals($0, allowsEvery: allowsEvery) }
      return goals.count == nodes.count ? goals.flatMap { $0 } : nil
    }
    let before = diagnostics.count
    guard let entries = mapping(node, "a goal like `{spend: at least 500.00}`") else { return nil }
    var goal = GoalSyntax(
      measure: Written(.spend, node.place), range: RangeSyntax(), place: node.place)
    for entry in entries { frame(&goal, entry) }
    var goals: [GoalSyntax] = []
    for entry in entries {
      guard let (measure, range) = measured(entry, in: goal, allowsEvery: allowsEvery) else {
        continue
      }
      goal.measure = Written(measure, entry.key.place)
      goal.range = range
      goals.append(goal)
    }
    guard diagnostics.count == before else { return nil }
    if goals.isEmpty {
      report(
        "R035", node.place, "this goal does not say what it measures",
        help: "add a measure, like `quantity: at least 1` or `spend: at least 20.00`")
      return nil
    }
    return goals
  }

  /// What holds for all measures of a goal.
  private func frame(_ goal: inout GoalSyntax, _ entry: Node.Entry) {
    switch entry.name {
    case "items": goal.items = items(entry.value)
    case "within": goal.window = window(entry.value)
    case "event": goal.event = eventName(entry.value)
    default: break
    }
  }

  /// A measure and its range; nil for the words of the frame, and for what is wrong.
  private func measured(_ entry: Node.Entry, in goal: GoalSyntax, allowsEvery: Bool)
    -> (MeasureSyntax, RangeSyntax)?
  {
    if ["items", "within", "event"].contains(entry.name) { return nil }
    if let measure = Self.measure(entry.name) {
      guard fits(measure, entry.key, goal) else { return nil }
      let scale: Scale
      switch measure {
      case .spend: scale = .money
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
    if Room.goal.unbuilt.contains(entry.name) {
      unbuilt(entry.key, in: .goal)
    } else if itemAttributes.contains(entry.name) {
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
    if measure == .variety, let window = goal.window, window.value != .transaction {
      report(
        "R006", key.place,
        "`variety` over several purchases is something that this version of Patron cannot do yet",
        help: "take it out for now; it is never ignored silently")
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
    default:
      report(
        "R006", entry.key.place,
        "counting only events with a certain `\(entry.name)` is something that this "
          + "version of Patron cannot do yet",
        help: "take it out for now; it is never ignored silently")
      return nil
    }
  }

  /// The name of a declared event.
  func eventName(_ node: Node) -> Written<String>? {
    guard let name = value(node, "the name of an event") else { return nil }
    if events[name.value] == nil {
      unknownName("event", name.value, name.place, among: events.keys.sorted())
      return nil
    }
    return name
  }
}
