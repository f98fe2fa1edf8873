import Loyalty

/// Which rules of purchases stand open for the running event: what most rules fail by is asked of
/// each that the basket's lines lead to.
struct OpenRules: Sendable {
  /// By the selector without which its rules cannot match; behind the last one's, those of none.
  private let gates: FlatLists<RuleGate>
  /// What stands for each multiplier, by its place.
  private let templates: [Factor]
  /// Places of the open gates but those of multipliers, in the order in which the basket led to
  /// them; true up to `count`.
  private var open: [Int32]
  private(set) var count = 0
  /// Places of the open gates' multipliers; true up to `multiplierCount`.
  private var multipliers: [Int32]
  private var multiplierCount = 0

  init(_ gates: FlatLists<RuleGate>, _ program: Program) {
    self.gates = gates
    templates = program.factors
    open = Array(repeating: 0, count: gates.items.count)
    multipliers = open
  }

  subscript(position: Int) -> RuleGate {
    @inline(__always) get { gates.items[Int(open[position])] }
  }

  /// Asks the gates of the selectors that found something, and those that need none.
  mutating func find(_ basket: borrowing Basket, _ moment: borrowing Moment) {
    let question = RuleGate.Question(
      tiers: moment.tierMask, weekday: moment.weekdayBit, date: moment.date,
      spend: basket.total.spend)
    let found = OpenRules.find(basket.touched, basket.touchedCount, question, gates, &open)
    (count, multiplierCount) = OpenRules.split(found, gates.items, &open, &multipliers)
  }

  /// No branch hangs on an answer: gates open and close by no pattern that a processor could learn.
  private static func find(
    _ touched: borrowing [Int32], _ count: Int, _ question: RuleGate.Question,
    _ lists: borrowing FlatLists<RuleGate>, _ openList: inout [Int32]
  ) -> Int {
    let (selectors, starts, gates) = (touched.span, lists.starts.span, lists.items.span)
    var open = openList.mutableSpan
    var found = 0
    // The last list is of the rules that need no selector.
    for position in 0...count {
      let list = position == count ? starts.count - 2 : Int(selectors[position])
      var place = Int(starts[list])
      let end = Int(starts[list + 1])
      while place < end {
        open[found] = Int32(truncatingIfNeeded: place)
        found &+= gates[place].isOpen(question)
        place &+= 1
      }
    }
    return found
  }

  /// Takes the multipliers out.
  private static func split(
    _ count: Int, _ gateList: borrowing [RuleGate], _ openList: inout [Int32],
    _ multiplierList: inout [Int32]
  ) -> (others: Int, multipliers: Int) {
    let gates = gateList.span
    var open = openList.mutableSpan
    var multipliers = multiplierList.mutableSpan
    var found = (others: 0, multipliers: 0)
    for position in 0..<count {
      let place = open[position]
      let isMultiplier = gates[Int(place)].kind == .multiplier ? 1 : 0
      multipliers[found.multipliers] = gates[Int(place)].place
      found.multipliers &+= isMultiplier
      open[found.others] = place
      found.others &+= 1 - isMultiplier
    }
    return found
  }

  /// Adds the factors of the open multipliers, in the order of the program.
  mutating func collect(into factors: inout ReusedList<Factor>) {
    guard multiplierCount > 0 else { return }
    OpenRules.sort(&multipliers, multiplierCount)
    OpenRules.collect(multipliers, multiplierCount, templates, &factors)
  }

  private static func collect(
    _ places: borrowing [Int32], _ count: Int, _ templates: borrowing [Factor],
    _ factors: inout ReusedList<Factor>
  ) {
    factors.append(places.span.extracting(0..<count), of: templates.span)
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
