import YAML

/// A table by an event's attribute with no row for one of the values that were declared.
enum ValueTables {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let events = Dictionary(
      program.events.map { ($0.key.value, $0) }, uniquingKeysWith: { first, _ in first })
    return program.rules.flatMap { rule -> [Diagnostic] in
      guard case .event(let name) = rule.trigger, let event = events[name] else { return [] }
      let asked = asked(rule.condition)
      return rule.earn.compactMap { missing($0.rate, event, asked) }
        + rule.multiply.compactMap { missing($0.factor, event, asked) }
    }
  }

  /// The attributes that the rule's own condition asks for: they may rule values out.
  private static func asked(_ condition: ConditionSyntax?) -> Set<String> {
    var names: Set<String> = []
    condition?.walk { if case .attribute(let name, _) = $0 { names.insert(name.value) } }
    return names
  }

  private static func missing<Value>(
    _ rate: Written<RateOrTable<Value>>, _ event: EventSyntax, _ asked: Set<String>
  ) -> Diagnostic? {
    guard case .table(let table) = rate.value, let by = table.by.first,
      case .attribute(let name) = by.value, !asked.contains(name),
      let kind = event.attributes.first(where: { $0.key.value == name })?.kind,
      case .oneOf(let values) = kind
    else { return nil }
    let named = Set(
      table.rows.compactMap { row -> String? in
        if case .word(let word) = row.key.value { return word }
        return nil
      })
    let missing = values.filter { !named.contains($0) }
    guard let first = missing.first else { return nil }
    let all = missing.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      "R067", .warning, at: by.place,
      "the table has no row for \(all) of `\(name)`, which then gets nothing",
      help: "add a row, like `\(first): 0`, so that it is meant")
  }
}
