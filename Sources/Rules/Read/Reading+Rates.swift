import Loyalty
import YAML

/// Rates and factors, alone and in tables.
extension Reading {
  static let rateHelp =
    "write it like `100` (once), `1 per 20.00`, `1.25 per 1.00 pro rata`, `5 per unit` or "
    + "`1 per 2 litres`"

  /// The most that a rate gives at once, in the currency's units.
  static let largestRate = ExactDecimal(units: 1_000_000_000)

  func rate(_ node: Node) -> RateSyntax? {
    guard let whole = phrase(node, "a rate like `1 per 1.00`") else { return nil }
    var phrase = whole
    let isProRata = phrase.takeLast("pro", "rata")
    guard let first = phrase.next() else { return noRate(whole) }
    guard let start = first.text.utf8.first, Self.isDigit(start) || start == UInt8(ascii: "-"),
      !first.text.hasSuffix("%"), !first.text.hasSuffix("x"), !first.text.contains("/")
    else { return noRate(whole) }
    guard let amount = number(first) else { return nil }
    guard amount <= Self.largestRate else {
      report(
        "R010", first.place, "`\(first.text)` is too large an amount",
        help: "write at most \(Self.largestRate)")
      return nil
    }
    if phrase.words.isEmpty {
      guard !isProRata else { return noRate(whole) }
      return RateSyntax(amount: amount, basis: .once)
    }
    guard phrase.take("per"), !phrase.words.isEmpty else { return noRate(whole) }
    if phrase.words.count == 3, phrase.words[1].text == "of" {
      return moneyOfEvent(phrase).map {
        RateSyntax(amount: amount, basis: $0, proRata: isProRata)
      }
    }
    guard let basis = basis(phrase, whole) else { return nil }
    return RateSyntax(amount: amount, basis: basis, proRata: isProRata)
  }

  /// `1.00 of fare`: an amount of money that the event carries.
  private func moneyOfEvent(_ phrase: Phrase) -> RateSyntax.Basis? {
    guard let event else {
      report(
        "R013", phrase.place, "`\(phrase.rest)` speaks of an event's money, and this is a purchase",
        help: "add `event:` with the event that carries it, or choose goods with `items`")
      return nil
    }
    guard let per = money(phrase.words[0]) else { return nil }
    guard per.minor > 0 else { return perNothing(phrase.words[0]) }
    let (word, known) = (phrase.words[2], Self.monies(of: event))
    guard let name = known.first(where: { Self.singular($0) == Self.singular(word.text) }) else {
      unknownName(
        "amount of money of the event `\(event.key.value)`", word.text, word.place, among: known)
      return nil
    }
    return .eventMoney(per, name: name)
  }

  private static func monies(of event: EventSyntax) -> [String] {
    event.attributes.filter { $0.kind == .money }.map(\.key.value)
  }

  /// What stands behind `per`.
  private func basis(_ phrase: Phrase, _ whole: Phrase) -> RateSyntax.Basis? {
    let words = phrase.words
    let isNumber = words[0].text.utf8.first.map(Self.isDigit) ?? false
    if words.count == 1, isNumber {
      guard let money = money(words[0]) else { return nil }
      guard money.minor > 0 else { return perNothing(words[0]) }
      // An event with one amount of money can mean no other.
      if let event, Self.monies(of: event).count == 1 {
        return .eventMoney(money, name: Self.monies(of: event)[0])
      }
      return .money(money)
    }
    guard words.count == 1 || (words.count == 2 && isNumber),
      words[0].text.utf8.first != UInt8(ascii: "$")
    else { return noRate(whole) }
    var count = ExactDecimal(units: 1)
    if words.count == 2 {
      guard let number = number(words[0]) else { return nil }
      guard number.units > 0 else { return perNothing(words[0]) }
      guard number.exactly(places: Quantity.places) != nil else {
        report(
          "R010", words[0].place, "`\(words[0].text)` has too many decimals",
          help: "write at most \(Quantity.places) decimals")
        return nil
      }
      count = number
    }
    let unit = words[words.count - 1]
    if let event { return attribute(of: event, unit, count) }
    guard !isCurrency(unit.text), !unit.text.unicodeScalars.contains(where: Self.isOfMoney) else {
      return noRate(whole)
    }
    let singular = Self.singular(unit.text)
    if let help = Self.unitHelp(singular, whole) ?? Self.unitSlip(unit.text) {
      report("R013", unit.place, "`\(unit.text)` is no unit of measure", help: help)
      return nil
    }
    return .quantity(count, unit: singular == "unit" ? nil : singular)
  }

