import Loyalty

struct Selector: Sendable {
  let root: Int32
}

/// A question about a line, flat: children are a range of `itemChildren`.
enum ItemNode: Sendable {
  case all(Range<Int>)
  case any(Range<Int>)
  case not(Int32)
  case category(set: Int)
  case product(set: Int)
  case attribute(test: Int)
  case discounted(Bool)
  case favourite(Int)
}

struct AttributeTest: Sendable {
  let name: String
  /// Under which number the answer stands among the facts, where it is the member's; 0 otherwise.
  let memberFact: CounterID
  let values: [String]
  let range: ScaledRange?
}

/// The words for a member's attribute in the tables that go by it.
struct MemberWords: Sendable {
  let name: String
  var words: [String]
  /// Under which number the place of the member's word stands among the facts.
  let fact: CounterID
  /// The words are segments with these numbers, and the first that she is in is hers.
  var segments: [SegmentID] = []
}

enum ConditionNode: Sendable {
  case all(Range<Int>)
  case any(Range<Int>)
  case not(Int32)
  case dates(Range<Int>)
  case weekdays(UInt8)
  /// Bit 1…31 a day of the month, bit 0 the last.
  case daysOfMonth(UInt32)
  case hours(Range<Int>)
  case store(set: Int)
  case region(set: Int)
  case channel(set: Int)
  case tier(UInt64)
  case birthday(BirthdayWindow)
  case joined(WindowSyntax)
  case tenure(SpanSyntax)
  case age(ScaledRange)
  case consent(texts: Int, fact: CounterID)
  case segment(SegmentID, fact: CounterID)
  case attribute(test: Int)
  case balance(CurrencyID, ScaledRange, fact: CounterID)
  case coupons(texts: Int)
  /// A coupon by its place.
  case taken(coupon: Int)
  /// A reward by its key, as a place in `texts`.
  case redeemed(texts: Int)
  case tender(test: Int)
  case basket(goal: Int)
  case history(goal: Int)
  case reach(goal: Int)
}

/// A range in the measure's own smallest unit; both ends are inside.
struct ScaledRange: Sendable, Equatable {
  var least: Int64
  var most: Int64
  /// 0: no `every`.
  var every: Int64 = 0

  @inline(__always)
  func contains(_ value: Int64) -> Bool { value >= least && value <= most }
}

struct TenderTest: Sendable {
  let set: Int
  let isNegated: Bool
}

struct Goal: Sendable {
  enum Measure: Sendable {
    case spend, quantity, visits, variety, times, earned, attribute, margin, balance, left
  }
  let measure: Measure
  let range: ScaledRange
  /// −1: all that counts.
  let selector: Int32
  /// Which part of the payment; −1: all of it.
  let tender: Int32
  /// Which events; none is purchases.
  let event: EventFilter
  /// Whose balance, where the measure is one.
  let currency: CurrencyID
  let window: WindowSyntax
  /// First and last day of the campaign, where the window is one.
  let campaign: ClosedRange<CivilDate>?
  let counter: CounterID
  var fact: CounterID
  let granularity: Granularity
  /// Where the window begins when the member joins: the place in `joinings`.
  var joining: Int32 = -1
  /// What the counter held on the day of joining already, before she joined.
  var baseline: CounterID = 0
}

/// How finely a counter is kept: as finely as its windows ask for.
enum Granularity: Sendable, Hashable {
  case unit(CalendarUnit)
  case whole
}

struct PurchaseCounter: Sendable {
  let id: CounterID
  let measure: Goal.Measure
  let selector: Int32
  let tender: Int32
  let granularity: Granularity
}

struct EarnedCounter: Sendable {
  let id: CounterID
  let currency: CurrencyID
  let granularity: Granularity
}

struct EventCounter: Sendable {
  let id: CounterID
  let event: EventFilter
  let granularity: Granularity
}

/// Which events of the program count, and which of their numbers.
struct EventFilter: Sendable {
  var name = Symbol.none
  /// A place in `texts`: the number that is added up; −1: each event counts once.
  var attribute: Int32 = -1
  /// What they must carry: places in `attributeTests`.
  var tests: Range<Int> = 0..<0
}
