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
  public var takesPoints: Bool { !conversions.isEmpty || redeemsUnasked }
  /// Whether a reward is redeemed without anybody asking for it.
  var redeemsUnasked = false
  var gifts: [Gift] = []
  /// What members are told.
  public internal(set) var notices: [LocalText] = []
  public internal(set) var perks: [Perk] = []
  /// Perks that rules give, by their places among the notices: people, not Patron, do them.
  public internal(set) var perkNotices: [Int32: String] = [:]
  /// Rules that ask what was earned: they are looked at when the others are known.
  var earnedMarks: [RuleGate] = []
  /// How many of them one event may follow where one gives what another one asks for.
  var mostChained = 0
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
  var benefitGates = GateTable([])
  var groups: [Group] = []
  /// Whether anybody asks what a rule gave in all: a limit, or a group where the best counts.
  var tracksGiven = false
  var durations: [DurationSyntax] = []
  var expiries: [ExpirySyntax] = []
  /// Rules of purchases by the selector without which they cannot match; behind the last one's,
  /// those that need none.
  var gates = GateTable([])
  var rulesByEvent: [Symbol: [RuleGate]] = [:]
  /// Places in `rules` by the rules' numbers; −1 is a rule of another version.
  var rulePlaces: [Int32] = []

  // What time alone brings
  /// Rules that wait for a day, in the order of the program.
  var calendar: [CalendarRule] = []
  /// Currencies whose points end otherwise than by their lots' own dates.
  var ownExpiries: [OwnExpiry] = []
  public internal(set) var ownExpiryIDs: [CurrencyID] = []
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
