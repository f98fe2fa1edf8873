import Loyalty
import Postgres

/// What is set aside for redemptions.
extension Store {
  private static let holdColumns = """
    h.seq, h.at, h.until, h.ended_at, h.source, h.id, h.times, h.money, h.state, h.captured_by,
      h.coupon_seq, h.coupon_n, h.currencies, h.dues, h.ends, h.amounts, h.captured, h.returned,
      h.budgets, h.drawn, h.award_rules, h.award_currencies, h.award_amounts, h.award_dues,
      h.award_ends, h.award_ats, h.moved_to
    """

  /// Open ones, and all where `$3` says so.
  static let loadHolds = Statement(
    "load holds",
    """
    SELECT key.n::int4, \(holdColumns)
    FROM unnest($1::int2[], $2::int8[], $3::bool[])
      WITH ORDINALITY AS key (shard, account_id, whole, n)
    CROSS JOIN LATERAL (
      SELECT * FROM patron.holds h
      WHERE h.shard = key.shard AND h.account_id = key.account_id AND h.state = 1
      UNION ALL
      SELECT * FROM patron.holds h
      WHERE key.whole AND h.shard = key.shard AND h.account_id = key.account_id AND h.state <> 1
    ) h
    ORDER BY key.n, h.seq
    """)

  /// The coupons that open holds use up, with the columns of `loadCoupons`.
  static let loadHeldCoupons = Statement(
    "load held coupons",
    """
    SELECT key.n::int4, t.seq, t.n, t.template, t.code, t.valid_until, t.used, t.times,
      t.withdrawn, t.tier, t.issued_at
    FROM unnest($1::int2[], $2::int8[]) WITH ORDINALITY AS key (shard, account_id, n)
    CROSS JOIN LATERAL (
      SELECT c.* FROM patron.holds h
      JOIN patron.coupons c ON c.shard = h.shard AND c.account_id = h.account_id
        AND c.seq = h.coupon_seq AND c.n = h.coupon_n
      WHERE h.shard = key.shard AND h.account_id = key.account_id AND h.state = 1 OFFSET 0
    ) t
    ORDER BY key.n, t.seq, t.n
    """)

