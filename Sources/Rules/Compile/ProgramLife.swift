import Loyalty

/// Who is in it is asked of each account, or told from elsewhere.
public struct Segment: Sendable {
  public let id: SegmentID
  public let key: String
  /// −1: a list.
  var condition: Int32
  public internal(set) var isList: Bool
}

struct CalendarRule: Sendable {
  let trigger: CalendarSyntax
  let gate: RuleGate
}

/// Points that end so long after the last activity, or live on while a condition holds.
struct OwnExpiry: Sendable {
  /// Among the program's currencies.
  let currency: Int
  let id: CurrencyID
  /// The counter of the last activity; 0: the lots' own dates.
  var activity: CounterID
  /// −1: nothing keeps them.
  var unless: Int32
}

/// Holds the day number of the last activity.
struct ActivityCounter: Sendable {
  let id: CounterID
  let isAny: Bool
  let countsPurchases: Bool
  let events: [Symbol]
  /// Earning of this currency is activity, too; 0: of none.
  let earned: CurrencyID
}

/// What an account buys most of: its counter has a bucket for each category, or product, under the
/// number of its symbol.
struct Favourite: Sendable {
  let id: CounterID
  let kind: FavouriteKind
  /// Among which lines; −1 is all that count.
  let selector: Int32
  /// Under which number the answer stands among the facts.
  let fact: CounterID

  func symbol(of line: Line) -> Symbol { kind == .category ? line.category : line.product }
}
