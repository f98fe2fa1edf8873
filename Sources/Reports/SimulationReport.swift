import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// What a simulation found, with names for numbers.
public struct SimulationReport: Sendable {
  /// Something of one currency, under the published program and under the draft.
  public struct Row: Sendable {
    public var name: String
    public var currency: CurrencyID
    public var points: Beside
  }
  public struct CurrencyTotal: Sendable {
    public var id: CurrencyID
    public var key: String
    public var decimals: Int
    public var given: Beside
    public var expired: Beside
    /// What the points given are worth, in the money's smallest unit; nil where neither program
    /// says.
    public var worth: Beside?
  }
  public struct TierRow: Sendable {
    public var name: String
    /// Accounts that end there.
    public var accounts: Beside
  }
  public struct Move: Sendable {
    public var from: String
    public var to: String
    public var accounts: Int64
  }
  public struct Change: Sendable {
    public var account: Int64
    public var members: String
    /// Millionths of the money's smallest unit, or points, as `yard` says.
    public var worth: Int64
  }
  public struct Disagreement: Sendable {
    public var account: Int64
    public var transaction: String
    public var stored: [Int64]
    public var again: [Int64]
  }

  public var program: String
  public var days: ClosedRange<CivilDate>
  public var money: MoneyUnit
  public var yard: Simulation.Yard
  public var events: Int64
  public var accounts: Int64
  public var currencies: [CurrencyTotal]
  public var rules: [Row] = []
  public var funders: [Row] = []
  /// By the tier that the account had when it was given.
  public var byTier: [Row] = []
  public var months: [Row] = []
  public var coupons: [(name: String, issued: Beside)] = []
  public var tiers: [TierRow] = []
  public var moves: [Move] = []
  public var gaining: Int64
  public var losing: Int64
  public var mostGained: [Change] = []
  public var mostLost: [Change] = []
  public var checked: Int64
  public var disagreeing: Int64
  public var disagreements: [Disagreement] = []
  /// Transactions that are taken in and not rated yet: they are not in any figure.
  public var waiting: Int64

  public init(
    _ simulation: Simulation, _ tally: SimulationTally, _ store: borrowing Store, language: String
  ) throws {
    let draft = simulation.program
    program = draft.syntax.name?.text(language) ?? draft.syntax.key.value
    days = simulation.days
    money = draft.money
    yard = simulation.yard
    events = tally.events
    accounts = tally.accounts
    gaining = tally.gaining
    losing = tally.losing
    checked = tally.checked
    disagreeing = tally.disagreeing
    waiting = try store.waiting().events
    let programs =
      [draft, simulation.lastPublished]
      + simulation.published.entries.map { $0.rater.program }
    currencies = Self.currencies(programs, tally)
    if let off = Self.off(tally, money) { currencies.append(off) }
    addRows(programs, tally, language)
    addTiers(programs, tally, language)
    coupons = tally.coupons.map { template, issued in
      (programs.firstName { $0.name(ofCoupon: template, language) }, issued)
    }.sorted { $0.0 < $1.0 }
    mostGained = try Self.changes(tally.mostGained, store)
    mostLost = try Self.changes(tally.mostLost, store)
    for found in tally.disagreements {
      let identity = try store.identity(
        shard: found.shard, account: found.account, seq: found.seq)
      disagreements.append(
        Disagreement(
          account: found.account,
          transaction: identity.map { "\($0.source)/\($0.id)" } ?? "event \(found.seq)",
          stored: found.stored, again: found.again))
    }
  }

  private static func currencies(
    _ programs: [Program], _ tally: SimulationTally
  ) -> [CurrencyTotal] {
    var totals: [CurrencyTotal] = []
    for currency in programs.flatMap(\.currencies)
    where !totals.contains(where: { $0.id == currency.id }) {
      var given = Beside()
      for (key, sum) in tally.given where key.currency == currency.id {
        given.published += sum.published
        given.draft += sum.draft
      }
      totals.append(
        CurrencyTotal(
          id: currency.id, key: currency.key, decimals: currency.decimals, given: given,
          expired: tally.expired[currency.id] ?? Beside(),
          worth: worth(given, currency.id, programs)))
    }
    return totals
  }

  /// Each side's points by its own program's word on their worth.
  private static func worth(
    _ points: Beside, _ id: CurrencyID, _ programs: [Program]
  ) -> Beside? {
    let draft = programs[0].currencies.first { $0.id == id && $0.worth != nil }
    let published = programs[1].currencies.first { $0.id == id && $0.worth != nil }
    guard draft != nil || published != nil else { return nil }
    var worth = Beside()
    worth.draft = Int64(clamping: draft?.worth(of: points.draft) ?? 0)
    worth.published = Int64(clamping: published?.worth(of: points.published) ?? 0)
    return worth
  }