  /// What people write behind `per` that no line of a receipt is measured in.
  private static func unitHelp(_ unit: String, _ whole: Phrase) -> String? {
    let amount = whole.words.first?.text ?? "1"
    switch unit {
    case "prorata", "pro-rata":
      return "write `\(whole.words.dropLast().map(\.text).joined(separator: " ")) pro rata`"
    case "item", "article", "product": return "write `\(amount) per unit`"
    case "visit", "purchase", "transaction", "order", "receipt", "basket", "bill":
      return "once for each purchase is the number alone: write `\(amount)`"
    case "day", "week", "month", "quarter", "year", "customer", "member", "person":
      return "write `\(amount)`, and how often one member gets it as "
        + "`limit: {times: 1 per \(CalendarUnit(rawValue: unit)?.rawValue ?? "day")}`"
    default: return nil
    }
  }

  /// One slip away from `unit`: nothing is measured so.
  private static func unitSlip(_ text: String) -> String? {
    let units = ["unit", "units"].filter { $0 != text }
    guard units.count == 2, let near = NearName.of(text, among: units),
      NearName.distance(Array(text.unicodeScalars), Array(near.unicodeScalars), limit: 1) != nil
    else { return nil }
    return "did you mean `\(near)`?"
  }

  /// `USD`, `€`, `dollars`: a sign where a unit of measure should stand.
  private func isCurrency(_ text: String) -> Bool {
    let signs = [
      "dollar", "dollars", "euro", "euros", "pound", "pounds", "yuan", "元", "块", "€", "£", "¥", "$",
    ]
    return MoneyUnit(code: text) != nil || signs.contains(text)
  }

  /// `₹100` and `100kg` are no unit of measure.
  private static func isOfMoney(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .currencySymbol || ("0"..."9").contains(scalar)
  }

  private func attribute(of event: EventSyntax, _ unit: Phrase.Word, _ count: ExactDecimal)
    -> RateSyntax.Basis?
  {
    let numbers = event.attributes.filter { $0.kind == .number }.map(\.key.value)
    if let name = numbers.first(where: { Self.singular($0) == Self.singular(unit.text) }) {
      return .attribute(count, name: name)
    }
    unknownName("number of the event `\(event.key.value)`", unit.text, unit.place, among: numbers)
    return nil
  }

  /// The unit of one: `litres` is `litre`.
  static func singular(_ text: String) -> String {
    guard text.hasSuffix("s"), !text.hasSuffix("ss"), text.utf8.count > 2 else { return text }
    return String(text.dropLast())
  }

  private func perNothing(_ word: Phrase.Word) -> RateSyntax.Basis? {
    report(
      "R013", word.place, "a rate per \(word.text) divides by nothing",
      help: "write an amount above zero")
    return nil
  }

  /// What a multiplier multiplies with: `2`, `1.5`, `0`.
  func factor(_ node: Node) -> ExactDecimal? {
    guard let phrase = phrase(node, "a factor like `2`") else { return nil }
    let text = phrase.text
    guard phrase.words.count == 1, let first = text.utf8.first, Self.isDigit(first),
      !text.hasSuffix("x"),
      !text.hasSuffix("%")
    else {
      let digits = text.filter { $0.isASCII && ($0.isNumber || $0 == ".") }
      let help: String
      if let word = Self.factorWord(text) {
        help = "write `\(word)`"
      } else if text.hasSuffix("%"), let number = Self.plainNumber(digits), number.places <= 6,
        number.units < 1_000_000_000_000
      {
        let whole = text.hasPrefix("+") ? 100 * ExactDecimal.powers[number.places] : 0
        let factor = ExactDecimal(units: number.units + whole, places: number.places + 2).reduced
        help = "write `\(factor)`; 20% more is `1.2`"
      } else if text.contains("per") {
        help = "a rate stands under `earn`; a factor is a number like `2`"
      } else {
        help = digits.isEmpty ? "write a number like `2` or `1.5`" : "write `\(digits)`"
      }
      report("R015", node.place, "`\(text)` is no factor", help: help)
      return nil
    }
    guard let factor = number(phrase.words[0]) else { return nil }
    guard factor.places <= 6, factor <= ExactDecimal(units: 1_000_000) else {
      report(
        "R015", node.place, "`\(text)` is too large or too fine a factor",
        help: "write at most 1_000_000, with at most 6 decimals")
      return nil
    }
    return factor
  }

