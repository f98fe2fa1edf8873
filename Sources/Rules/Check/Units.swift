import Loyalty
import YAML

/// A rate per unit of measure that nothing is measured in.
enum Units {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var known = common
    for example in program.examples {
      for step in example.steps { known.formUnion(units(step.action)) }
    }
    return program.rules.flatMap { rule in
      rule.earn.compactMap { earn -> Diagnostic? in
        if rule.trigger == .purchase, let found = ofEvent(earn, program) { return found }
        guard let unit = rates(earn.rate.value).lazy.compactMap({ strange($0, known) }).first else {
          return nil
        }
        return Diagnostic(
          "R069", .warning, at: earn.rate.place,
          "nothing in the examples is measured in `\(unit)`",
          help: NearName.of(unit, among: known.sorted()).map { "did you mean `\($0)`?" }
            ?? "if the feed tells this unit of measure, add an example: `{sku: …, quantity: 2, "
            + "unit: \(unit), total: …}`")
      }
    }
  }

  /// `1 per mile` of a purchase, where flights have miles and no line of an example is so measured.
  private static func ofEvent(_ earn: EarnSyntax, _ program: ProgramSyntax) -> Diagnostic? {
    for case .quantity(_, let unit?) in rates(earn.rate.value).map(\.basis) {
      let event = program.events.first { event in
        event.attributes.contains { Reading.singular($0.key.value) == unit }
      }
      guard let event else { continue }
      let isMeasured = program.examples.contains { example in
        example.steps.contains { units($0.action).contains(unit) }
      }
      if isMeasured { continue }
      return Diagnostic(
        "R069", .warning, at: earn.rate.place,
        "`\(unit)` is a number of the event `\(event.key.value)`, and the rule waits for purchases",
        help: "add `event: \(event.key.value)` to the rule")
    }
    return nil
  }

  private static func strange(_ rate: RateSyntax, _ known: Set<String>) -> String? {
    guard case .quantity(_, let unit?) = rate.basis, !known.contains(unit) else { return nil }
    return unit
  }

  private static func rates(_ rate: RateOrTable<RateSyntax>) -> [RateSyntax] {
    switch rate {
    case .one(let rate): [rate]
    case .table(let table): values(table.rows)
    }
  }

  private static func values(
    _ rows: [(key: Written<TableSyntax<RateSyntax>.RowKey>, row: TableSyntax<RateSyntax>.Row)]
  ) -> [RateSyntax] {
    rows.flatMap { row -> [RateSyntax] in
      switch row.row {
      case .value(let rate): [rate]
      case .rows(let inner): values(inner)
      }
    }
  }

  private static func units(_ action: StepSyntax.Action) -> [String] {
    switch action {
    case .purchase(let lines), .return(_, let lines):
      lines.compactMap { $0.unit.map(Reading.singular) }
    default: []
    }
  }

  /// Units in which goods are sold.
  private static let common: Set = [
    "litre", "liter", "l", "ml", "millilitre", "milliliter", "gallon", "gal", "pint", "quart",
    "barrel", "kg", "kilo", "kilogram", "kilogramme", "g", "gram", "gramme", "lb", "pound", "oz",
    "ounce", "stone", "tonne", "ton", "metre", "meter", "m", "cm", "foot", "yard", "inch", "m2",
    "m3", "piece", "pair", "dozen", "pack", "packet", "bottle", "can", "case", "box", "carton",
    "bag", "sack", "crate", "pallet", "roll", "sheet", "tray", "jar", "cup", "portion", "slice",
    "bunch", "weight", "kwh", "hour", "minute", "night", "mile", "kilometre", "kilometer", "km",
    "ticket", "seat", "升", "公斤", "斤", "千克", "克", "吨", "米", "件", "个", "瓶", "箱", "盒", "包", "袋",
  ]
}
