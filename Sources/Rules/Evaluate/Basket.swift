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
  /// What a selector found, and which of the first lines it means, a bit for each.
  private struct Slot {
    var sums = Sums()
    var stamp: UInt32 = 0
    var lines: UInt64 = 0
  }
  /// What a line counts for; a line that does not count stands here, too.
  struct Share {
    var spend: Int64
    var quantity: Int64
    var counts: Bool
  }
  /// Of all lines that count; its spend is the part that was paid with what counts.
  var total = Sums()
  /// The spend of all lines that count, whatever they were paid with.
  private(set) var wholeSpend: Int64 = 0
  /// By selector; true only where its stamp says so.
  private var slots: [Slot]
  private var stamp: UInt32 = 0
  /// The selectors that found something, in no order that means anything.
  private(set) var touched: [Int32] = []
  private(set) var touchedCount = 0
  private(set) var shares: [Share] = []
  private(set) var lineCount = 0
  private(set) var paidTotal: Int64 = 0

  /// How the selectors of a line are found.
  private struct Index: Sendable {
    let categories: SymbolIndex
    let products: SymbolIndex
    /// Those that no index can find.
    let unindexed: [Int32]
  }
  private let index: Index

  init(_ program: Program) {
    index = Index(
      categories: program.selectorsByCategory, products: program.selectorsByProduct,
      unindexed: program.unindexedSelectors)
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

  /// What lines of a selector come to, whatever they were paid with.
  @inline(__always)
  func spend(of selector: Int32) -> Int64 {
    has(selector) ? slots[Int(selector)].sums.spend : 0
  }

  /// Whether a selector means a line; lines behind the first 64 are put to it anew.
  func contains(
    _ line: Int, _ selector: Int32, _ event: Event, _ shared: SharedProgram
  ) -> Bool {
    if selector < 0 { return shares[line].counts }
    guard has(selector) else { return false }
    if line < UInt64.bitWidth { return slots[Int(selector)].lines & (1 << UInt64(line)) != 0 }
    return shares[line].counts && shared.isMeant(selector, event, line)
  }

  mutating func fill(_ event: Event, sign: Int64, _ shared: SharedProgram) {
    begin(event, shared)
    total = Basket.weigh(event, sign, shared, &shares)
    touchedCount = Basket.putByCategory(event, shared, index, shares, stamp, &slots, &touched)
    if !index.products.items.isEmpty || !index.unindexed.isEmpty {
      touchedCount = Basket.putFurther(
        event, shared, index, shares, stamp, touchedCount, &slots, &touched)
    }
    wholeSpend = total.spend
    if shared.program.countedTender >= 0 { total.spend = share(wholeSpend, event, shared) }
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

  // The lists are checked for sole ownership once, and not at each of their places; each pass is a
  // loop of its own, so that what it needs finds room in registers.

  /// Notes what each line counts for, and adds up those that count.
  private static func weigh(
    _ event: Event, _ sign: Int64, _ shared: SharedProgram, _ shareList: inout [Share]
  ) -> Sums {
    let lines = event.lines.span
    var shares = shareList.mutableSpan
    var total = Sums()
    let (countsTotals, countedItems) = (shared.countsTotals, shared.program.countedItems)
    if countsTotals, countedItems < 0 {
      for place in lines.indices {
        let share = Share(
          spend: sign * lines[place].total.minor,
          quantity: sign * lines[place].quantity.millionths, counts: true)
        shares[place] = share
        total.add(share)
      }
      return total
    }
    for place in lines.indices {
      let share = Share(
        spend: sign * (countsTotals ? lines[place].total.minor : shared.pricedSpend(event, place)),
        quantity: sign * lines[place].quantity.millionths,
        counts: countedItems < 0 || shared.holds(countedItems, event, place))
      shares[place] = share
      if share.counts { total.add(share) }
    }
    return total
  }

  /// Puts every line that counts to the selectors that ask for its category; gives how many
  /// selectors found something.
  private static func putByCategory(
    _ event: Event, _ shared: SharedProgram, _ index: borrowing Index,
    _ shareList: borrowing [Share], _ stamp: UInt32, _ slotList: inout [Slot],
    _ touchedList: inout [Int32]
  ) -> Int {
    let (lines, shares) = (event.lines.span, shareList.span)
    let (categories, items) = (index.categories.entries.span, index.categories.items.span)
    var slots = slotList.mutableSpan
    var touched = touchedList.mutableSpan
    var found = 0
    for place in lines.indices where shares[place].counts {
      for position in SymbolIndex.range(lines[place].category, categories)
      where items[position].isSure || shared.isMeant(items[position].selector, event, place) {
        put(place, shares[place], items[position].selector, stamp, &found, &slots, &touched)
      }
    }
    return found
  }

  /// Puts every line that counts to the selectors that ask for its product, and to those that no
  /// index can find; `known` have found something already.
  private static func putFurther(
    _ event: Event, _ shared: SharedProgram, _ index: borrowing Index,
    _ shareList: borrowing [Share], _ stamp: UInt32, _ known: Int, _ slotList: inout [Slot],
    _ touchedList: inout [Int32]
  ) -> Int {
    let (lines, shares) = (event.lines.span, shareList.span)
    let (products, items) = (index.products.entries.span, index.products.items.span)
    let unindexed = index.unindexed.span
    var slots = slotList.mutableSpan
    var touched = touchedList.mutableSpan
    var found = known
    for place in lines.indices where shares[place].counts {
      for position in SymbolIndex.range(lines[place].product, products)
      where items[position].isSure || shared.isMeant(items[position].selector, event, place) {
        put(place, shares[place], items[position].selector, stamp, &found, &slots, &touched)
      }
      for position in unindexed.indices where shared.isMeant(unindexed[position], event, place) {
        put(place, shares[place], unindexed[position], stamp, &found, &slots, &touched)
      }
    }
    return found
  }

  /// A selector is found by its category, by its product or by no index, so once for a line.
  @inline(__always)
  private static func put(
    _ place: Int, _ share: Share, _ selector: Int32, _ stamp: UInt32, _ found: inout Int,
    _ slots: inout MutableSpan<Slot>, _ touched: inout MutableSpan<Int32>
  ) {
    let slot = Int(selector)
    let line: UInt64 = 1 << place
    if slots[slot].stamp == stamp {
      slots[slot].sums.add(share)
      slots[slot].lines |= line
    } else {
      slots[slot] = Slot(
        sums: Sums(spend: share.spend, quantity: share.quantity, lines: 1), stamp: stamp,
        lines: line)
      touched[found] = selector
      found &+= 1
    }
  }

  /// The spend of a choice of lines: the part that was paid with what counts, and with what a
  /// rule asks for.
  @inline(__always)
  func spend(
    _ selector: Int32, _ event: Event, _ shared: SharedProgram, tender: Int32 = -1
  ) -> Int64 {
    if tender < 0, selector < 0 { return total.spend }
    let whole = selector < 0 ? wholeSpend : sums(selector).spend
    return share(whole, event, shared, tender: tender)
  }

  /// The part of an amount that was paid with what counts (`counts: tender`) and with tenders that
  /// pass one test more, or two; rounded as the program rounds money.
  @inline(__always)
  func share(
    _ spend: Int64, _ event: Event, _ shared: SharedProgram, tender: Int32 = -1,
    and other: Int32 = -1
  ) -> Int64 {
    let counted = shared.program.countedTender
    if tender < 0, other < 0, counted < 0 { return spend }
    guard let paid = paid(event, shared, (counted, tender, other)) else { return 0 }
    return prorated(spend, paid, of: paidTotal, shared)
  }

  /// The part of what counts that was paid with tenders that pass a test.
  func share(ofCounted points: Int64, _ event: Event, _ shared: SharedProgram, tender: Int32)
    -> Int64
  {
    let counted = shared.program.countedTender
    guard tender >= 0 else { return points }
    guard let paid = paid(event, shared, (counted, tender, -1)),
      let whole = self.paid(event, shared, (counted, -1, -1))
    else { return 0 }
    return prorated(points, paid, of: whole, shared)
  }

  /// What was paid with tenders that pass all tests, of which those below 0 are none. Of a bill
  /// whose tenders are not known all was paid with anything but what is left out, and nothing with
  /// what is named: nil.
  private func paid(
    _ event: Event, _ shared: SharedProgram, _ tests: (Int32, Int32, Int32)
  ) -> Int64? {
    guard paidTotal > 0 else {
      let isOpen = { (test: Int32) in
        test < 0 || shared.program.tenderTests[Int(test)].isNegated
      }
      return isOpen(tests.0) && isOpen(tests.1) && isOpen(tests.2) ? paidTotal : nil
    }
    var paid: Int64 = 0
    for part in event.tenders
    where (tests.0 < 0 || shared.passes(part.kind, tests.0))
      && (tests.1 < 0 || shared.passes(part.kind, tests.1))
      && (tests.2 < 0 || shared.passes(part.kind, tests.2))
    {
      paid += part.amount.minor
    }
    return paid
  }

  private func prorated(
    _ amount: Int64, _ paid: Int64, of whole: Int64, _ shared: SharedProgram
  ) -> Int64 {
    if paid == whole { return amount }
    if whole == 0 { return 0 }
    return Int64(shared.moneyRounding.divide(Int128(amount) * Int128(paid), by: Int128(whole)))
  }
}

extension SharedProgram {
  /// What a line counts for where that is not just its total, in minor units.
  @inline(never)
  func pricedSpend(_ event: Event, _ index: Int) -> Int64 {
    let line = event.lines[index]
    var spend = line.total.minor
    if program.syntax.counts.price != .afterDiscounts { spend += line.manufacturerDiscount.minor }
    if program.syntax.counts.price == .beforeDiscounts {
      spend += line.storeDiscount.minor + line.loyaltyDiscount.minor
    }
    if program.syntax.counts.taxIncluded { spend += line.tax.minor }
    return spend
  }

  /// Whether a line is meant by a selector.
  @inline(never)
  func isMeant(_ selector: Int32, _ event: Event, _ index: Int) -> Bool {
    holds(program.selectors[Int(selector)].root, event, index)
  }

  func passes(_ kind: Symbol, _ test: Int32) -> Bool {
    let test = program.tenderTests[Int(test)]
    return program.symbolSets[test.set].contains(kind) != test.isNegated
  }

  /// Whether a line is meant by a choice of items.
  func holds(_ node: Int32, _ event: Event, _ index: Int) -> Bool {
    switch program.itemNodes[Int(node)] {
    case .category(let set): return program.symbolSets[set].contains(event.lines[index].category)
    case .product(let set): return program.symbolSets[set].contains(event.lines[index].product)
    case .not(let child): return !holds(child, event, index)
    case .all(let range):
      for place in range where !holds(program.itemChildren[place], event, index) {
        return false
      }
      return true
    case .any(let range):
      for place in range where holds(program.itemChildren[place], event, index) {
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
    case .favourite(let place):
      guard place < event.favourites.count, event.favourites[place] != .none else { return false }
      let favourite = program.favourites[place]
      return favourite.symbol(of: event.lines[index]) == event.favourites[place]
        && (favourite.selector < 0 || isMeant(favourite.selector, event, index))
    case .discounted(let wanted):
      // What members pay less by their own program is no special offer.
      let line = event.lines[index]
      return (line.storeDiscount.minor + line.manufacturerDiscount.minor > 0) == wanted
    }
  }
}

extension AttributeTest {
  func passes(_ value: Attribute.Value) -> Bool {
    if let range {
      guard let scaled = value.decimal?.rounded(places: Quantity.places, .down) else {
        return false
      }
      return range.contains(scaled)
    }
    return values.contains { AttributeTest.matches(value, $0) }
  }

  static func matches(_ value: Attribute.Value, _ word: String) -> Bool {
    switch value {
    case .text(let text):
      text == word || (text == "true" && word == "yes") || (text == "false" && word == "no")
    case .number(let number): ExactDecimal(word)?.reduced == number.reduced
    case .boolean(let yes): word == (yes ? "yes" : "no") || word == "\(yes)"
    }
  }
}

extension Event {
  /// An attribute's number in millionths.
  func number(_ name: String) -> Int64? {
    attributes.first { $0.name == name }?.value.decimal?.rounded(places: Quantity.places, .down)
  }
}