  // MARK: - Tables

  /// One value, or `{by: …, table: …}`; `least` stands beside them.
  func rateOrTable<Value: Sendable & Equatable>(
    _ node: Node, allowsLeast: Bool, _ value: (Node) -> Value?
  ) -> (Written<RateOrTable<Value>>, least: ExactDecimal?)? {
    guard node.entries != nil else {
      return value(node).map { (Written(.one($0), node.place), nil) }
    }
    guard let fields = fields(node, in: .table), let (by, table) = keys(fields) else { return nil }
    guard let rows = rows(table, by: by[...], value) else { return nil }
    var least: ExactDecimal?
    if let node = fields["least"] {
      guard allowsLeast else {
        report(
          "R005", fields.key("least")?.place ?? node.place,
          "`least` does not belong in `multiply`", help: "it stands in the `earn` of a rule")
        return nil
      }
      if by.first?.value.isOfItems == true {
        report(
          "R005", fields.key("least")?.place ?? node.place,
          "`least` does not belong beside a table by an attribute of items",
          help: "each of its rows counts for its own lines; write a rule of its own for the least")
        return nil
      }
      guard let number = leastAmount(node) else { return nil }
      least = number
    }
    return (
      Written(
        .table(TableSyntax(by: by.map { Written($0.value.key(), $0.place) }, rows: rows)),
        node.place), least
    )
  }

  private func leastAmount(_ node: Node) -> ExactDecimal? {
    guard let phrase = phrase(node, "an amount like `125`") else { return nil }
    guard phrase.words.count == 1 else {
      report(
        "R010", node.place, "`\(phrase.text)` is no number",
        help: "write a number alone, like `125`")
      return nil
    }
    guard let number = number(phrase.words[0]) else { return nil }
    guard number <= Self.largestRate else {
      report(
        "R010", node.place, "`\(phrase.text)` is too large an amount",
        help: "write at most \(Self.largestRate)")
      return nil
    }
    return number
  }

  private func keys(_ fields: Fields) -> ([Written<RowBy>], Node)? {
    guard let byNode = fields["by"], let table = fields["table"] else {
      let missing = fields["by"] == nil ? "by" : "table"
      report(
        "R003", fields.place, "`\(missing)` is missing in this rate",
        help: "a table is written `{by: tier, table: {silver: 1 per 1.00, gold: 2 per 1.00}}`")
      return nil
    }
    guard let words = values(byNode, "what decides, like `tier` or `spend`") else { return nil }
    guard words.count <= 2 else {
      report(
        "R032", byNode.place, "a table is by one or two things, not by \(words.count)", help: nil)
      return nil
    }
    let by = words.compactMap(key)
    guard by.count == words.count else { return nil }
    if by.count == 2, by[1].value.isOfItems {
      report(
        "R032", byNode.place, "in a table by two things an attribute of items comes first",
        help: "write `by: [\(words[1].value), \(words[0].value)]`")
      return nil
    }
    if by.count == 2, isNumber(by[0].value), !isNumber(by[1].value) {
      report(
        "R032", byNode.place, "in a table by two things the words come first",
        help: "write `by: [\(words[1].value), \(words[0].value)]`")
      return nil
    }
    return (by, table)
  }

