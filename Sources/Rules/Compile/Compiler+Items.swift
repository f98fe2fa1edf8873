import Loyalty

extension Compiler {
  /// The selector of a choice of items; the same choice is one selector.
  mutating func selector(_ items: ItemsSyntax?) -> Int32 {
    guard let items = items?.withoutCheapest else { return -1 }
    let key = CanonicalText.text(items, sets)
    if let known = selectorPlaces[key] { return known }
    let root = itemNode(items)
    let place = Int32(program.selectors.count)
    program.selectors.append(Selector(root: root))
    selectorPlaces[key] = place
    return place
  }

  mutating func itemNode(_ items: ItemsSyntax) -> Int32 {
    switch items {
    case .all(let parts): append(.all(itemList(parts)))
    case .any(let parts): append(.any(itemList(parts)))
    case .not(let part): append(.not(itemNode(part)))
    case .set(let name):
      // The checker refuses unknown names and circles.
      sets[name.value].map { itemNode($0) } ?? append(.any(0..<0))
    case .categories(let names): append(.category(set: symbolSet(names)))
    case .skus(let names): append(.product(set: symbolSet(names)))
    case .attribute(let name, let values):
      append(.attribute(test: attributeTest(name.value, .values(values))))
    case .discounted(let yes, _): append(.discounted(yes))
    case .favourite(let kind, let of, _): append(.favourite(favourite(kind, of)))
    // Which units are meant is asked when a benefit is reckoned.
    case .cheapest: append(.all(0..<0))
    }
  }

  private mutating func favourite(_ kind: FavouriteKind, _ of: ItemsSyntax?) -> Int {
    let among = of.map { CanonicalText.text($0, sets) } ?? "all"
    let key = "quantity by \(kind.rawValue) of \(among) (\(countedTerms))"
    let id = counter(key)
    if let known = program.favourites.firstIndex(where: { $0.id == id }) { return known }
    program.favourites.append(
      Favourite(
        id: id, kind: kind, selector: selector(of), fact: counter("favourite by " + key)))
    return program.favourites.count - 1
  }

  mutating func attributeTest(_ name: String, _ test: AttributeTestSyntax) -> Int {
    var values: [String] = []
    var range: ScaledRange?
    switch test {
    case .values(let written): values = written.map(\.value)
    case .range(let written): range = scaled(written, places: Quantity.places)
    }
    program.attributeTests.append(
      AttributeTest(
        name: name, memberFact: memberFact(name, values, range), values: values, range: range))
    return program.attributeTests.count - 1
  }

  private mutating func memberFact(
    _ name: String, _ values: [String], _ range: ScaledRange?
  ) -> CounterID {
    guard syntax.attributes.member.contains(where: { $0.value == name }) else { return 0 }
    program.needsMember = true
    let asked = range.map { "\($0.least) to \($0.most)" } ?? values.joined(separator: " or ")
    return counter("\(name) of the member is \(asked)")
  }

  private mutating func append(_ node: ItemNode) -> Int32 {
    program.itemNodes.append(node)
    return Int32(program.itemNodes.count - 1)
  }

  private mutating func itemList(_ parts: [ItemsSyntax]) -> Range<Int> {
    let children = parts.map { itemNode($0) }
    program.itemChildren += children
    return program.itemChildren.count - children.count..<program.itemChildren.count
  }

  /// By which symbols a choice can be found, and whether nothing is left to ask then.
  private func anchor(of node: Int32) -> (anchor: Anchor?, isSure: Bool) {
    switch program.itemNodes[Int(node)] {
    case .category(let set): return (.category(set), true)
    case .product(let set): return (.product(set), true)
    case .all(let range):
      for child in program.itemChildren[range] {
        let (found, isSure) = anchor(of: child)
        if let found { return (found, isSure && range.count == 1) }
      }
      return (nil, false)
    default: return (nil, false)
    }
  }

  private enum Anchor {
    case category(Int)
    case product(Int)
  }

  mutating func indexSelectors() {
    var byCategory: [Symbol: [SymbolIndex.Item]] = [:]
    var byProduct: [Symbol: [SymbolIndex.Item]] = [:]
    for (place, selector) in program.selectors.enumerated() {
      let (anchor, isSure) = anchor(of: selector.root)
      let item = SymbolIndex.Item(selector: Int32(place), isSure: isSure)
      switch anchor {
      case .category(let set):
        for symbol in program.symbolSets[set].symbols {
          byCategory[symbol, default: []].append(item)
        }
      case .product(let set):
        for symbol in program.symbolSets[set].symbols {
          byProduct[symbol, default: []].append(item)
        }
      case nil: program.unindexedSelectors.append(Int32(place))
      }
    }
    program.selectorsByCategory = SymbolIndex(byCategory)
    program.selectorsByProduct = SymbolIndex(byProduct)
    var bySelector: [[RuleGate]] = Array(repeating: [], count: program.selectors.count + 1)
    var benefits = bySelector
    for (place, rule) in program.rules.enumerated() {
      let gate = RuleGate(rule, place, program)
      if case .calendar(let trigger) = syntax.rules[place].trigger {
        program.calendar.append(CalendarRule(trigger: trigger, gate: gate))
      } else if rule.asksEarned {
        program.earnedMarks.append(gate)
      } else if rule.isLate {
        program.lateRules.append(gate)
      } else if !rule.isPurchase {
        program.rulesByEvent[rule.trigger, default: []].append(gate)
      } else {
        let list = rule.anchor >= 0 ? Int(rule.anchor) : program.selectors.count
        if rule.benefit >= 0 { benefits[list].append(gate) }
        if rule.benefit < 0 || rule.hasOtherEffects { bySelector[list].append(gate) }
      }
    }
    program.mostChained = program.longestChain()
    program.gates = GateTable(bySelector)
    program.benefitGates = GateTable(benefits)
  }
}

extension SymbolTable {
  /// All its symbols, in no order that means anything.
  var symbols: [Symbol] { allKeys.filter { $0 != 0 }.map { Symbol(id: $0) } }
}
