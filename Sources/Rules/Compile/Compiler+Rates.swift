import Loyalty

extension Compiler {
  /// Nearly always one; of a table by an attribute of items one for each row, with its own lines.
  mutating func add(
    _ earn: EarnSyntax, _ syntax: RuleSyntax, rule: Int, _ selector: Int32
  ) -> [Earn] {
    guard let currency = currencyPlaces[earn.currency.value] else { return [] }
    let decimals = program.currencies[currency].decimals
    if case .table(let table) = earn.rate.value, let rows = lines(of: table, syntax) {
      return rows.map { row in
        switch row.value {
        case .one(let one):
          return Earn(
            rule: rule, selector: row.selector, currency: currency, rate: add(one, decimals),
            table: -1, least: 0)
        case .table(let inner):
          let place = add(inner) { Int64($0.add($1, decimals)) }
          return Earn(
            rule: rule, selector: row.selector, currency: currency, rate: -1, table: place,
            least: 0)
        }
      }
    }
    var rate: Int32 = -1
    var table: Int32 = -1
    switch earn.rate.value {
    case .one(let one): rate = add(one, decimals)
    case .table(let syntax): table = add(syntax) { Int64($0.add($1, decimals)) }
    }
    let least = earn.least?.rounded(places: decimals, .down) ?? 0
    return [
      Earn(
        rule: rule, selector: selector, currency: currency, rate: rate, table: table, least: least)
    ]
  }

  mutating func add(
    _ multiply: MultiplySyntax, _ syntax: RuleSyntax, rule: Int, _ selector: Int32
  ) -> [Multiply] {
    guard let currency = currencyPlaces[multiply.currency.value] else { return [] }
    if case .table(let table) = multiply.factor.value, let rows = lines(of: table, syntax) {
      return rows.map { row in
        factor(row.value, rule: rule, row.selector, currency)
      }
    }
    return [factor(multiply.factor.value, rule: rule, selector, currency)]
  }

  private mutating func factor(
    _ factor: RateOrTable<ExactDecimal>, rule: Int, _ selector: Int32, _ currency: Int
  ) -> Multiply {
    switch factor {
    case .one(let factor):
      return Multiply(
        rule: rule, selector: selector, currency: currency, extra: Self.extra(factor), table: -1)
    case .table(let syntax):
      let table = add(syntax) { _, factor in Self.extra(factor) }
      return Multiply(rule: rule, selector: selector, currency: currency, extra: 0, table: table)
    }
  }

  private struct LinesOfRow<Value: Sendable & Equatable> {
    let selector: Int32
    let value: RateOrTable<Value>
  }

  /// Of a table by an attribute of items, which lines each row means; nil for any other table.
  private mutating func lines<Value>(
    of table: TableSyntax<Value>, _ rule: RuleSyntax
  ) -> [LinesOfRow<Value>]? {
    guard let by = table.by.first, case .item(let name) = by.value else { return nil }
    return table.rows.compactMap { key, row in
      guard case .word(let word) = key.value else { return nil }
      let items = ItemsSyntax.attribute(
        Written(name, by.place), [Written(word, key.place)])
      let selector = self.selector(rule.items.map { .all([$0, items]) } ?? items)
      rowNames[selector] = "\(name) \(word)"
      switch row {
      case .value(let value): return LinesOfRow(selector: selector, value: .one(value))
      case .rows(let inner):
        return LinesOfRow(
          selector: selector,
          value: .table(TableSyntax(by: Array(table.by.dropFirst()), rows: inner)))
      }
    }
  }

  /// A factor less one, in millionths.
  private static func extra(_ factor: ExactDecimal) -> Int64 {
    (factor.rounded(places: 6, .down) ?? 1_000_000) - 1_000_000
  }

