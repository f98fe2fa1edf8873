import Loyalty

extension Compiler {
  /// Several goals side by side must all hold.
  mutating func condition(_ syntax: ConditionSyntax, _ rule: RuleSyntax?) -> Int32 {
    switch syntax {
    case .all(let parts): return append(.all(list(parts, rule)))
    case .any(let parts): return append(.any(list(parts, rule)))
    case .not(let part): return append(.not(condition(part, rule)))
    case .named(let name):
      return conditions[name.value].map { condition($0, rule) } ?? append(.any(0..<0))
    case .dates(let ranges, _): return append(.dates(add(ranges)))
    case .weekdays(let mask, _): return append(.weekdays(mask))
    case .daysOfMonth(let days, _):
      return append(.daysOfMonth(days.reduce(0) { $0 | (1 << UInt32($1)) }))
    case .hours(let ranges, _):
      let start = program.hourRanges.count
      program.hourRanges += ranges.map { (Int32($0.from), Int32($0.to)) }
      return append(.hours(start..<program.hourRanges.count))
    case .holidays(let names):
      return append(.dates(add(names.flatMap { holidays[$0.value] ?? [] })))
    default: return placeOrMember(syntax, rule)
    }
  }

  private mutating func placeOrMember(_ syntax: ConditionSyntax, _ rule: RuleSyntax?) -> Int32 {
    switch syntax {
    case .stores(let names): return append(.store(set: symbolSet(names)))
    case .regions(let names): return append(.region(set: symbolSet(names)))
    case .channels(let names): return append(.channel(set: symbolSet(names)))
    case .partners(let names):
      return append(.attribute(test: attributeTest("partner", .values(names))))
    case .tier(let test):
      askLadders(test)
      return append(.tier(mask(test)))
    case .birthday(let window, _):
      program.needsMember = true
      return append(.birthday(window))
    case .joined(let window, _):
      program.needsMember = true
      return append(.joined(window))
    case .segments(let names):
      let nodes = names.compactMap { name -> Int32? in
        guard let place = segmentPlaces[name.value] else { return nil }
        return append(
          .segment(program.segments[place].id, fact: counter("segment \(name.value)")))
      }
      return nodes.count == 1 ? nodes[0] : append(.any(children(nodes)))
    case .tenure(let span, _):
      program.needsMember = true
      return append(.tenure(span))
    case .age(let range, _):
      program.needsMember = true
      return append(.age(scaled(range, places: 0)))
    case .consent(let names, _):
      program.needsMember = true
      program.texts.append(names.map(\.value))
      let asked = names.map(\.value).sorted().joined(separator: " or ")
      return append(
        .consent(
          texts: program.texts.count - 1, fact: counter("the member agreed to \(asked)")))
    case .attribute(let name, let test):
      return append(.attribute(test: attributeTest(name.value, test)))
    case .balance(let name, let range):
      guard let place = currencyPlaces[name.value] else { return append(.any(0..<0)) }
      let currency = program.currencies[place]
      return append(
        .balance(
          currency.id, scaled(range, places: currency.decimals),
          fact: counter("balance of \(name.value)")))
    default: return purchase(syntax, rule)
    }
  }

  private mutating func purchase(_ syntax: ConditionSyntax, _ rule: RuleSyntax?) -> Int32 {
    switch syntax {
    case .coupons(let names):
      program.texts.append(names.map(\.value))
      return append(.coupons(texts: program.texts.count - 1))
    case .taken(let key):
      return append(.taken(coupon: couponPlaces[key] ?? 0))
    case .redeemed(let key):
      program.texts.append([key])
      return append(.redeemed(texts: program.texts.count - 1))
    case .tender(let tender, _): return append(.tender(test: Int(add(tender))))
    case .basket(let goals):
      return all(goals.map { goal in append(.basket(goal: add(goal, rule))) })
    case .history(let goals):
      return all(goals.map { goal in append(.history(goal: add(goal, rule))) })
    case .reach(let goal): return append(.reach(goal: add(goal, rule)))
    // Lists from elsewhere are refused by the checker until they are built.
    default: return append(.any(0..<0))
    }
  }

  /// A tier beside the main ladder is noted among the facts where a condition asks for it.
  mutating func askLadders(_ test: TierTestSyntax) {
    for name in test.names {
      guard let place = tierPlaces[name.value], tierLadders[place] > 0 else { continue }
      let ladder = tierLadders[place]
      guard !program.askedLadders.contains(where: { $0.ladder == ladder }) else { continue }
      program.askedLadders.append(
        (ladder, counter("tier of the ladder \(syntax.tiers[place].ladder?.value ?? "")")))
    }
  }

  func mask(_ test: TierTestSyntax) -> UInt64 {
    var mask: UInt64 = 0
    for name in test.names {
      guard let place = tierPlaces[name.value] else { continue }
      let ladder = tierLadders[place]
      for other in tierLadders.indices where tierLadders[other] == ladder {
        switch test.form {
        case .exactly where other == place: mask |= 1 << UInt64(other)
        case .orAbove where other >= place: mask |= 1 << UInt64(other)
        case .orBelow where other <= place: mask |= 1 << UInt64(other)
        default: break
        }
      }
    }
    return mask
  }

  private mutating func append(_ node: ConditionNode) -> Int32 {
    program.conditionNodes.append(node)
    return Int32(program.conditionNodes.count - 1)
  }

  private mutating func list(_ parts: [ConditionSyntax], _ rule: RuleSyntax?) -> Range<Int> {
    children(parts.map { condition($0, rule) })
  }

  mutating func all(_ nodes: [Int32]) -> Int32 {
    nodes.count == 1 ? nodes[0] : append(.all(children(nodes)))
  }

  private mutating func children(_ nodes: [Int32]) -> Range<Int> {
    program.conditionChildren += nodes
    return program.conditionChildren.count - nodes.count..<program.conditionChildren.count
  }

  private mutating func add(_ ranges: [DateRangeSyntax]) -> Range<Int> {
    program.dateRanges += ranges
    return program.dateRanges.count - ranges.count..<program.dateRanges.count
  }
}
