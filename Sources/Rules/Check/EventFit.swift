import YAML

/// A rule that waits for an event has no basket; one that waits for purchases has no attributes
/// of an event.
enum EventFit {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let attributes = Dictionary(
      program.events.map { ($0.key.value, Set($0.attributes.map(\.key.value))) },
      uniquingKeysWith: { first, _ in first })
    let amounts = Dictionary(
      program.events.map { event in
        (event.key.value, event.attributes.filter { $0.kind == .money }.map(\.key.value))
      }, uniquingKeysWith: { first, _ in first })
    let ofMembers = Set((program.attributes.member + program.attributes.transaction).map(\.value))
    var found: [Diagnostic] = []
    for rule in program.rules {
      switch rule.trigger {
      case .event(let name):
        found += noBasket(rule, "`\(name)`", amounts[name] ?? [])
        found += foreign(
          rule, attributes[name, default: []].union(ofMembers), "the event `\(name)`")
      case .calendar:
        found += noBasket(rule, "a day of the calendar", [])
        found += foreign(rule, ofMembers, "a day of the calendar")
      case .purchase: found += foreign(rule, ofMembers, "a purchase")
      }
    }
    return found
  }

  /// Words that speak of a basket, in a rule that has none.
  private static func noBasket(_ rule: RuleSyntax, _ event: String, _ amounts: [String])
    -> [Diagnostic]
  {
    var found: [Diagnostic] = []
    func report(_ place: Place, _ what: String) {
      found.append(
        Diagnostic(
          "R056", at: place, "\(what), but the rule waits for \(event), which has no basket",
          help: "delete it, or make it a rule for purchases"))
    }
    if rule.items != nil { report(rule.key.place, "`items` chooses lines") }
    if rule.tender != nil { report(rule.key.place, "`tender` chooses a part of the payment") }
    if let benefit = rule.benefit { report(benefit.place, "it takes something off the bill") }
    rule.condition?.walk { condition in
      if case .basket(let goals) = condition, let goal = goals.first {
        report(goal.place, "`basket` asks about a purchase")
      }
    }
    for earn in rule.earn {
      switch earn.rate.value {
      case .one(let rate) where countsMoney(rate) && amounts.count > 1:
        let first = amounts[0]
        found.append(
          Diagnostic(
            "R056", at: earn.rate.place,
            "\(event) carries several amounts of money, and the rate "
              + "does not say which one it counts",
            help: "write the one that is meant behind it: `… of \(first)`"))
      case .one(let rate) where needsBasket(rate):
        report(earn.rate.place, "the rate counts money or goods")
      case .table(let table):
        if let by = table.by.first(where: { $0.value == .spend || $0.value == .slice }) {
          report(by.place, "the table goes by spend")
        } else if let by = table.by.first, case .item(let name) = by.value {
          report(by.place, "the table goes by the items' `\(name)`")
        }
      default: break
      }
    }
    return found
  }

  private static func countsMoney(_ rate: RateSyntax) -> Bool {
    if case .money = rate.basis { return true }
    return false
  }

  private static func needsBasket(_ rate: RateSyntax) -> Bool {
    switch rate.basis {
    case .money, .quantity: true
    case .once, .attribute, .eventMoney: false
    }
  }

  /// Attributes of another event, perhaps by a named condition.
  private static func foreign(_ rule: RuleSyntax, _ own: Set<String>, _ what: String)
    -> [Diagnostic]
  {
    var found: [Diagnostic] = []
    rule.condition?.walk { condition in
      guard case .attribute(let name, _) = condition, !own.contains(name.value) else { return }
      found.append(
        Diagnostic(
          "R057", at: name.place, "`\(name.value)` is no attribute of \(what)",
          help: "add `event:` with the event that has it"))
    }
    return found
  }
}
