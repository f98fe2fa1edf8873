import Loyalty

/// What a selector found in a basket.
struct Sums: Sendable {
  /// Minor units, by the program's `counts`.
  var spend: Int64 = 0
  /// Millionths.
  var quantity: Int64 = 0
  var lines: Int32 = 0
}

/// The lines of one event, put to the program's selectors: sums for each selector that found
/// something.
struct Basket: Sendable {
  var total = Sums()
  /// By selector; true only where `stamps` says so.
  private(set) var sums: [Sums]
  private var stamps: [UInt32]
  private var heads: [Int32]
  private var stamp: UInt32 = 0
  /// The selectors that found something, in no order that means anything.
  private(set) var touched: [Int32] = []
  /// Chains of lines, one for each selector.
  private var entryLines: [Int32] = []
  private var entryNexts: [Int32] = []
  /// By line: what it counts for; lines that do not count have none.
  private(set) var spends: [Int64] = []
  private(set) var quantities: [Int64] = []
  private(set) var counts: [Bool] = []
  private(set) var paidTotal: Int64 = 0

  init(_ program: Program) {
    let count = program.selectors.count
    sums = Array(repeating: Sums(), count: count)
    stamps = Array(repeating: 0, count: count)
    heads = Array(repeating: -1, count: count)
  }

  @inline(__always)
  func has(_ selector: Int32) -> Bool { stamps[Int(selector)] == stamp }

  @inline(__always)
  func sums(_ selector: Int32) -> Sums {
    if selector < 0 { return total }
    return has(selector) ? sums[Int(selector)] : Sums()
  }

  /// The chain of lines of a selector; follow it by `next`.
  @inline(__always)
  func first(_ selector: Int32) -> Int32 { has(selector) ? heads[Int(selector)] : -1 }
  @inline(__always)
  func next(_ entry: Int32) -> Int32 { entryNexts[Int(entry)] }
  @inline(__always)
  func line(_ entry: Int32) -> Int { Int(entryLines[Int(entry)]) }

  func contains(_ line: Int, _ selector: Int32) -> Bool {
    if selector < 0 { return counts[line] }
    var entry = first(selector)
    while entry >= 0 {
      if self.line(entry) == line { return true }
      entry = next(entry)
    }
    return false
  }

  mutating func fill(_ event: Event, sign: Int64, _ program: Program) {
    stamp &+= 1
    if stamp == 0 {
      stamps = Array(repeating: 0, count: stamps.count)
      stamp = 1
    }
    total = Sums()
    touched.removeAll(keepingCapacity: true)
    entryLines.removeAll(keepingCapacity: true)
    entryNexts.removeAll(keepingCapacity: true)
    spends.removeAll(keepingCapacity: true)
    quantities.removeAll(keepingCapacity: true)
    counts.removeAll(keepingCapacity: true)
    paidTotal = 0
    for tender in event.tenders { paidTotal += tender.amount.minor }
    for index in event.lines.indices { add(index, event, sign, program) }
    if program.countedTender >= 0 { total.spend = counted(total.spend, event, program) }
  }

  @inline(__always)
  private mutating func add(_ index: Int, _ event: Event, _ sign: Int64, _ program: Program) {
    let line = event.lines[index]
    let isCounted =
      program.countedItems < 0
      || program.holds(program.countedItems, line, index, event)
    let spend = sign * program.spend(line)
    let quantity = sign * line.quantity.millionths
    spends.append(spend)
    quantities.append(quantity)
    counts.append(isCounted)
    guard isCounted else { return }
    total.spend += spend
    total.quantity += quantity
    total.lines += 1
    let byCategory = program.selectorsByCategory.range(line.category)
    for position in byCategory {
      put(program.selectorsByCategory.item(position), index, spend, quantity, event, program)
    }
    let byProduct = program.selectorsByProduct.range(line.product)
    for position in byProduct {
      put(program.selectorsByProduct.item(position), index, spend, quantity, event, program)
    }
    for selector in program.unindexedSelectors {
      put(Int(selector), index, spend, quantity, event, program)
    }
  }

