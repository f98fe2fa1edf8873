import Loyalty

extension Compiler {
  mutating func add(_ earn: EarnSyntax, rule: Int) -> Earn? {
    guard let currency = currencyPlaces[earn.currency.value] else { return nil }
    let decimals = program.currencies[currency].decimals
    var rate: Int32 = -1
    var table: Int32 = -1
    switch earn.rate.value {
    case .one(let one): rate = add(one, decimals)
    case .table(let syntax): table = add(syntax) { Int64($0.add($1, decimals)) }
    }
    let least = earn.least?.rounded(places: decimals, .down) ?? 0
    return Earn(rule: rule, currency: currency, rate: rate, table: table, least: least)
  }

  mutating func add(_ multiply: MultiplySyntax, rule: Int) -> Multiply? {
    guard let currency = currencyPlaces[multiply.currency.value] else { return nil }
    switch multiply.factor.value {
    case .one(let factor):
      return Multiply(rule: rule, currency: currency, extra: Self.extra(factor), table: -1)
    case .table(let syntax):
      let table = add(syntax) { _, factor in Self.extra(factor) }
      return Multiply(rule: rule, currency: currency, extra: 0, table: table)
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
    case .attribute(let quantity, let name):
      basis = .attribute
      per = quantity.rounded(places: Quantity.places, .down) ?? Quantity.scale
      program.texts.append([name])
      attribute = Int32(program.texts.count - 1)
    }
    program.rates.append(
      Rate(
        basis: basis, amount: units, scale: scale, per: max(per, 1), isProRata: rate.proRata,
        unit: unit, attribute: attribute))
    return Int32(program.rates.count - 1)
  }

  private mutating func add<Value>(
    _ table: TableSyntax<Value>, _ value: (inout Compiler, Value) -> Int64
  ) -> Int32 {
    let keys = table.by.map { key -> TableSyntax<RateSyntax>.Key in
      switch key.value {
      case .spend: .spend
      case .slice: .slice
      case .tier: .tier
      case .segment: .segment
      case .attribute(let name): .attribute(name)
      }
    }
    // An amount of money is in minor units, any other number in millionths.
    let places = keys.map { $0 == .spend || $0 == .slice ? program.money.decimals : 6 }
    for key in keys { if case .attribute(let name) = key { askMembers(name, table.rows) } }
    let root = rows(table.rows, places[...], value)
    program.rateTables.append(RateTable(by: keys, places: places, root: root))
    return Int32(program.rateTables.count - 1)
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