  static func readHolds(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      accounts[chosen[rows.int(row, 0) - 1]].holds.append(hold(rows, row))
    }
  }

  /// Its columns stand from 1 on.
  private static func hold(_ rows: borrowing Rows, _ row: Int) -> Hold {
    var hold = Hold(
      seq: rows.int8(row, 1), at: Instant(microseconds: rows.instant(row, 2)),
      until: Instant(microseconds: rows.instant(row, 3)),
      source: BenefitUse.Source(rawValue: rows.int2(row, 5)) ?? .points, id: rows.int4(row, 6))
    hold.endedAt = rows.instantOrNil(row, 4).map { Instant(microseconds: $0) }
    hold.times = rows.int8(row, 7)
    hold.money = rows.int8(row, 8)
    hold.state = Hold.State(rawValue: rows.int2(row, 9)) ?? .released
    hold.capturedBy = rows.int8OrNil(row, 10) ?? 0
    if let seq = rows.int8OrNil(row, 11) {
      hold.coupon = CouponKey(seq: seq, n: rows.int2OrNil(row, 12) ?? 0)
    }
    let currencies = rows.int2Array(row, 13)
    let (dues, ends) = (rows.instantArray(row, 14), rows.instantArray(row, 15))
    let amounts = rows.int8Array(row, 16)
    let (captured, returned) = (rows.int8Array(row, 17), rows.int8Array(row, 18))
    hold.lots = currencies.indices.map { place in
      var lot = Hold.Lot(
        currency: currencies[place], due: Instant(microseconds: dues[place]),
        expires: Instant(microseconds: ends[place]), amount: amounts[place])
      lot.captured = captured[place]
      lot.returned = returned[place]
      return lot
    }
    hold.draws = zip(rows.int4Array(row, 19), rows.int8Array(row, 20)).map {
      BudgetDraw(budget: $0, amount: $1)
    }
    hold.awards = awards(rows, row, from: 21)
    hold.movedTo = rows.int8OrNil(row, 27) ?? 0
    hold.isTouched = false
    hold.isStored = true
    return hold
  }

  private static func awards(
    _ rows: borrowing Rows, _ row: Int, from first: Int
  ) -> [Original.Award] {
    let (rules, currencies) = (rows.int4Array(row, first), rows.int2Array(row, first + 1))
    let amounts = rows.int8Array(row, first + 2)
    let (dues, ends) = (rows.instantArray(row, first + 3), rows.instantArray(row, first + 4))
    let ats = rows.instantArray(row, first + 5)
    return rules.indices.map { place in
      Original.Award(
        rule: rules[place], currency: currencies[place], amount: amounts[place],
        due: Instant(microseconds: dues[place]), expires: Instant(microseconds: ends[place]),
        earnedAt: Instant(microseconds: ats[place]))
    }
  }

  /// What rules gave for redemptions, by their holds.
  public func awards(ofHolds keys: Set<OriginalKey>) throws -> [OriginalKey: [Original.Award]] {
    guard !keys.isEmpty else { return [:] }
    let list = Array(keys)
    let rows = try db.query(
      """
      SELECT h.shard, h.account_id, h.seq, h.award_rules, h.award_currencies, h.award_amounts,
        h.award_dues, h.award_ends, h.award_ats
      FROM unnest($1::int2[], $2::int8[], $3::int8[]) AS key (shard, account_id, seq)
      JOIN patron.holds h USING (shard, account_id, seq)
      """,
      [
        .int2Array(list.map(\.shard)), .int8Array(list.map(\.account)),
        .int8Array(list.map(\.seq)),
      ])
    var awards: [OriginalKey: [Original.Award]] = [:]
    for row in 0..<rows.count {
      let key = OriginalKey(
        shard: rows.int2(row, 0), account: rows.int8(row, 1), seq: rows.int8(row, 2))
      awards[key] = Self.awards(rows, row, from: 3)
    }
    return awards
  }

  /// The holds of an account, the open ones alone or all.
  public func holds(of owner: CardOwner, all: Bool) throws -> [Hold] {
    let rows = try db.query(
      Self.loadHolds, [.int2Array([owner.shard]), .int8Array([owner.account]), .boolArray([all])])
    return (0..<rows.count).map { Self.hold(rows, $0) }
  }

  /// What is new, and what became of others: rows are written whole, for few columns stay as they
  /// were.
  func writeHolds(_ accounts: [Account]) throws {
    var touched: [(CardOwner, Hold)] = []
    for account in accounts {
      let owner = CardOwner(shard: account.shard, account: account.id)
      for hold in account.holds where hold.isTouched { touched.append((owner, hold)) }
    }
    guard !touched.isEmpty else { return }
    let old = touched.filter(\.1.isStored)
    if !old.isEmpty {
      try db.query(
        """
        DELETE FROM patron.holds h
        USING unnest($1::int2[], $2::int8[], $3::int8[]) AS key (shard, account_id, seq)
        WHERE h.shard = key.shard AND h.account_id = key.account_id AND h.seq = key.seq
        """,
        [
          .int2Array(old.map(\.0.shard)), .int8Array(old.map(\.0.account)),
          .int8Array(old.map(\.1.seq)),
        ])
    }
    try db.copyIn(
      """
      COPY patron.holds (shard, account_id, seq, at, until, ended_at, source, id, times, money,
        state, captured_by, coupon_seq, coupon_n, currencies, dues, ends, amounts, captured,
        returned, budgets, drawn, award_rules, award_currencies, award_amounts, award_dues,
        award_ends, award_ats, moved_to) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for (owner, hold) in touched {
        copy.row(fields: 29)
        copy.int2(owner.shard)
        copy.int8(owner.account)
        Self.write(hold, &copy)
      }
    }
  }

  private static func write(_ hold: Hold, _ copy: inout CopyWriter) {
    copy.int8(hold.seq)
    copy.instant(hold.at.microseconds)
    copy.instant(hold.until.microseconds)
    copy.instant(hold.endedAt?.microseconds)
    copy.int2(hold.source.rawValue)
    copy.int4(hold.id)
    copy.int8(hold.times)
    copy.int8(hold.money)
    copy.int2(hold.state.rawValue)
    copy.int8(hold.capturedBy == 0 ? nil : hold.capturedBy)
    copy.int8(hold.coupon?.seq)
    copy.int2(hold.coupon?.n)
    copy.int2Array(hold.lots.map(\.currency))
    copy.instantArray(hold.lots.map(\.due.microseconds))
    copy.instantArray(hold.lots.map(\.expires.microseconds))
    copy.int8Array(hold.lots.map(\.amount))
    copy.int8Array(hold.lots.map(\.captured))
    copy.int8Array(hold.lots.map(\.returned))
    copy.int4Array(hold.draws.map(\.budget))
    copy.int8Array(hold.draws.map(\.amount))
    copy.int4Array(hold.awards.map(\.rule))
    copy.int2Array(hold.awards.map(\.currency))
    copy.int8Array(hold.awards.map(\.amount))
    copy.instantArray(hold.awards.map(\.due.microseconds))
    copy.instantArray(hold.awards.map(\.expires.microseconds))
    copy.instantArray(hold.awards.map(\.earnedAt.microseconds))
    copy.int8(hold.movedTo == 0 ? nil : hold.movedTo)
  }
}

/// Where a hold is found.
public struct HoldKey: Sendable, Hashable {
  public var owner: CardOwner
  /// The event that made it.
  public var seq: Int64

  public init(owner: CardOwner, seq: Int64) {
    self.owner = owner
    self.seq = seq
  }
}

/// An event of the desk by its id.
public struct DeskEvent: Sendable, Equatable {
  public var owner: CardOwner
  public var seq: Int64
  public var at: Instant
  public var attributes: [Attribute]
  /// Why nothing came of it.
  public var refused: String?
}

extension Store {
  /// The holds that a text may mean: the number or the id under which one was made at the desk, or
  /// `SOURCE/ID` of a feed.
  public func holds(named text: String) throws -> [HoldKey] {
    var sources = [Self.deskSource, Self.deskSource]
    var ids = ["hold \(text)", text]
    for place in text.indices where text[place] == "/" {
      sources.append(String(text[..<place]))
      ids.append(String(text[text.index(after: place)...]))
    }
    let rows = try db.query(
      """
      SELECT c.shard, c.account_id, c.seq
      FROM unnest($1::text[], $2::text[]) AS w (source, id)
      JOIN patron.symbols s ON s.text = w.source
      JOIN patron.claims c ON c.source = s.symbol AND c.external_id = w.id
      JOIN patron.events e ON e.shard = c.shard AND e.account_id = c.account_id AND e.seq = c.seq
      WHERE e.kind = $3
      """, [.textArray(sources), .textArray(ids), .int2(EventKind.hold.rawValue)])
    return (0..<rows.count).map {
      HoldKey(
        owner: CardOwner(shard: rows.int2($0, 0), account: rows.int8($0, 1)),
        seq: rows.int8($0, 2))
    }
  }

  private static let wayOfHolds = Statement(
    "way of holds",
    """
    WITH RECURSIVE way AS (
      SELECT key.n, key.shard, key.account_id, key.seq, 0 AS steps
      FROM unnest($1::int2[], $2::int8[], $3::int8[]) WITH ORDINALITY
        AS key (shard, account_id, seq, n)
      UNION ALL
      SELECT w.n, (a.merged_into % \(Account.shards))::int2, a.merged_into, h.moved_to,
        w.steps + 1
      FROM way w
      JOIN patron.holds h ON h.shard = w.shard AND h.account_id = w.account_id AND h.seq = w.seq
        AND h.moved_to IS NOT NULL
      JOIN patron.accounts a ON a.shard = w.shard AND a.account_id = w.account_id
        AND a.merged_into IS NOT NULL
    )
    SELECT DISTINCT ON (n) n::int4, shard, account_id, seq FROM way WHERE steps > 0
    ORDER BY n, steps DESC
    """)

  /// Where holds are by now that went with their accounts into other ones, however often; those
  /// that did not are left out.
  public func movedHolds(_ keys: [HoldKey]) throws -> [HoldKey: HoldKey] {
    guard !keys.isEmpty else { return [:] }
    let rows = try db.query(
      Self.wayOfHolds,
      [
        .int2Array(keys.map(\.owner.shard)), .int8Array(keys.map(\.owner.account)),
        .int8Array(keys.map(\.seq)),
      ])
    var moved: [HoldKey: HoldKey] = [:]
    for row in 0..<rows.count {
      moved[keys[rows.int(row, 0) - 1]] = HoldKey(
        owner: CardOwner(shard: rows.int2(row, 1), account: rows.int8(row, 2)),
        seq: rows.int8(row, 3))
    }
    return moved
  }

  /// What an account's open holds are called: those that have not fallen away at an instant.
  public func openHolds(of owner: CardOwner, at instant: Instant) throws -> [Int64: String] {
    let rows = try db.query(
      """
      SELECT seq FROM patron.holds
      WHERE shard = $1 AND account_id = $2 AND state = 1 AND until > $3 ORDER BY seq
      """, [.int2(owner.shard), .int8(owner.account), instant.cell])
    let seqs = (0..<rows.count).map { rows.int8($0, 0) }
    return try holdNames(of: owner, seqs)
  }

  /// What some holds of an account are called, by their number: as `holds(named:)` finds them.
  public func holdNames(of owner: CardOwner, _ seqs: [Int64]) throws -> [Int64: String] {
    guard !seqs.isEmpty else { return [:] }
    let rows = try db.query(
      """
      WITH RECURSIVE way AS (
        SELECT seq AS own, $1::int2 AS shard, $2::int8 AS account_id, seq, 0 AS steps
        FROM unnest($3::int8[]) seq
        UNION ALL
        SELECT w.own, h.shard, h.account_id, h.seq, w.steps + 1
        FROM way w JOIN patron.accounts a ON a.merged_into = w.account_id
        JOIN patron.holds h ON h.shard = a.shard AND h.account_id = a.account_id
          AND h.moved_to = w.seq
      )
      SELECT DISTINCT ON (w.own) w.own, s.text, e.external_id
      FROM way w
      JOIN patron.events e ON e.shard = w.shard AND e.account_id = w.account_id AND e.seq = w.seq
      JOIN patron.symbols s ON s.symbol = e.source
      ORDER BY w.own, w.steps DESC
      """, [.int2(owner.shard), .int8(owner.account), .int8Array(seqs)])
    var names: [Int64: String] = [:]
    for row in 0..<rows.count {
      let (source, id) = (rows.text(row, 1), rows.text(row, 2))
      let isOfTheDesk = source == Self.deskSource && id.hasPrefix("hold ")
      names[rows.int8(row, 0)] = isOfTheDesk ? String(id.dropFirst(5)) : "\(source)/\(id)"
    }
    return names
  }

  /// What was done at the desk under an id; nil where nothing was.
  public func deskEvent(_ id: String) throws -> DeskEvent? {
    let rows = try db.query(
      """
      SELECT e.shard, e.account_id, e.seq, e.at, e.attributes, o.refused
      FROM patron.claims c JOIN patron.symbols s ON s.symbol = c.source
      JOIN patron.events e ON e.shard = c.shard AND e.account_id = c.account_id AND e.seq = c.seq
      LEFT JOIN patron.outcomes o
        ON o.shard = e.shard AND o.account_id = e.account_id AND o.seq = e.seq
      WHERE s.text = $1 AND c.external_id = $2
      """, [.text(Self.deskSource), .text(id)])
    guard rows.count == 1 else { return nil }
    return DeskEvent(
      owner: CardOwner(shard: rows.int2(0, 0), account: rows.int8(0, 1)), seq: rows.int8(0, 2),
      at: Instant(microseconds: rows.instant(0, 3)),
      attributes: try rows.jsonbOrNil(0, 4).map { try EventDetails.attributes($0) } ?? [],
      refused: rows.textOrNil(0, 5))
  }

  /// What an event gave back of what had been redeemed, by currency.
  public func givenBack(_ owner: CardOwner, _ seq: Int64) throws -> [CurrencyID: Int64] {
    let rows = try db.query(
      """
      SELECT currency, sum(amount)::bigint FROM patron.postings
      WHERE shard = $1 AND account_id = $2 AND seq = $3 AND reason = $4 AND debited = $5
      GROUP BY currency
      """,
      [
        .int2(owner.shard), .int8(owner.account), .int8(seq),
        .int2(PostingReason.givenBack.rawValue), .int2(Bucket.redeemed.rawValue),
      ])
    return Dictionary(
      uniqueKeysWithValues: (0..<rows.count).map { (rows.int2($0, 0), rows.int8($0, 1)) })
  }
}
