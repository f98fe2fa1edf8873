import Loyalty

/// A loyalty program, checked and compiled: immutable, flat, and indexed by what its rules select
/// on, so that ten
/// thousand rules cost little more than ten. Names and places stay in `syntax`, for explanations.
public struct Program: Sendable {
  public let syntax: ProgramSyntax
  public let zone: Zone
  public let money: MoneyUnit
  public var currencies: [Currency] = []
  public var tiers: [Tier] = []
  public var coupons: [CouponTemplate] = []
  public internal(set) var segments: [Segment] = []

  // Which lines are meant
  var selectors: [Selector] = []
  var itemNodes: [ItemNode] = []
  var itemChildren: [Int32] = []
  var symbolSets: [SymbolTable] = []
  var attributeTests: [AttributeTest] = []
  var selectorsByCategory = SymbolIndex()
  var selectorsByProduct = SymbolIndex()
  /// Selectors that no index can find: each line is put to each of them.
  var unindexedSelectors: [Int32] = []
  /// What counts at all (`counts: items`); −1 is every line.
  var countedItems: Int32 = -1

  // Questions
  var conditionNodes: [ConditionNode] = []
  var conditionChildren: [Int32] = []
  var dateRanges: [DateRangeSyntax] = []
  var hourRanges: [(from: Int32, to: Int32)] = []
  var goals: [Goal] = []
  var tenderTests: [TenderTest] = []
  var texts: [[String]] = []

  // Rules
  public internal(set) var rules: [Rule] = []
  public internal(set) var earns: [Earn] = []
  public internal(set) var multiplies: [Multiply] = []
  /// What stands for each of `multiplies` in a rating, but for the match.
  var factors: [Factor] = []
  var rates: [Rate] = []
  var rateTables: [RateTable] = []
  var conversions: [Conversion] = []
  /// Whether a rule takes points: then lots must be there.
  public var takesPoints: Bool { !conversions.isEmpty }
  var gifts: [Gift] = []
  /// What members are told.
  public internal(set) var notices: [LocalText] = []
  /// Rules that ask what the event left of a balance: they come after all others.
  var lateRules: [RuleGate] = []
  /// The rows of tables by an attribute of items, by the places of their `earns`: `brand X`.
  var rowNames: [Int: String] = [:]
  var limits: [Limit] = []
  /// What rules may give to all members together, and of each rule the places in it.
  public internal(set) var budgets: [Budget] = []
  var budgetPlaces: [Int32] = []
  var holdouts: [Holdout] = []
  var joinings: [Joining] = []
  var rewards: [Reward] = []
  var pointTenders: [PointTender] = []
  /// The event by which members redeem.
  var redeemEvent = Symbol.none
  /// The event by which members opt in.
  var joinEvent = Symbol.none
  /// The event by which members take coupons.
  var claimEvent = Symbol.none
  /// What takes something off the bill.
  var benefits: [Benefit] = []
  /// Rules that do so, like `gates`.
  var benefitGates = FlatLists<RuleGate>()
  var groups: [Group] = []
  /// Whether anybody asks what a rule gave in all: a limit, or a group where the best counts.
  var tracksGiven = false
  var durations: [DurationSyntax] = []
  var expiries: [ExpirySyntax] = []
  /// Rules of purchases by the selector without which they cannot match; behind the last one's,
  /// those that need none.
  var gates = FlatLists<RuleGate>()
  var rulesByEvent: [Symbol: [RuleGate]] = [:]
  /// Places in `rules` by the rules' numbers; −1 is a rule of another version.
  var rulePlaces: [Int32] = []

  // What time alone brings
  /// Rules that wait for a day, in the order of the program.
  var calendar: [CalendarRule] = []
  /// Currencies whose points end otherwise than by their lots' own dates.
  var ownExpiries: [OwnExpiry] = []
  var ownExpiryIDs: [CurrencyID] = []
  /// The day of the last activity of any kind, where a rule waits for inactivity.
  var inactivity: CounterID = 0
  /// Tiers that hold as long as their goal is met, and no longer.
  var heldTiers: [Int] = []
  /// Whether a rule grants tiers.
  var grantsTiers = false
  /// Ladders beside the main one of which a condition asks, and where the answer is noted.
  var askedLadders: [(ladder: Int, fact: CounterID)] = []
  /// Whether time brings more than releases, expiries and ends of tiers.
  public internal(set) var livesByCalendar = false

  // What is summed up
  var favourites: [Favourite] = []
  var activityCounters: [ActivityCounter] = []
  var purchaseCounters: [PurchaseCounter] = []
  var earnedCounters: [EarnedCounter] = []
  var eventCounters: [EventCounter] = []
  public internal(set) var counterKeys: [CounterID: String] = [:]
  /// The main ladder, lowest first, as places in `tiers`.
  var ladders: [[Int]] = []
  var countedTender: Int32 = -1
  /// Under which number a member's dates stand among the facts.
  var birthdayFact: CounterID = 0
  var joinedFact: CounterID = 0
  /// The goal whose counter ranks the accounts, by the tier's place.
  var rankGoals: [Int: Int] = [:]
  /// What tables ask of members.
  var memberWords: [MemberWords] = []
  /// Whether a rule asks for what stands at the member: dates and attributes.
  public var needsMember = false
  /// Events that happen to the referrer, too.
  public internal(set) var referrals: Set<String> = []
  /// Whether a rule asks what goods cost.
  public var needsCosts = false

  /// How a part of a cent that is taken off the bill ends.
  var moneyRounding: Rounding { syntax.counts.rounds }

  init(syntax: ProgramSyntax, zone: Zone) {
    self.syntax = syntax
    self.zone = zone
    money = syntax.money.value
  }
}

