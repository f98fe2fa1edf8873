import Loyalty
import Postgres

/// Patron's tables behind one connection. Aspects are in `Store+….swift`; SQL stands there beside
/// its rows.
public struct Store: ~Copyable {
  public let db: Connection

  public init(_ settings: ConnectionSettings) throws(PostgresError) {
    db = try Connection(settings)
  }

  public init(_ connection: consuming Connection) {
    db = connection
  }
}

extension Instant {
  var cell: Cell { .instant(microseconds) }
}

/// The names that the program's things have in the store, by number.
public struct Names: Sendable {
  public var currencies: [String: CurrencyID] = [:]
  public var decimals: [CurrencyID: Int] = [:]
  public var tiers: [String: TierID] = [:]
  public var rules: [String: RuleID] = [:]
  public var coupons: [String: CouponTemplateID] = [:]
  public var segments: [String: SegmentID] = [:]
  public var counters: [String: CounterID] = [:]
  public var budgets: [String: BudgetID] = [:]
  public var rewards: [String: RewardID] = [:]
  public init() {}
}

extension Store {
  /// Everything but symbols, of which there may be many.
  public func names() throws -> Names {
    var names = Names()
    let rows = try db.pipeline([
      ("SELECT key, currency::int4, decimals::int4 FROM patron.currencies", []),
      ("SELECT key, tier::int4 FROM patron.tiers", []),
      ("SELECT key, rule FROM patron.rules", []),
      ("SELECT key, template FROM patron.coupon_templates", []),
      ("SELECT key, counter FROM patron.counters", []),
      ("SELECT key, segment::int4 FROM patron.segments", []),
      ("SELECT key, budget FROM patron.budgets", []),
      ("SELECT key, reward FROM patron.rewards", []),
    ])
    for row in 0..<rows[0].count {
      let id = CurrencyID(rows[0].int4(row, 1))
      names.currencies[rows[0].text(row, 0)] = id
      names.decimals[id] = rows[0].int(row, 2)
    }
    for row in 0..<rows[1].count {
      names.tiers[rows[1].text(row, 0)] = TierID(rows[1].int4(row, 1))
    }
    for row in 0..<rows[2].count { names.rules[rows[2].text(row, 0)] = rows[2].int4(row, 1) }
    for row in 0..<rows[3].count { names.coupons[rows[3].text(row, 0)] = rows[3].int4(row, 1) }
    for row in 0..<rows[4].count { names.counters[rows[4].text(row, 0)] = rows[4].int4(row, 1) }
    for row in 0..<rows[5].count {
      names.segments[rows[5].text(row, 0)] = SegmentID(rows[5].int4(row, 1))
    }
    for row in 0..<rows[6].count { names.budgets[rows[6].text(row, 0)] = rows[6].int4(row, 1) }
    for row in 0..<rows[7].count { names.rewards[rows[7].text(row, 0)] = rows[7].int4(row, 1) }
    return names
  }

  /// Writes names that are new; those that are there keep their number.
  public func add(_ names: Names) throws {
    let currencies = names.currencies.sorted { $0.value < $1.value }
    try db.query(
      """
      INSERT INTO patron.currencies (key, currency, decimals)
      SELECT * FROM unnest($1::text[], $2::int2[], $3::int2[]) ON CONFLICT DO NOTHING
      """,
      [
        .textArray(currencies.map(\.key)), .int2Array(currencies.map(\.value)),
        .int2Array(currencies.map { Int16(names.decimals[$0.value] ?? 0) }),
      ])
    try add("tiers", "tier", names.tiers.mapValues { Int32($0) })
    try add("segments", "segment", names.segments.mapValues { Int32($0) })
    try add("rules", "rule", names.rules)
    try add("coupon_templates", "template", names.coupons)
    try add("counters", "counter", names.counters)
    try add("rewards", "reward", names.rewards)
  }

  private func add(_ table: String, _ column: String, _ names: [String: Int32]) throws {
    let pairs = names.sorted { $0.value < $1.value }
    try db.query(
      Statement(
        "add \(table)",
        "INSERT INTO patron.\(table) (key, \(column)) SELECT * FROM unnest($1::text[], $2::int4[]) "
          + "ON CONFLICT DO NOTHING"),
      [.textArray(pairs.map(\.key)), .int4Array(pairs.map(\.value))])
  }

  /// The numbers of texts; texts without one get one, in a commit of its own so that no batch waits
  /// for another's.
  public func symbols(_ texts: some Collection<String>) throws -> [String: Symbol] {
    var symbols = try known(texts)
    let new = texts.filter { symbols[$0] == nil }
    if !new.isEmpty {
      try db.query(
        """
        INSERT INTO patron.symbols (text)
        SELECT t FROM unnest($1::text[]) t ORDER BY t ON CONFLICT DO NOTHING
        """, [.textArray(Array(Set(new)))])
      symbols.merge(try known(new)) { old, _ in old }
    }
    return symbols
  }

  private func known(_ texts: some Collection<String>) throws -> [String: Symbol] {
    guard !texts.isEmpty else { return [:] }
    let rows = try db.query(
      "SELECT text, symbol FROM patron.symbols WHERE text = ANY($1)", [.textArray(Array(texts))])
    var symbols: [String: Symbol] = [:]
    for row in 0..<rows.count { symbols[rows.text(row, 0)] = Symbol(id: rows.int4(row, 1)) }
    return symbols
  }

  /// Texts by number, for showing.
  public func texts(_ symbols: [Symbol]) throws -> [Symbol: String] {
    let rows = try db.query(
      "SELECT symbol, text FROM patron.symbols WHERE symbol = ANY($1)",
      [.int4Array(symbols.map(\.id))])
    var texts: [Symbol: String] = [:]
    for row in 0..<rows.count { texts[Symbol(id: rows.int4(row, 0))] = rows.text(row, 1) }
    return texts
  }
}
