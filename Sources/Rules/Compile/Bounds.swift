import Loyalty

/// What rules may give to all members together.
public struct Budget: Sendable {
  enum Measure: Sendable, Equatable {
    case times, money
    /// A currency's place.
    case points(Int)
  }
  public let id: BudgetID
  public let key: String
  let measure: Measure
  public let total: Int64
  /// Under which number what was left stands among the facts, where it was not enough.
  let fact: CounterID
}

/// The share of members who get nothing of something.
struct Holdout: Sendable {
  /// In millionths.
  let share: Int64
  /// What its name comes to: it holds out other members than another one.
  let key: UInt64
  let fact: CounterID

  /// Whether an account is held out: always the same answer for the same name, and for each share
  /// about as many. SplitMix64's last steps (Steele, Lea, Flood 2014).
  func holdsOut(_ account: Int64) -> Bool {
    var mixed = key ^ (UInt64(bitPattern: account) &* 0x9e37_79b9_7f4a_7c15)
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    mixed ^= mixed >> 31
    return Int64(mixed % 1_000_000) < share
  }

  /// FNV-1a.
  static func key(of name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// Something that members opt in to.
struct Joining: Sendable {
  /// The rule's or the campaign's.
  let name: String
  let counter: CounterID
  let fact: CounterID
  /// Counters whose windows begin with it.
  var starts: [JoinStart] = []
}

/// A counter that somebody looks at from the moment of joining on, and what it held before then on
/// that day.
struct JoinStart: Sendable {
  let counter: CounterID
  let baseline: CounterID
}

extension Compiler {
  /// The places of the budgets, the holdout and the joining that bound a rule.
  mutating func bounds(of rule: RuleSyntax) -> (budgets: Range<Int>, holdout: Int32, join: Int32) {
    let campaign = rule.campaign.flatMap { name in
      syntax.campaigns.first { $0.key.value == name }
    }
    var places = rule.bounds.budgets.map { add($0, "rule \(rule.key.value)") }
    var holdout = add(rule.bounds.holdout, "rule \(rule.key.value)")
    var join = rule.bounds.join ? add(joining: rule.key.value) : -1
    if let campaign {
      let owner = "campaign \(campaign.key.value)"
      places += campaign.bounds.budgets.map { add($0, owner) }
      if holdout < 0 { holdout = add(campaign.bounds.holdout, owner) }
      if join < 0, campaign.bounds.join { join = add(joining: campaign.key.value) }
    }
    return (append(places, to: \.budgetPlaces), holdout, join)
  }

  private mutating func add(_ budget: BudgetSyntax, _ owner: String) -> Int32 {
    var measure = Budget.Measure.times
    var what = "times"
    switch budget.measure {
    case .times: break
    case .money: (measure, what) = (.money, "money")
    case .currency(let key):
      guard let place = currencyPlaces[key] else { break }
      (measure, what) = (.points(place), key)
    }
    let key = "\(what) of \(owner)"
    if let known = program.budgets.firstIndex(where: { $0.key == key }) { return Int32(known) }
    program.budgets.append(
      Budget(
        id: registry.budget(key), key: key, measure: measure, total: budget.total,
        fact: counter("left of the budget: \(key)")))
    return Int32(program.budgets.count - 1)
  }

  private mutating func add(_ share: Int64?, _ owner: String) -> Int32 {
    guard let share else { return -1 }
    program.holdouts.append(
      Holdout(share: share, key: Holdout.key(of: owner), fact: counter("held out of \(owner)")))
    return Int32(program.holdouts.count - 1)
  }

  mutating func add(joining name: String) -> Int32 {
    if let known = program.joinings.firstIndex(where: { $0.name == name }) { return Int32(known) }
    program.joinEvent = registry.symbol("join")
    program.joinings.append(
      Joining(
        name: name, counter: counter("joined \(name), by day"), fact: counter("joined \(name)")))
    return Int32(program.joinings.count - 1)
  }
}

extension Program {
  /// Who pays for what a rule gives: by itself, or by its campaign.
  public func funder(ofRule id: RuleID) -> String? {
    guard let place = rules.firstIndex(where: { $0.id == id }) else { return nil }
    return funder(syntax.rules[place])
  }

  /// Every rule that somebody pays for.
  public var funders: [(rule: RuleID, funder: String)] {
    rules.indices.compactMap { place in
      funder(syntax.rules[place]).map { (rules[place].id, $0) }
    }
  }

  private func funder(_ rule: RuleSyntax) -> String? {
    rule.bounds.funded?.value
      ?? rule.campaign.flatMap { name in
        syntax.campaigns.first { $0.key.value == name }?.bounds.funded?.value
      }
  }
}

extension Rule {
  /// Whether not everybody may take part, or not for ever.
  var isBounded: Bool { !budgets.isEmpty || holdout >= 0 || join >= 0 }
}
