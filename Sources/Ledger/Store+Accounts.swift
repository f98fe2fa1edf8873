import Loyalty
import Postgres

/// What must be read of an account besides its balances, counters and tiers.
public struct AccountNeeds: Sendable {
  /// Lots: where something falls due or is taken back.
  public var lots = false
  /// Past tiers: where an event is late.
  public var tierChanges = false
  /// Coupons: where some are shown or claimed.
  public var coupons = false
  /// Holds that are done, too: where some are captured, released or refunded. Open ones come with
  /// lots and coupons.
  public var holds = false
  public init() {}
}

extension Store {
  /// Reads accounts whole, in the order given. They must be locked.
  ///
  /// `needs` has one entry an account; `countersFrom` is the earliest bucket that any window
  /// reaches back to.
  public func load(
    _ waiting: ArraySlice<WaitingAccount>, needs: [AccountNeeds], withMembers: Bool,
    withSegments: Bool = false
  ) throws -> [Account] {
    var accounts = waiting.map { row in
      var account = Account(shard: row.shard, id: row.id)
      account.position = row.position
      account.clock = row.clock
      account.due = row.due
      return account
    }
    let keys: [Cell] = [
      .int2Array(accounts.map(\.shard)), .int8Array(accounts.map(\.id)),
    ]
    var statements: [(Statement, [Cell])] = [
      (Self.loadBalances, keys), (Self.loadCounters, keys), (Self.loadStandings, keys),
    ]
    let withLots = accounts.indices.filter { needs[$0].lots }
    statements.append((Self.loadLots, Self.keys(accounts, withLots)))
    let withChanges = accounts.indices.filter { needs[$0].tierChanges }
    statements.append((Self.loadTierChanges, Self.keys(accounts, withChanges)))
    let withCoupons = accounts.indices.filter { needs[$0].coupons }
    statements.append((Self.loadCoupons, Self.keys(accounts, withCoupons)))
    let withHolds = accounts.indices.filter {
      needs[$0].lots || needs[$0].holds || needs[$0].coupons
    }
    statements.append(
      (
        Self.loadHolds,
        Self.keys(accounts, withHolds) + [.boolArray(withHolds.map { needs[$0].holds })]
      ))
    let withHeld = withHolds.filter { !needs[$0].coupons }
    statements.append((Self.loadHeldCoupons, Self.keys(accounts, withHeld)))
    if withMembers { statements.append((Self.loadMembers, keys)) }
    if withSegments { statements.append((Self.loadSegments, keys)) }
    let rows = try db.pipeline(statements)
    Self.readBalances(rows[0], &accounts)
    Self.readCounters(rows[1], &accounts)
    Self.readStandings(rows[2], &accounts)
    for index in accounts.indices where !needs[index].lots {
      accounts[index].lotsAreLoaded = false
      accounts[index].dueOfUnloaded = accounts[index].due
    }
    Self.readLots(rows[3], withLots, &accounts)
    Self.readTierChanges(rows[4], withChanges, &accounts)
    Self.readCoupons(rows[5], withCoupons, &accounts)
    Self.readHolds(rows[6], withHolds, &accounts)
    Self.readCoupons(rows[7], withHeld, &accounts)
    if withMembers { try Self.readMembers(rows[8], &accounts) }
    if withSegments { Self.readSegments(rows[withMembers ? 9 : 8], &accounts) }
    return accounts
  }

  private static func keys(_ accounts: [Account], _ chosen: [Int]) -> [Cell] {
    [
      .int2Array(chosen.map { accounts[$0].shard }), .int8Array(chosen.map { accounts[$0].id }),
    ]
  }

  /// Every statement here looks up rows by `(shard, account_id)` and tells which of the keys a row
  /// belongs to.
  static func loading(_ name: String, _ columns: String, order: String = "") -> Statement {
    Statement(
      "load \(name)",
      """
      SELECT key.n::int4, \(columns)
      FROM unnest($1::int2[], $2::int8[]) WITH ORDINALITY AS key (shard, account_id, n)
      CROSS JOIN LATERAL (
        SELECT * FROM patron.\(name) t
        WHERE t.shard = key.shard AND t.account_id = key.account_id OFFSET 0
      ) t
      \(order)
      """)
  }