  private func key(_ word: Written<String>) -> Written<RowBy>? {
    // An event's own attribute, before what items have.
    if event?.attributes.contains(where: { $0.key.value == word.value }) == true {
      return Written(.attribute(word.value), word.place)
    }
    switch word.value {
    case "spend": return Written(.spend, word.place)
    case "slice": return Written(.slice, word.place)
    case "tier": return Written(.tier, word.place)
    case "segment": return Written(.segment, word.place)
    case "brand":
      brandIsAsked = true
      return Written(.item(word.value), word.place)
    default: break
    }
    if itemAttributes.contains(word.value) { return Written(.item(word.value), word.place) }
    var names = memberAttributes.union(transactionAttributes)
    if let event { names.formUnion(event.attributes.map(\.key.value)) }
    if names.contains(word.value) { return Written(.attribute(word.value), word.place) }
    let events = self.events.values.filter { event in
      event.attributes.contains { $0.key.value == word.value }
    }
    if let other = events.map(\.key.value).min() {
      report(
        "R057", word.place,
        "`\(word.value)` is an attribute of the event `\(other)`, and the rule "
          + "does not wait for it", help: "add `event: \(other)` to the rule")
      return nil
    }
    unknownName(
      "thing that a table can go by", word.value, word.place,
      among: ["spend", "slice", "tier"] + names.sorted())
    return nil
  }

  private func kind(_ key: RowBy) -> EventSyntax.AttributeKind? {
    guard case .attribute(let name) = key else { return nil }
    return event?.attributes.first { $0.key.value == name }?.kind
  }

  private func isNumber(_ key: RowBy) -> Bool {
    switch key {
    case .spend, .slice: true
    case .tier, .item, .segment: false
    case .attribute: kind(key) == .number || kind(key) == .money
    }
  }

  private func rows<Value: Sendable & Equatable>(
    _ node: Node, by: ArraySlice<Written<RowBy>>, _ value: (Node) -> Value?
  ) -> [(key: Written<TableSyntax<Value>.RowKey>, row: TableSyntax<Value>.Row)]? {
    guard let first = by.first, let entries = mapping(node, "the rows of a table") else {
      return nil
    }
    var rows: [(key: Written<TableSyntax<Value>.RowKey>, row: TableSyntax<Value>.Row)] = []
    var last: ExactDecimal?
    for entry in entries {
      let word = Phrase.Word(text: entry.name, place: entry.key.place)
      var key = TableSyntax<Value>.RowKey.word(entry.name)
      if isNumber(first.value) {
        guard let bound = bound(word, first.value, after: last) else { continue }
        last = bound
        key = .from(bound)
      }
      if by.count > 1 {
        guard let inner = self.rows(entry.value, by: by.dropFirst(), value) else { continue }
        rows.append((Written(key, entry.key.place), .rows(inner)))
      } else if let value = value(entry.value) {
        rows.append((Written(key, entry.key.place), .value(value)))
      }
    }
    return rows.count == entries.count ? rows : nil
  }

  /// A lower bound: above the one before it.
  private func bound(_ word: Phrase.Word, _ key: RowBy, after last: ExactDecimal?) -> ExactDecimal?
  {
    guard Self.plainNumber(word.text) != nil || word.text.contains(",") else {
      report(
        "R032", word.place, "`\(word.text)` is no number from which a row holds",
        help: "write the lower bound only, like `500.00`; the next row ends it")
      return nil
    }
    guard let bound = number(word) else { return nil }
    let isMoney = key == .spend || key == .slice || kind(key) == .money
    guard !isMoney || hasMoneyDecimals(bound, word) else { return nil }
    if let last, bound <= last {
      report(
        "R032", word.place, "`\(word.text)` does not follow the row before it",
        help: "rows stand from the lowest to the highest, each once")
      return nil
    }
    return bound
  }
}

/// What decides in a table, whatever its values are.
enum RowBy: Equatable {
  case spend, slice, tier, segment
  case attribute(String)
  case item(String)

  var isOfItems: Bool {
    if case .item = self { return true }
    return false
  }

  func key<Value>() -> TableSyntax<Value>.Key {
    switch self {
    case .spend: .spend
    case .slice: .slice
    case .tier: .tier
    case .segment: .segment
    case .attribute(let name): .attribute(name)
    case .item(let name): .item(name)
    }
  }
}