  private mutating func addRows(
    _ programs: [Program], _ tally: SimulationTally, _ language: String
  ) {
    var names: [RuleID: (name: String, funder: String)] = [:]
    for program in programs {
      for (place, rule) in program.rules.enumerated() where names[rule.id] == nil {
        names[rule.id] = (
          program.syntax.rules[place].key.value, program.funder(ofRule: rule.id) ?? ""
        )
      }
    }
    let rows =
      tally.given.map { key, sum in
        (key.rule, names[key.rule] ?? ("rule \(key.rule)", ""), key, sum)
      }
      + tally.off.map { key, sum in
        let isRule = key.source == .rule
        let name =
          isRule ? names[key.id]?.name : programs.firstName { $0.name(ofCoupon: key.id, language) }
        let head = (
          name: isRule ? name ?? "rule \(key.id)" : "coupon \(name ?? "")",
          funder: isRule ? names[key.id]?.funder ?? "" : ""
        )
        let given = SimulationTally.Given(
          month: key.month, rule: key.id, currency: Self.moneyOff, tier: key.tier)
        return (key.id, head, given, sum)
      }
    let sorted = rows.sorted { a, b in a.2 < b.2 || (!(b.2 < a.2) && a.1.name < b.1.name) }
    for (_, head, key, sum) in sorted {
      Self.add(sum, head.name, key.currency, &rules)
      if !head.funder.isEmpty { Self.add(sum, head.funder, key.currency, &funders) }
      let (year, month, _) = key.month.parts
      Self.add(sum, "\(year)-\(month < 10 ? "0" : "")\(month)", key.currency, &months)
      guard programs[0...1].contains(where: { !$0.tiers.isEmpty }) else { continue }
      Self.add(sum, Self.name(ofTier: key.tier, programs, language), key.currency, &byTier)
    }
  }

  /// Stands for money that is taken off bills among the currencies.
  public static let moneyOff: CurrencyID = 0

  /// All that is taken off bills; nil where nothing is.
  private static func off(_ tally: SimulationTally, _ money: MoneyUnit) -> CurrencyTotal? {
    guard !tally.off.isEmpty else { return nil }
    var sum = Beside()
    for one in tally.off.values {
      sum.published += one.published
      sum.draft += one.draft
    }
    return CurrencyTotal(
      id: moneyOff, key: "\(money.code) off bills", decimals: money.decimals, given: sum,
      expired: Beside(), worth: nil)
  }

  private static func add(
    _ sum: Beside, _ name: String, _ currency: CurrencyID, _ rows: inout [Row]
  ) {
    if let place = rows.firstIndex(where: { $0.name == name && $0.currency == currency }) {
      rows[place].points.published += sum.published
      rows[place].points.draft += sum.draft
    } else {
      rows.append(Row(name: name, currency: currency, points: sum))
    }
  }

  /// With its key where another one is called the same: a draft may have given it a new key.
  private static func name(
    ofTier id: TierID, _ programs: [Program], _ language: String
  ) -> String {
    guard id != 0 else { return "no tier" }
    func name(_ id: TierID) -> String { programs.firstName { $0.name(ofTier: id, language) } }
    let tiers = programs.flatMap(\.tiers)
    guard tiers.contains(where: { $0.id != id && name($0.id) == name(id) }),
      let key = tiers.first(where: { $0.id == id })?.key
    else { return name(id) }
    return "\(name(id)) (\(key))"
  }

  private mutating func addTiers(
    _ programs: [Program], _ tally: SimulationTally, _ language: String
  ) {
    guard programs[0...1].contains(where: { !$0.tiers.isEmpty }) else { return }
    func name(_ tier: TierID) -> String { Self.name(ofTier: tier, programs, language) }
    var order: [TierID] =
      tally.tiers.keys.contains { $0.draft == 0 || $0.published == 0 } ? [0] : []
    for tier in programs[0...1].flatMap(\.tiers) where tier.ladder == 0 && !order.contains(tier.id)
    {
      order.append(tier.id)
    }
    for tier in order {
      var accounts = Beside()
      for (move, count) in tally.tiers {
        if move.published == tier { accounts.published += count }
        if move.draft == tier { accounts.draft += count }
      }
      tiers.append(TierRow(name: name(tier), accounts: accounts))
    }
    for (move, count) in tally.tiers where move.published != move.draft {
      moves.append(Move(from: name(move.published), to: name(move.draft), accounts: count))
    }
    moves.sort { ($1.accounts, $0.from, $0.to) < ($0.accounts, $1.from, $1.to) }
  }

  private static func changes(
    _ changes: [SimulationTally.Change], _ store: borrowing Store
  ) throws -> [Change] {
    try changes.map {
      let members = try store.head(shard: $0.shard, account: $0.account)?.members ?? []
      return Change(
        account: $0.account, members: members.map(\.code).joined(separator: " "), worth: $0.worth)
    }
  }
}

extension [Program] {
  fileprivate func firstName(_ name: (Program) -> String?) -> String {
    for program in self {
      if let found = name(program) { return found }
    }
    return "?"
  }
}

extension SimulationTally.Given {
  fileprivate static func < (a: Self, b: Self) -> Bool {
    (a.month, a.rule, a.currency, a.tier) < (b.month, b.rule, b.currency, b.tier)
  }
}
