import Loyalty

/// What a selector found in a basket.
struct Sums: Sendable {
  /// Minor units, by the program's `counts`.
  var spend: Int64 = 0
  /// Millionths.
  var quantity: Int64 = 0
  var lines: Int32 = 0

  @inline(__always)
  mutating func add(_ share: Basket.Share) {
    spend += share.spend
    quantity += share.quantity
    lines += 1
  }
}

/// The lines of one event, put to the program's selectors: sums for each selector that found
/// something.
///
/// Its arrays are written over, event after event; how far they are true is counted beside them.
struct Basket: Sendable {
  /// What a selector found, and the head of its chain of lines.
  private struct Slot {
    var sums = Sums()
    var head: Int32 = -1
    var stamp: UInt32 = 0
    var lastLine: Int32 = -1
  }
  private struct Entry {
    var line: Int32
    var next: Int32
  }
  /// What a line counts for; a line that does not count stands here, too.
  struct Share {
    var spend: Int64
    var quantity: Int64
    var counts: Bool
  }
  var total = Sums()
  /// By selector; true only where its stamp says so.
  private var slots: [Slot]
  private var stamp: UInt32 = 0
  /// The selectors that found something, in no order that means anything.
  private(set) var touched: [Int32] = []
  private(set) var touchedCount = 0
  /// Chains of lines, one for each selector.
  private var entries: [Entry] = []
  private(set) var shares: [Share] = []
  private(set) var lineCount = 0
  private(set) var paidTotal: Int64 = 0

  init(_ program: Program) {
    slots = Array(repeating: Slot(), count: program.selectors.count)
    touched = Array(repeating: 0, count: program.selectors.count)
  }

  @inline(__always)
  func has(_ selector: Int32) -> Bool { slots[Int(selector)].stamp == stamp }

  @inline(__always)
  func sums(_ selector: Int32) -> Sums {
    if selector < 0 { return total }
    return has(selector) ? slots[Int(selector)].sums : Sums()
  }

  /// The chain of lines of a selector; follow it by `next`.
  @inline(__always)
  func first(_ selector: Int32) -> Int32 { has(selector) ? slots[Int(selector)].head : -1 }
  @inline(__always)
  func next(_ entry: Int32) -> Int32 { entries[Int(entry)].next }
  @inline(__always)
  func line(_ entry: Int32) -> Int { Int(entries[Int(entry)].line) }

  @inline(__always)
  func contains(_ line: Int, _ selector: Int32) -> Bool {
    if selector < 0 { return shares[line].counts }
    var entry = first(selector)
    while entry >= 0 {
      if self.line(entry) == line { return true }
      entry = next(entry)
    }
    return false
  }

  mutating func fill(_ event: Event, sign: Int64, _ shared: SharedProgram) {
    begin(event, shared)
    let found = Basket.fill(
      event, sign, shared, stamp, &slots, &touched, &shares, &entries)
    total = found.total
    touchedCount = found.touchedCount
    if shared.program.countedTender >= 0 { total.spend = counted(total.spend, event, shared) }
  }

  /// Puts every line to the selectors that may mean it. The lists are checked for sole ownership
  /// once, and not at each of their places.
  private static func fill(
    _ event: Event, _ sign: Int64, _ shared: SharedProgram, _ stamp: UInt32,
    _ slotList: inout [Slot], _ touchedList: inout [Int32], _ shareList: inout [Share],
    _ entries: inout [Entry]
  ) -> Found {
    let lines = event.lines.span
    var slots = slotList.mutableSpan
    var touched = touchedList.mutableSpan
    var shares = shareList.mutableSpan
    var found = Found(stamp: stamp)
    for index in lines.indices {
      found.line = Int32(truncatingIfNeeded: index)
      found.share = Share(
        spend: sign * shared.spend(lines[index]),
        quantity: sign * lines[index].quantity.millionths,
        counts: shared.program.countedItems < 0
          || shared.holds(shared.program.countedItems, lines[index], index, event))
      shares[index] = found.share
      guard found.share.counts else { continue }
      found.total.add(found.share)
      let categories = shared.program.selectorsByCategory.range(lines[index].category)
      for position in categories {
        let selector = shared.program.selectorsByCategory.item(position)
        guard shared.isMeant(selector, lines[index], index, event) else { continue }
        put(selector, &found, &slots, &touched, &entries)
      }
      let products = shared.program.selectorsByProduct.range(lines[index].product)
      for position in products {
        let selector = shared.program.selectorsByProduct.item(position)
        guard shared.isMeant(selector, lines[index], index, event) else { continue }
        put(selector, &found, &slots, &touched, &entries)
      }
      for position in shared.program.unindexedSelectors.indices {
        let selector = Int(shared.program.unindexedSelectors[position])
        guard shared.isMeant(selector, lines[index], index, event) else { continue }
        put(selector, &found, &slots, &touched, &entries)
      }
    }
    return found
  }

