import Loyalty
import Postgres

/// What must be read of an account besides its balances, counters and tiers.
public struct AccountNeeds: Sendable {
  /// Lots: where something falls due or is taken back.
  public var lots = false
  /// Past tiers: where an event is late or brings something back.
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
      account.standings = row.standings ?? []
      return account
    }
    for index in accounts.indices where !needs[index].tierChanges {
      accounts[index].groundsAreLoaded = false
    }
    for index in accounts.indices where !needs[index].lots {
      accounts[index].lotsAreLoaded = false
      accounts[index].dueOfUnloaded = accounts[index].due
    }
    let all = Array(accounts.indices)
    let isRead = waiting.map { $0.standings != nil }
    let chosen = { (isNeeded: (AccountNeeds) -> Bool) in all.filter { isNeeded(needs[$0]) } }
    let withHolds = chosen { $0.lots || $0.holds || $0.coupons }
    let readings = [
      Reading(Self.loadBalances, all, Self.readBalances),
      Reading(Self.loadCounters, all, Self.readCounters),
      Reading(Self.loadStandings, all.filter { !isRead[$0] }, Self.readStandings),
      Reading(Self.loadLots, chosen(\.lots), Self.readLots),
      Reading(Self.loadExpiredLots, chosen { $0.lots && $0.holds }, Self.readLots),
      Reading(Self.loadTierChanges, chosen(\.tierChanges), Self.readTierChanges),
      Reading(Self.loadTierGrounds, chosen(\.tierChanges), Self.readTierGrounds),
      Reading(Self.loadCoupons, chosen(\.coupons), Self.readCoupons),
      Reading(
        Self.loadHolds, withHolds, and: [.boolArray(withHolds.map { needs[$0].holds })],
        Self.readHolds),
      Reading(Self.loadHeldCoupons, withHolds.filter { !needs[$0].coupons }, Self.readCoupons),
      Reading(Self.loadMembers, withMembers ? all : [], Self.readMembers),
      Reading(Self.loadSegments, withSegments ? all : [], Self.readSegments),
    ].filter { !$0.chosen.isEmpty }
    let rows = try db.pipeline(readings.map { ($0.statement, $0.cells(accounts)) })
    for (place, reading) in readings.enumerated() {
      try reading.take(rows[place], reading.chosen, &accounts)
    }
    return accounts
  }

  /// A table that is asked about some of the accounts, in one statement; none is asked about
  /// nobody.
  private struct Reading {
    let statement: Statement
    /// Places among the accounts; each row names a place in this list, from 1.
    let chosen: [Int]
    /// Behind the keys.
    let further: [Cell]
    let take: (Rows, [Int], inout [Account]) throws -> Void

    init(
      _ statement: Statement, _ chosen: [Int], and further: [Cell] = [],
      _ take: @escaping (Rows, [Int], inout [Account]) throws -> Void
    ) {
      self.statement = statement
      self.chosen = chosen
      self.further = further
      self.take = take
    }

    func cells(_ accounts: [Account]) -> [Cell] {
      [
        .int2Array(chosen.map { accounts[$0].shard }), .int8Array(chosen.map { accounts[$0].id }),
      ] + further
    }
  }

  /// Every statement here looks up rows by `(shard, account_id)` and tells which of the keys a row
  /// belongs to.
  static func loading(
    _ name: String, _ columns: String, named: String? = nil, order: String = ""
  ) -> Statement {
    Statement(
      "load \(named ?? name)",
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
  private static let loadStandings = loading(
    "accounts", "t.standing_tiers, t.standing_sinces, t.standing_untils", named: "standings",
    order: "WHERE t.standing_tiers IS NOT NULL")
  private static let loadLots = loading(
    "lots",
    "t.currency, t.due, t.expires, t.granted, t.held, t.spent, t.expired, t.reversed, t.remaining",
    order: "WHERE t.remaining + t.held > 0 ORDER BY key.n, t.expires, t.due, t.currency")
  /// A capture may find that what it was to spend expired when its hold fell away.
  private static let loadExpiredLots = loading(
    "lots",
    "t.currency, t.due, t.expires, t.granted, t.held, t.spent, t.expired, t.reversed, t.remaining",
    named: "expired lots", order: "WHERE t.remaining + t.held = 0 AND t.expired > 0 ORDER BY key.n")
  private static let loadTierChanges = loading(
    "tier_changes", "t.from_tier, t.to_tier, t.at, t.until, t.reason",
    order: "ORDER BY key.n, t.at, t.seq, t.n")
  static let loadMembers = loading(
    "members", "t.birthday, t.joined, t.attributes",
    order: "ORDER BY key.n, t.place, t.member_id")

  static let loadSegments = loading("segment_members", "t.segment, t.since")

  static func readSegments(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      accounts[chosen[rows.int(row, 0) - 1]].segments.append(
        Membership(
          segment: rows.int2(row, 1), since: Instant(microseconds: rows.instant(row, 2))))
    }
  }

  private static func readBalances(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
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
      accounts[chosen[rows.int(row, 0) - 1]].balances.append(balance)
    }
  }

  private static func readCounters(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      var value = CounterValue(
        counter: rows.int4(row, 1), bucket: CivilDate(day: rows.date(row, 2)),
        value: rows.int8(row, 3))
      value.isStored = true
      accounts[chosen[rows.int(row, 0) - 1]].counters.append(value)
    }
  }

  private static func readStandings(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      accounts[chosen[rows.int(row, 0) - 1]].standings = standings(rows, row, from: 1)
    }
  }

  /// Three columns that stand beside each other; an account that never had a tier has none there.
  static func standings(_ rows: borrowing Rows, _ row: Int, from column: Int) -> [Standing] {
    guard let tiers = rows.int2ArrayOrNil(row, column) else { return [] }
    let sinces = rows.instantArray(row, column + 1)
    let untils = rows.instantArray(row, column + 2)
    return tiers.indices.map {
      Standing(
        tier: tiers[$0], since: Instant(microseconds: sinces[$0]),
        until: Instant(microseconds: untils[$0]))
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
  private static func tierChange(_ rows: borrowing Rows, _ row: Int) -> TierChange {
    TierChange(
      from: rows.int2(row, 1), to: rows.int2(row, 2),
      at: Instant(microseconds: rows.instant(row, 3)),
      until: Instant(microseconds: rows.instant(row, 4)),
      reason: TierChange.Reason(rawValue: rows.int2(row, 5)) ?? .byHand)
  }

  /// Of several members the first one's dates and attributes count.
  static func readMembers(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) throws {
    for row in (0..<rows.count).reversed() {
      let index = chosen[rows.int(row, 0) - 1]
      accounts[index].birthday = rows.dateOrNil(row, 1).map { CivilDate(day: $0) }
      accounts[index].joined = rows.dateOrNil(row, 2).map { CivilDate(day: $0) }
      accounts[index].attributes =
        try rows.jsonbOrNil(row, 3).map { try EventDetails.attributes($0) } ?? []
    }
  }
}
