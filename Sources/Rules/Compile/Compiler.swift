import Loyalty

/// Turns a checked program into its compiled form. It never fails: what could be wrong was found by
/// the checker.
public struct Compiler {
  var program: Program
  var registry: Registry
  let syntax: ProgramSyntax
  /// Places by key.
  var currencyPlaces: [String: Int] = [:]
  var tierPlaces: [String: Int] = [:]
  /// The ladder of each tier, by its place; 0 is the main one.
  var tierLadders: [Int] = []
  var couponPlaces: [String: Int] = [:]
  var groupPlaces: [String: Int] = [:]
  var segmentPlaces: [String: Int] = [:]
  var selectorPlaces: [String: Int32] = [:]
  var goalPlaces: [String: Int] = [:]
  /// What the running tier's end is told by.
  var finest: CalendarUnit?
  /// What the selectors of a table's rows are called.
  var rowNames: [Int32: String] = [:]
  var countedTerms = ""
  /// Of each benefit, its name and with what it combines.
  var benefitNames: [String] = []
  var combinations: [CombinesSyntax?] = []
  let sets: [String: ItemsSyntax]
  let conditions: [String: ConditionSyntax]
  let holidays: [String: [DateRangeSyntax]]

  /// Compiles with the numbers of `registry`, and gives those to new names that the program brings.
  public static func compile(
    _ syntax: ProgramSyntax, zone: Zone, registry: inout Registry
  ) -> Program {
    var compiler = Compiler(syntax, zone, registry)
    compiler.compile()
    registry = compiler.registry
    return compiler.program
  }

  private init(_ syntax: ProgramSyntax, _ zone: Zone, _ registry: Registry) {
    var syntax = syntax
    Compiler.unfold(&syntax)
    self.syntax = syntax
    self.registry = registry
    program = Program(syntax: syntax, zone: zone)
    sets = Dictionary(syntax.sets.map { ($0.key.value, $0.items) }, uniquingKeysWith: { a, _ in a })
    conditions = Dictionary(
      syntax.conditions.map { ($0.key.value, $0.condition) }, uniquingKeysWith: { a, _ in a })
    holidays = Dictionary(
      syntax.holidays.map { ($0.key.value, $0.days) }, uniquingKeysWith: { a, _ in a })
  }

  private mutating func compile() {
    for currency in syntax.currencies { add(currency) }
    for coupon in syntax.coupons { add(coupon) }
    program.birthdayFact = counter("birthday of the member")
    program.joinedFact = counter("joining of the member")
    nameSegments()
    addCounts()
    nameTiers()
    for tier in syntax.tiers { add(tier) }
    for group in syntax.groups {
      groupPlaces[group.key.value] = program.groups.count
      program.groups.append(
        Group(key: group.key.value, policy: policy(group.policy), order: order(group.policy)))
    }
    for rule in syntax.rules { add(rule) }
    for (place, earn) in program.earns.enumerated() {
      if let name = rowNames[earn.selector] { program.rowNames[place] = name }
    }
    for place in syntax.coupons.indices { addTerms(ofCoupon: place) }
    for reward in syntax.rewards { add(reward) }
    addPerks()
    settleCombinations()
    program.factors = program.multiplies.indices.map { Factor($0, program) }
    program.tracksGiven =
      !program.limits.isEmpty || program.groups.contains { $0.policy == .best }
    let highest = program.rules.reduce(0) { max($0, Int($1.id)) }
    program.rulePlaces = Array(repeating: -1, count: highest + 1)
    for (place, rule) in program.rules.enumerated() {
      program.rulePlaces[Int(rule.id)] = Int32(place)
    }
    indexSelectors()
    openGivers()
    addLife()
    if isYearOfMembershipAsked { program.needsMember = true }
  }

  /// Whether a window or a validity goes by the day of joining.
  private var isYearOfMembershipAsked: Bool {
    let windows = program.goals.map(\.window) + program.limits.map(\.window)
    return windows.contains { if case .membershipYear = $0 { true } else { false } }
      || program.tiers.contains {
        if case .endOfMembershipYear = $0.keeps { true } else { false }
      }
  }

  private mutating func add(_ currency: CurrencySyntax) {
    currencyPlaces[currency.key.value] = program.currencies.count
    program.currencies.append(
      Currency(
        id: registry.currency(currency.key.value), key: currency.key.value,
        decimals: currency.kind == .money ? program.money.decimals : currency.decimals,
        rounding: currency.rounds, returns: currency.returns, worth: currency.worth,
        pending: currency.pending, expiry: currency.expires?.value ?? .never,
        hasPots: currency.hasPots))
  }

  private mutating func add(_ coupon: CouponSyntax) {
    let key = coupon.key.value
    couponPlaces[key] = program.coupons.count
    program.coupons.append(
      CouponTemplate(
        id: registry.coupon(key), key: key, valid: coupon.valid,
        pattern: coupon.code?.value ?? "##########", uses: Int32(coupon.uses),
        publicCode: coupon.publicCode?.value, isClaimed: coupon.isClaimed,
        choices: coupon.choices, from: coupon.from?.value ?? CivilDate(day: .min),
        to: coupon.to?.value ?? CivilDate(day: .max), returns: coupon.returns ?? .whole,
        share: coupon.share))
    if coupon.isClaimed || !coupon.choices.isEmpty { program.claimEvent = registry.symbol("claim") }
  }

  private mutating func addCounts() {
    let counts = syntax.counts
    countedTerms = counts.price.rawValue + (counts.taxIncluded ? ", tax included" : "")
    if let tender = counts.tender {
      program.countedTender = add(tender)
      countedTerms += ", tender " + CanonicalText.text(tender)
    }
    if let items = counts.items {
      program.countedItems = itemNode(items)
      countedTerms += ", " + CanonicalText.text(items, sets)
    }
  }

  private func policy(_ policy: GroupSyntax.Policy) -> Group.Policy {
    switch policy {
    case .best: .best
    case .add: .add
    case .compound: .compound
    case .first: .first
    }
  }

  private func order(_ policy: GroupSyntax.Policy) -> [Int32] {
    guard case .first(let names) = policy else { return [] }
    return names.compactMap { name in
      syntax.rules.firstIndex { $0.key.value == name.value }.map(Int32.init)
    }
  }

  mutating func symbolSet(_ names: [Written<String>]) -> Int {
    var table = SymbolTable()
    for name in names where !name.value.isEmpty { table.set(registry.symbol(name.value), 1) }
    program.symbolSets.append(table)
    return program.symbolSets.count - 1
  }

  mutating func add(_ tender: TenderSyntax) -> Int32 {
    var negated = false
    var inner = tender
    while case .not(let next) = inner {
      negated.toggle()
      inner = next
    }
    guard case .kinds(let names) = inner else { return -1 }
    program.tenderTests.append(TenderTest(set: symbolSet(names), isNegated: negated))
    return Int32(program.tenderTests.count - 1)
  }
}