  private mutating func add(_ rate: RateSyntax, _ decimals: Int) -> Int32 {
    let amount = rate.amount.reduced
    var units = amount.units
    var scale = amount.places - decimals
    if scale < 0 {
      units *= ExactDecimal.powers[-scale]
      scale = 0
    }
    let basis: Rate.Basis
    var per: Int64 = 1
    var unit = Symbol.none
    var plural = Symbol.none
    var attribute: Int32 = -1
    switch rate.basis {
    case .once: basis = .once
    case .money(let money):
      basis = .money
      per = money.minor
    case .quantity(let quantity, let name):
      basis = .quantity
      per = quantity.rounded(places: Quantity.places, .down) ?? Quantity.scale
      unit = name.map { registry.symbol($0) } ?? .none
      plural = name.map { registry.symbol($0 + "s") } ?? .none
    case .attribute(let quantity, let name):
      basis = .attribute
      per = quantity.rounded(places: Quantity.places, .down) ?? Quantity.scale
      program.texts.append([name])
      attribute = Int32(program.texts.count - 1)
    // An event's money is read in millionths of its unit, as its numbers are.
    case .eventMoney(let money, let name):
      basis = .attribute
      per = money.minor * ExactDecimal.powers[max(0, Quantity.places - program.money.decimals)]
      program.texts.append([name])
      attribute = Int32(program.texts.count - 1)
    }
    program.rates.append(
      Rate(
        basis: basis, amount: units, scale: scale, per: max(per, 1), isProRata: rate.proRata,
        unit: unit, units: plural, attribute: attribute))
    return Int32(program.rates.count - 1)
  }

  private mutating func add<Value>(
    _ table: TableSyntax<Value>, _ value: (inout Compiler, Value) -> Int64
  ) -> Int32 {
    var keys: [TableSyntax<RateSyntax>.Key] = []
    for key in table.by {
      let compiled: TableSyntax<RateSyntax>.Key =
        switch key.value {
        case .spend: .spend
        case .slice: .slice
        case .tier: .tier
        case .segment: .attribute(segmentWords(words(of: table.rows)))
        case .attribute(let name): .attribute(name)
        case .item(let name): .item(name)
        }
      keys.append(compiled)
    }
    // An amount of money is in minor units, any other number in millionths.
    let places = keys.map { $0 == .spend || $0 == .slice ? program.money.decimals : 6 }
    for key in keys { if case .attribute(let name) = key { askMembers(name, table.rows) } }
    let root = rows(table.rows, places[...], value)
    program.rateTables.append(RateTable(by: keys, places: places, root: root))
    return Int32(program.rateTables.count - 1)
  }

  /// The words of a table's first key, in their order.
  private func words<Value>(
    of rows: [(key: Written<TableSyntax<Value>.RowKey>, row: TableSyntax<Value>.Row)]
  ) -> [String] {
    rows.compactMap { row in
      if case .word(let word) = row.key.value { return word }
      return nil
    }
  }

  /// A member's attribute is looked up once for all tables, and kept among the facts.
  private mutating func askMembers<Value>(
    _ name: String,
    _ rows: [(key: Written<TableSyntax<Value>.RowKey>, row: TableSyntax<Value>.Row)]
  ) {
    guard syntax.attributes.member.contains(where: { $0.value == name }) else { return }
    program.needsMember = true
    var place = program.memberWords.firstIndex { $0.name == name }
    if place == nil {
      place = program.memberWords.count
      program.memberWords.append(
        MemberWords(name: name, words: [], fact: counter("\(name) of the member")))
    }
    guard let place else { return }
    for (key, row) in rows {
      if case .word(let word) = key.value, !program.memberWords[place].words.contains(word) {
        program.memberWords[place].words.append(word)
      }
      if case .rows(let inner) = row { askMembers(name, inner) }
    }
  }

  private mutating func rows<Value>(
    _ rows: [(key: Written<TableSyntax<Value>.RowKey>, row: TableSyntax<Value>.Row)],
    _ places: ArraySlice<Int>, _ value: (inout Compiler, Value) -> Int64
  ) -> RateTable.Row {
    var words: [(String, RateTable.Row)] = []
    var steps: [(Int64, RateTable.Row)] = []
    for (key, row) in rows {
      let inner: RateTable.Row
      switch row {
      case .value(let leaf): inner = .value(value(&self, leaf))
      case .rows(let more): inner = self.rows(more, places.dropFirst(), value)
      }
      switch key.value {
      case .word(let word): words.append((word, inner))
      case .from(let number):
        steps.append((number.rounded(places: places.first ?? 6, .up) ?? .max, inner))
      }
    }
    if !words.isEmpty { return .words(words.map { (word: $0.0, row: $0.1) }) }
    return .steps(steps.sorted { $0.0 < $1.0 }.map { (from: $0.0, row: $0.1) })
  }
}