  @inline(__always)
  private mutating func put(
    _ selector: Int, _ index: Int, _ spend: Int64, _ quantity: Int64, _ event: Event,
    _ program: Program
  ) {
    let wanted = program.selectors[selector]
    if !wanted.isSure, !program.holds(wanted.root, event.lines[index], index, event) { return }
    if stamps[selector] != stamp {
      stamps[selector] = stamp
      sums[selector] = Sums()
      heads[selector] = -1
      touched.append(Int32(selector))
    } else if heads[selector] >= 0, entryLines[Int(heads[selector])] == Int32(index) {
      return  // found by its category and by its product
    }
    sums[selector].spend += spend
    sums[selector].quantity += quantity
    sums[selector].lines += 1
    entryLines.append(Int32(index))
    entryNexts.append(heads[selector])
    heads[selector] = Int32(entryLines.count - 1)
  }

  /// The part of an amount that was paid with what counts (`counts: tender`).
  func counted(_ spend: Int64, _ event: Event, _ program: Program) -> Int64 {
    guard program.countedTender >= 0 else { return spend }
    return share(spend, event, program, tender: program.countedTender, and: -1)
  }

  /// An amount prorated to tenders that pass one test, or two; towards zero.
  func share(_ spend: Int64, _ event: Event, _ program: Program, tender: Int32, and other: Int32)
    -> Int64
  {
    guard paidTotal > 0 else {
      return program.tenderTests[Int(tender)].isNegated ? spend : 0
    }
    var paid: Int64 = 0
    for part in event.tenders
    where program.passes(part.kind, tender) && (other < 0 || program.passes(part.kind, other)) {
      paid += part.amount.minor
    }
    if paid == paidTotal { return spend }
    return Int64(Int128(spend) * Int128(paid) / Int128(paidTotal))
  }
}

extension Program {
  @inline(__always)
  func spend(_ line: Line) -> Int64 {
    var spend = line.total.minor
    switch syntax.counts.price {
    case .afterDiscounts: break
    case .afterStoreDiscounts: spend += line.manufacturerDiscount.minor
    case .beforeDiscounts:
      spend +=
        line.manufacturerDiscount.minor + line.storeDiscount.minor + line.loyaltyDiscount.minor
    }
    if syntax.counts.taxIncluded { spend += line.tax.minor }
    return spend
  }

  func passes(_ kind: Symbol, _ test: Int32) -> Bool {
    let test = tenderTests[Int(test)]
    return symbolSets[test.set].contains(kind) != test.isNegated
  }

  /// Whether a line is meant by a choice of items.
  func holds(_ node: Int32, _ line: Line, _ index: Int, _ event: Event) -> Bool {
    switch itemNodes[Int(node)] {
    case .category(let set): return symbolSets[set].contains(line.category)
    case .product(let set): return symbolSets[set].contains(line.product)
    case .not(let child): return !holds(child, line, index, event)
    case .all(let range):
      for place in range where !holds(itemChildren[place], line, index, event) { return false }
      return true
    case .any(let range):
      for place in range where holds(itemChildren[place], line, index, event) { return true }
      return false
    case .attribute(let test):
      for attribute in event.lineAttributes
      where attribute.line == Int32(index) && attribute.attribute.name == attributeTests[test].name
      {
        return attributeTests[test].passes(attribute.attribute.value)
      }
      return false
    case .discounted(let wanted):
      let given =
        line.storeDiscount.minor + line.manufacturerDiscount.minor + line.loyaltyDiscount.minor
      return (given > 0) == wanted
    }
  }
}

extension AttributeTest {
  func passes(_ value: Attribute.Value) -> Bool {
    if let range {
      guard case .number(let number) = value,
        let scaled = number.rounded(places: Quantity.places, .down)
      else { return false }
      return range.contains(scaled)
    }
    switch value {
    case .text(let text): return values.contains(text)
    case .number(let number): return values.contains { ExactDecimal($0)?.reduced == number.reduced }
    case .boolean(let yes): return values.contains { $0 == (yes ? "yes" : "no") || $0 == "\(yes)" }
    }
  }
}

extension Event {
  /// An attribute's number in millionths.
  func number(_ name: String) -> Int64? {
    guard let value = attributes.first(where: { $0.name == name })?.value,
      case .number(let number) = value
    else { return nil }
    return number.rounded(places: Quantity.places, .down)
  }
}
