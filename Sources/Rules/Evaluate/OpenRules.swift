import Loyalty

/// Which rules of purchases stand open for the running event: what most rules fail by is asked of
/// each that the basket's lines lead to.
struct OpenRules: Sendable {
  private let table: GateTable
  /// What stands for each multiplier, by its place.
  private let templates: [Factor]
  /// Places of the open gates but those of multipliers, in the order in which the basket led to
  /// them; true up to `count`.
  private var open: [Int32]
  private(set) var count = 0
  /// Places of the open gates' multipliers; true up to `multiplierCount`.
  private var multipliers: [Int32]
  private var multiplierCount = 0
  private var areSorted = false

  init(_ table: GateTable, _ program: Program) {
    self.table = table
    templates = program.factors
    open = Array(repeating: 0, count: table.gates.count)
    multipliers = open
  }

  subscript(position: Int) -> RuleGate {
    @inline(__always) get { table.gates[Int(open[position])] }
  }

  /// Asks the gates of the selectors that found something, and those that need none.
  mutating func find(_ basket: borrowing Basket, _ moment: borrowing Moment) {
    let question = RuleGate.Question(
      tiers: moment.tierMask & table.tierBits, weekday: moment.weekdayBit, date: moment.date,
      spend: basket.total.spend)
    (count, multiplierCount) = OpenRules.find(
      basket.touched, basket.touchedCount, question, table, &open, &multipliers)
    areSorted = multiplierCount < 2
  }

  var hasMultipliers: Bool { multiplierCount > 0 }

  /// What stands for the open multipliers, in no order that means anything.
  var waiting: [Factor] { multipliers[..<multiplierCount].map { templates[Int($0)] } }

  mutating func forget() { (count, multiplierCount) = (0, 0) }

  /// What is left of a block when its masks are through is asked for spend and date, and no branch
  /// hangs on the answer: gates open and close by no pattern that a processor could learn.
  private static func find(
    _ touched: borrowing [Int32], _ count: Int, _ question: RuleGate.Question,
    _ table: borrowing GateTable, _ openList: inout [Int32], _ multiplierList: inout [Int32]
  ) -> (others: Int, multipliers: Int) {
    let (selectors, firstBlocks) = (touched.span, table.firstBlocks.span)
    let (starts, gates, masks) = (table.starts.span, table.gates.span, table.masks.span)
    let (stride, weekday) = (table.stride, question.weekday.trailingZeroBitCount)
    var open = openList.mutableSpan
    var multipliers = multiplierList.mutableSpan
    var found = (others: 0, multipliers: 0)
    // The last list is of the rules that need no selector.
    for position in 0...count {
      let list = position == count ? firstBlocks.count - 2 : Int(selectors[position])
      var block = Int(firstBlocks[list])
      let end = Int(firstBlocks[list + 1])
      while block < end {
        let word = block &* stride
        var gatesLeft = masks[word &+ GateTable.everyTier]
        var tiers = question.tiers
        while tiers != 0 {
          gatesLeft |= masks[word &+ GateTable.firstTier &+ tiers.trailingZeroBitCount]
          tiers &= tiers &- 1
        }
        gatesLeft &= masks[word &+ weekday]
        let start = Int(starts[block])
        while gatesLeft != 0 {
          let place = start &+ gatesLeft.trailingZeroBitCount
          gatesLeft &= gatesLeft &- 1
          let isOpen = gates[place].isOpenNow(question)
          let isMultiplier = isOpen & (gates[place].kind == .multiplier ? 1 : 0)
          multipliers[found.multipliers] = gates[place].place
          found.multipliers &+= isMultiplier
          open[found.others] = Int32(truncatingIfNeeded: place)
          found.others &+= isOpen &- isMultiplier
        }
        block &+= 1
      }
    }
    return found
  }

  /// Hands over the factors of the open multipliers, in the order of the program.
  mutating func collect(into factors: inout ReusedList<Factor>) {
    sort()
    OpenRules.collect(multipliers, multiplierCount, templates, &factors)
    multiplierCount = 0
  }

  private static func collect(
    _ places: borrowing [Int32], _ count: Int, _ templates: borrowing [Factor],
    _ factors: inout ReusedList<Factor>
  ) {
    factors.append(places.span.extracting(0..<count), of: templates.span)
  }

  /// Adds the parts of the open multipliers, each on what one plain rate gave; false, and nothing
  /// is added, where one does not just add to that, or comes to more than can be counted.
  mutating func addPlainly(
    _ base: BasePart, _ basket: borrowing Basket, _ currency: CurrencyID, _ rounding: Rounding,
    _ parts: inout ReusedList<Part>
  ) -> Bool {
    sort()
    return OpenRules.addPlainly(
      multipliers, multiplierCount, templates, base, basket, currency, rounding, &parts)
  }

  private static func addPlainly(
    _ placeList: borrowing [Int32], _ count: Int, _ templateList: borrowing [Factor],
    _ base: BasePart, _ basket: borrowing Basket, _ currency: CurrencyID, _ rounding: Rounding,
    _ parts: inout ReusedList<Part>
  ) -> Bool {
    let (places, templates) = (placeList.span, templateList.span)
    let group = templates[Int(places[0])].group
    let filler = Part(
      rule: 0, currency: currency, amount: 0, basis: 0, effect: 0, due: base.due,
      expires: base.expires)
    return parts.append(atMost: count, filler) { parts, first in
      var end = first
      for position in 0..<count {
        let place = Int(places[position])
        let selector = templates[place].selector
        let (points, isTooMuch) =
          selector < 0
          ? (base.amount, false)
          : (basket.spend(of: selector) / base.per).multipliedReportingOverflow(by: base.gives)
        let (product, overflow) = points.multipliedReportingOverflow(by: templates[place].extra)
        let amount = rounding.divide(product, by: 1_000_000)
        guard templates[place].addsPlainly, templates[place].group == group,
          templates[place].currency == base.currency, !isTooMuch, !overflow,
          amount.magnitude <= UInt64(Rater.mostPoints)
        else { return nil }
        guard amount != 0 else { continue }
        parts[end] = Part(
          rule: templates[place].id, currency: currency, amount: amount, basis: points,
          effect: -1 - templates[place].multiply, due: base.due, expires: base.expires)
        end &+= 1
      }
      return end
    }
  }

  private mutating func sort() {
    if !areSorted { OpenRules.sort(&multipliers, multiplierCount) }
    areSorted = true
  }

  /// By insertion: few stand open.
  private static func sort(_ list: inout [Int32], _ count: Int) {
    var list = list.mutableSpan
    for end in 1..<count {
      let element = list[end]
      var place = end
      while place > 0, list[place - 1] > element {
        list[place] = list[place - 1]
        place -= 1
      }
      list[place] = element
    }
  }
}