public struct Currency: Sendable {
  public let id: CurrencyID
  public let key: String
  public let decimals: Int
  public let rounding: Rounding
  public let returns: CurrencySyntax.Returns
  public let worth: WorthSyntax?
  let pending: DurationSyntax?
  let expiry: ExpirySyntax
  let hasPots: Bool
}

public struct Tier: Sendable {
  public let id: TierID
  public let key: String
  public let ladder: Int
  /// Its bit in masks.
  let bit: UInt64
  let qualify: Qualification?
  /// The goal, where it is one and nothing else; −1 otherwise.
  let goal: Int32
  /// What keeps it, where that is less than what reaches it.
  let renew: Qualification?
  let begins: CalendarUnit?
  let isInvited: Bool
  let keeps: TierSyntax.Keeps
  let falls: TierSyntax.Falls
  let grace: DurationSyntax?
  let gifts: Range<Int>
  public let rank: RankSyntax?
}

indirect enum Qualification: Sendable {
  case all([Qualification])
  case any([Qualification])
  case not([Qualification])
  case goal(Int)
  /// Only a review can say.
  case rank
}

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
  let fact: CounterID
  let granularity: Granularity
}

/// How finely a counter is kept: as finely as its windows ask for.
enum Granularity: Sendable, Hashable {
  case unit(CalendarUnit)
  case whole
}

/// A rule without its words: numbers and ranges only, so that copying one costs nothing.
public struct Rule: Sendable {
  public let id: RuleID
  let trigger: Symbol
  let isPurchase: Bool
  let from: CivilDate
  let to: CivilDate
  let weekdays: UInt8
  let tiers: UInt64
  let asksTier: Bool
  /// The least counted spend of the basket.
  let leastSpend: Int64
  /// What is left to ask; −1 is nothing.
  let condition: Int32
  /// A `reach` that tells how often the rule applies; −1 is none.
  let reach: Int32
  /// Its `reach` asks what the event left of a balance.
  let isLate: Bool
  /// Which lines; −1 is all that counts.
  let selector: Int32
  /// The selector without which it cannot match; −1 is none.
  let anchor: Int32
  let tender: Int32
  public let earns: Range<Int>
  public let multiplies: Range<Int>
  let conversions: Range<Int>
  let gifts: Range<Int>
  let limits: Range<Int>
  /// Its place in `benefits`; −1 is none.
  let benefit: Int32
  /// Places in `budgetPlaces`.
  let budgets: Range<Int>
  /// Its place in `holdouts`, and in `joinings`; −1 is none.
  let holdout: Int32
  let join: Int32
  let group: Int32
  let ratesReturns: Bool
  /// It gives to whom the event's `referrer` names.
  let isForReferrer: Bool
  let pending: Int32
  let expiry: Int32
}

public struct Earn: Sendable {
  public let rule: Int
  /// Its rule's, or that of one row of a table by an attribute of items.
  let selector: Int32
  let currency: Int
  /// A rate, or −1 and a table.
  let rate: Int32
  let table: Int32
  let least: Int64
}

public struct Multiply: Sendable {
  public let rule: Int
  /// Its rule's, or that of one row of a table by an attribute of items.
  let selector: Int32
  let currency: Int
  /// The factor less one in millionths, where there is no table.
  let extra: Int64
  let table: Int32
}

/// So many of one currency for so many of another.
struct Conversion: Sendable {
  let rule: Int
  /// Places of currencies.
  let to: Int
  let from: Int
  /// What each full `per` gives, in 10^−scale of the currency's smallest unit.
  let amount: Int64
  let scale: Int
  let per: Int64
  /// Under which number stands how much was given up.
  let fact: CounterID
}

struct Rate: Sendable {
  enum Basis: Sendable { case once, money, quantity, attribute }
  let basis: Basis
  /// What is given for each full `per`, in 10^−scale of the currency's smallest unit.
  let amount: Int64
  let scale: Int
  let per: Int64
  let isProRata: Bool
  let unit: Symbol
  /// The same unit of several: `litres`.
  let units: Symbol
  let attribute: Int32

  /// Whole points for each full amount of money: the rate that nearly all programs have.
  var isPlain: Bool { basis == .money && !isProRata && scale == 0 }
}

/// A table of rates or factors; keys are looked up one after another.
struct RateTable: Sendable {
  indirect enum Row: Sendable {
    /// A place in `rates`, or a factor less one in millionths.
    case value(Int64)
    case words([(word: String, row: Row)])
    case steps([(from: Int64, row: Row)])
  }
  let by: [TableSyntax<RateSyntax>.Key]
  let places: [Int]
  let root: Row
}

struct Gift: Sendable {
  let kind: GiftSyntax.Kind
  /// Its template's place in `coupons`, −1 for anything else.
  let coupon: Int
  /// What a notice tells, as a place in `notices`; −1 for anything else.
  let notice: Int32
  /// What tier it grants, as a place in `tiers`; −1 for anything else.
  let tier: Int32
  let lasts: DurationSyntax?
  let isMore: Bool
}

struct Limit: Sendable {
  enum Measure: Sendable, Equatable {
    case times, money, units
    /// A currency's place.
    case points(Int)
  }
  let measure: Measure
  let most: Int64
  let orNone: Bool
  let window: WindowSyntax
  let campaign: ClosedRange<CivilDate>?
  let counter: CounterID
  let fact: CounterID
  let granularity: Granularity
}

extension Limit {
  /// Whether it looks at earlier events at all.
  var isCounted: Bool { window != .transaction }
}

struct Group: Sendable {
  enum Policy: Sendable { case best, add, compound, first }
  let key: String
  let policy: Policy
  /// For `first`: its rules in their order …
  let order: [Int32]
  /// … and its benefits, by their places.
  var benefits: [Int32] = []
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
