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
///
/// Its arrays are written over, event after event; how far they are true is counted beside them.
struct Basket: Sendable {
  /// What a selector found, and the head of its chain of lines.
  private struct Slot {
    var sums = Sums()
    var head: Int32 = -1
    var stamp: UInt32 = 0
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
  private var entryCount: Int32 = 0
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
    stamp &+= 1
    if stamp == 0 {
      for place in slots.indices { slots[place].stamp = 0 }
      stamp = 1
    }
    total = Sums()
    touchedCount = 0
    entryCount = 0
    lineCount = event.lines.count
    while shares.count < lineCount { shares.append(Share(spend: 0, quantity: 0, counts: false)) }
    paidTotal = 0
    for index in event.tenders.indices { paidTotal += event.tenders[index].amount.minor }
    for index in event.lines.indices { add(index, event, sign, shared) }
    if shared.program.countedTender >= 0 { total.spend = counted(total.spend, event, shared) }
  }

  @inline(__always)
  private mutating func add(_ index: Int, _ event: Event, _ sign: Int64, _ shared: SharedProgram) {
    let line = event.lines[index]
    let isCounted =
      shared.program.countedItems < 0
      || shared.holds(shared.program.countedItems, line, index, event)
    let share = Share(
      spend: sign * shared.spend(line), quantity: sign * line.quantity.millionths,
      counts: isCounted)
    shares[index] = share
    guard isCounted else { return }
    total.spend += share.spend
    total.quantity += share.quantity
    total.lines += 1
    for position in shared.program.selectorsByCategory.range(line.category) {
      put(shared.program.selectorsByCategory.item(position), index, share, event, shared)
    }
    for position in shared.program.selectorsByProduct.range(line.product) {
      put(shared.program.selectorsByProduct.item(position), index, share, event, shared)
    }
    for position in shared.program.unindexedSelectors.indices {
      put(Int(shared.program.unindexedSelectors[position]), index, share, event, shared)
    }
  }

  @inline(__always)
  private mutating func put(
    _ selector: Int, _ index: Int, _ share: Share, _ event: Event, _ shared: SharedProgram
  ) {
    let wanted = shared.program.selectors[selector]
    if !wanted.isSure, !shared.holds(wanted.root, event.lines[index], index, event) { return }
    var slot = slots[selector]
    if slot.stamp != stamp {
      slot = Slot(stamp: stamp)
      touched[touchedCount] = Int32(selector)
      touchedCount += 1
    } else if slot.head >= 0, entries[Int(slot.head)].line == Int32(index) {
      return  // found by its category and by its product
    }
    slot.sums.spend += share.spend
    slot.sums.quantity += share.quantity
    slot.sums.lines += 1
    let entry = Entry(line: Int32(index), next: slot.head)
    if Int(entryCount) < entries.count {
      entries[Int(entryCount)] = entry
    } else {
      entries.append(entry)
    }
    slot.head = entryCount
    entryCount += 1
    slots[selector] = slot
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
  @inline(__always)
  func spend(_ line: Line) -> Int64 {
    var spend = line.total.minor
    switch program.syntax.counts.price {
    case .afterDiscounts: break
    case .afterStoreDiscounts: spend += line.manufacturerDiscount.minor
    case .beforeDiscounts:
      spend +=
        line.manufacturerDiscount.minor + line.storeDiscount.minor + line.loyaltyDiscount.minor
    }
    if program.syntax.counts.taxIncluded { spend += line.tax.minor }
    return spend
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