  private static let loadBalances = loading(
    "balances",
    """
    t.currency, t.available, t.pending, t.held, t.debt, t.earned, t.reversed, t.spent, t.expired,
      t.adjusted, t.transferred
    """)
  private static let loadCounters = loading("counter_values", "t.counter, t.bucket, t.value")
  private static let loadStandings = loading("standings", "t.tier, t.since, t.until")
  private static let loadLots = loading(
    "lots",
    "t.currency, t.due, t.expires, t.granted, t.held, t.spent, t.expired, t.reversed, t.remaining",
    order: "WHERE t.remaining + t.held > 0 ORDER BY key.n, t.expires, t.due, t.currency")
  private static let loadTierChanges = loading(
    "tier_changes", "t.from_tier, t.to_tier, t.at, t.until, t.reason, t.kept_until",
    order: "ORDER BY key.n, t.at, t.seq, t.n")
  static let loadMembers = loading(
    "members", "t.birthday, t.joined, t.attributes",
    order: "ORDER BY key.n, t.place, t.member_id")

  static let loadSegments = loading("segment_members", "t.segment, t.since")

  static func readSegments(_ rows: Rows, _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      accounts[rows.int(row, 0) - 1].segments.append(
        Membership(
          segment: rows.int2(row, 1), since: Instant(microseconds: rows.instant(row, 2))))
    }
  }

  private static func readBalances(_ rows: Rows, _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      var balance = Balance(currency: rows.int2(row, 1))
      balance.available = rows.int8(row, 2)
      balance.pending = rows.int8(row, 3)
      balance.held = rows.int8(row, 4)
      balance.debt = rows.int8(row, 5)
      balance.earned = rows.int8(row, 6)
      balance.reversed = rows.int8(row, 7)
      balance.spent = rows.int8(row, 8)
      balance.expired = rows.int8(row, 9)
      balance.adjusted = rows.int8(row, 10)
      balance.transferred = rows.int8(row, 11)
      balance.isStored = true
      accounts[rows.int(row, 0) - 1].balances.append(balance)
    }
  }

  private static func readCounters(_ rows: Rows, _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      var value = CounterValue(
        counter: rows.int4(row, 1), bucket: CivilDate(day: rows.date(row, 2)),
        value: rows.int8(row, 3))
      value.isStored = true
      accounts[rows.int(row, 0) - 1].counters.append(value)
    }
  }

  private static func readStandings(_ rows: Rows, _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      accounts[rows.int(row, 0) - 1].standings.append(
        Standing(
          tier: rows.int2(row, 1), since: Instant(microseconds: rows.instant(row, 2)),
          until: Instant(microseconds: rows.instant(row, 3))))
    }
  }

  private static func readLots(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      var lot = Lot(
        currency: rows.int2(row, 1), due: Instant(microseconds: rows.instant(row, 2)),
        expires: Instant(microseconds: rows.instant(row, 3)))
      lot.granted = rows.int8(row, 4)
      lot.held = rows.int8(row, 5)
      lot.spent = rows.int8(row, 6)
      lot.expired = rows.int8(row, 7)
      lot.reversed = rows.int8(row, 8)
      lot.remaining = rows.int8(row, 9)
      lot.isStored = true
      accounts[chosen[rows.int(row, 0) - 1]].lots.append(lot)
    }
  }

  private static func readTierChanges(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      accounts[chosen[rows.int(row, 0) - 1]].tierChanges.append(tierChange(rows, row))
    }
  }

  /// Its columns stand from 1 on.
  static func tierChange(_ rows: borrowing Rows, _ row: Int) -> TierChange {
    var change = TierChange(
      from: rows.int2(row, 1), to: rows.int2(row, 2),
      at: Instant(microseconds: rows.instant(row, 3)),
      until: Instant(microseconds: rows.instant(row, 4)),
      reason: TierChange.Reason(rawValue: rows.int2(row, 5)) ?? .byHand)
    if let kept = rows.instantOrNil(row, 6) { change.before = Instant(microseconds: kept) }
    return change
  }

  /// Of several members the first one's dates and attributes count.
  static func readMembers(_ rows: Rows, _ accounts: inout [Account]) throws {
    for row in (0..<rows.count).reversed() {
      let index = rows.int(row, 0) - 1
      accounts[index].birthday = rows.dateOrNil(row, 1).map { CivilDate(day: $0) }
      accounts[index].joined = rows.dateOrNil(row, 2).map { CivilDate(day: $0) }
      accounts[index].attributes =
        try rows.jsonbOrNil(row, 3).map { try EventDetails.attributes($0) } ?? []
    }
  }
}