  private mutating func begin(_ event: Event, _ shared: SharedProgram) {
    stamp &+= 1
    if stamp == 0 {
      for place in slots.indices { slots[place].stamp = 0 }
      stamp = 1
    }
    lineCount = event.lines.count
    while shares.count < lineCount { shares.append(Share(spend: 0, quantity: 0, counts: false)) }
    paidTotal = 0
    guard !shared.program.tenderTests.isEmpty else { return }
    for index in event.tenders.indices { paidTotal += event.tenders[index].amount.minor }
  }

  /// How far a basket is filled, and the line that is put to the selectors.
  private struct Found {
    let stamp: UInt32
    var line: Int32 = 0
    var share = Share(spend: 0, quantity: 0, counts: false)
    var total = Sums()
    var touchedCount = 0
    var entryCount: Int32 = 0
  }

  @inline(__always)
  private static func put(
    _ selector: Int, _ found: inout Found, _ slots: inout MutableSpan<Slot>,
    _ touched: inout MutableSpan<Int32>, _ entries: inout [Entry]
  ) {
    if slots[selector].stamp != found.stamp {
      slots[selector].sums = Sums()
      slots[selector].head = -1
      slots[selector].stamp = found.stamp
      touched[found.touchedCount] = Int32(truncatingIfNeeded: selector)
      found.touchedCount += 1
    } else if slots[selector].lastLine == found.line {
      return  // found by its category and by its product
    }
    slots[selector].sums.add(found.share)
    let entry = Entry(line: found.line, next: slots[selector].head)
    if Int(found.entryCount) < entries.count {
      entries[Int(found.entryCount)] = entry
    } else {
      entries.append(entry)
    }
    slots[selector].head = found.entryCount
    slots[selector].lastLine = found.line
    found.entryCount += 1
  }

  /// The part of an amount that was paid with what counts (`counts: tender`).
  @inline(__always)
  func counted(_ spend: Int64, _ event: Event, _ shared: SharedProgram) -> Int64 {
    guard shared.program.countedTender >= 0 else { return spend }
    return share(spend, event, shared, tender: shared.program.countedTender, and: -1)
  }

  /// An amount prorated to tenders that pass one test, or two; towards zero.
  func share(
    _ spend: Int64, _ event: Event, _ shared: SharedProgram, tender: Int32, and other: Int32
  )
    -> Int64
  {
    guard paidTotal > 0 else {
      return shared.program.tenderTests[Int(tender)].isNegated ? spend : 0
    }
    var paid: Int64 = 0
    for part in event.tenders
    where shared.passes(part.kind, tender) && (other < 0 || shared.passes(part.kind, other)) {
      paid += part.amount.minor
    }
    if paid == paidTotal { return spend }
    return Int64(Int128(spend) * Int128(paid) / Int128(paidTotal))
  }
}

extension SharedProgram {
  /// What a line counts for, in minor units.
  @inline(__always)
  func spend(_ line: Line) -> Int64 {
    if countsTotals { return line.total.minor }
    var spend = line.total.minor
    if program.syntax.counts.price != .afterDiscounts { spend += line.manufacturerDiscount.minor }
    if program.syntax.counts.price == .beforeDiscounts {
      spend += line.storeDiscount.minor + line.loyaltyDiscount.minor
    }
    if program.syntax.counts.taxIncluded { spend += line.tax.minor }
    return spend
  }

  /// Whether a line that an index found for a selector is meant by it.
  @inline(__always)
  func isMeant(_ selector: Int, _ line: Line, _ index: Int, _ event: Event) -> Bool {
    program.selectors[selector].isSure
      || holds(program.selectors[selector].root, line, index, event)
  }

  func passes(_ kind: Symbol, _ test: Int32) -> Bool {
    let test = program.tenderTests[Int(test)]
    return program.symbolSets[test.set].contains(kind) != test.isNegated
  }

  /// Whether a line is meant by a choice of items.
  func holds(_ node: Int32, _ line: Line, _ index: Int, _ event: Event) -> Bool {
    switch program.itemNodes[Int(node)] {
    case .category(let set): return program.symbolSets[set].contains(line.category)
    case .product(let set): return program.symbolSets[set].contains(line.product)
    case .not(let child): return !holds(child, line, index, event)
    case .all(let range):
      for place in range where !holds(program.itemChildren[place], line, index, event) {
        return false
      }
      return true
    case .any(let range):
      for place in range where holds(program.itemChildren[place], line, index, event) {
        return true
      }
      return false
    case .attribute(let test):
      for attribute in event.lineAttributes
      where attribute.line == Int32(index)
        && attribute.attribute.name == program.attributeTests[test].name
      {
        return program.attributeTests[test].passes(attribute.attribute.value)
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
    return values.contains { AttributeTest.matches(value, $0) }
  }

  static func matches(_ value: Attribute.Value, _ word: String) -> Bool {
    switch value {
    case .text(let text): text == word
    case .number(let number): ExactDecimal(word)?.reduced == number.reduced
    case .boolean(let yes): word == (yes ? "yes" : "no") || word == "\(yes)"
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
