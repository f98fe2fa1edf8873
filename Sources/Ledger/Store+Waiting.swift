import Loyalty
import Postgres

/// An account with events that wait to be rated, locked.
public struct WaitingAccount: Sendable, Equatable {
  public var shard: Int16
  public var id: Int64
  public var position: Int64
  public var last: Int64
  public var clock: Instant
  public var due: Instant
  /// Where its row was read for rating.
  public var standings: [Standing]?
}

extension Store {
  private static let anyWaiting: Statement = """
    SELECT shard, account_id, position, last_seq, clock, due, standing_tiers, standing_sinces,
      standing_untils FROM patron.accounts
    WHERE waiting AND shard >= $1
    ORDER BY shard, account_id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
    """
  private static let waitingBefore: Statement = """
    SELECT shard, account_id, position, last_seq, clock, due, standing_tiers, standing_sinces,
      standing_untils FROM patron.accounts a
    WHERE waiting AND shard >= $1 AND (
      SELECT e.at FROM patron.events e WHERE e.shard = a.shard AND e.account_id = a.account_id
        AND e.seq = a.position + 1) < $3
    ORDER BY shard, account_id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
    """

  /// Locks up to `most` accounts with waiting events, in the order of (shard, account), from a
  /// shard on; with a `limit`, those whose next event lies before it.
  /// Accounts that another worker or a till has just now are passed over; they are found again.
  public func lockWaiting(
    from shard: Int16, most: Int, before limit: Instant? = nil
  ) throws -> [WaitingAccount] {
    let key: [Cell] = [.int2(shard), .int8(Int64(most))]
    let rows =
      if let limit {
        try db.query(Self.waitingBefore, key + [limit.cell])
      } else {
        try db.query(Self.anyWaiting, key)
      }
    return Self.waitingAccounts(rows)
  }

  /// How many events the next accounts have waiting on average, at least 1: of a few of them, for
  /// it is only a guess.
  public func eventsWaitingEach(from shard: Int16) throws -> Int {
    let rows = try db.query(
      """
      SELECT coalesce(avg(waits), 1)::int8 FROM (
        SELECT last_seq - position AS waits FROM patron.accounts
        WHERE waiting AND shard >= $1 ORDER BY shard, account_id LIMIT 100) next
      """, [.int2(shard)])
    return max(1, Int(rows.int8(0, 0)))
  }

  /// Rows of shard, number, position, last number, clock and due, with the three columns of
  /// standings behind them where they were asked for.
  static func waitingAccounts(_ rows: borrowing Rows) -> [WaitingAccount] {
    var accounts: [WaitingAccount] = []
    accounts.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      var account = WaitingAccount(
        shard: rows.int2(row, 0), id: rows.int8(row, 1), position: rows.int8(row, 2),
        last: rows.int8(row, 3), clock: Instant(microseconds: rows.instant(row, 4)),
        due: Instant(microseconds: rows.instant(row, 5)))
      if rows.columns > 6 { account.standings = standings(rows, row, from: 6) }
      accounts.append(account)
    }
    return accounts
  }

  /// What lies before an instant of each account's next events, of which no more than `most` are
  /// looked at: up to the first one that does not. Accounts of which nothing is left are left out.
  public func cut(
    _ waiting: [WaitingAccount], before limit: Instant, most: Int
  ) throws -> [WaitingAccount] {
    let rows = try db.query(
      """
      SELECT key.n::int4, e.seq
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
        WITH ORDINALITY AS key (shard, account_id, first, last, n)
      CROSS JOIN LATERAL (
        SELECT seq FROM patron.events e
        WHERE e.shard = key.shard AND e.account_id = key.account_id
          AND e.seq BETWEEN key.first AND key.last AND e.at >= $5
        ORDER BY e.seq LIMIT 1
      ) e
      """,
      [
        .int2Array(waiting.map(\.shard)), .int8Array(waiting.map(\.id)),
        .int8Array(waiting.map { $0.position + 1 }),
        .int8Array(waiting.map { min($0.last, $0.position + Int64(most)) }), limit.cell,
      ])
    var cut = waiting
    for row in 0..<rows.count { cut[rows.int(row, 0) - 1].last = rows.int8(row, 1) - 1 }
    return cut.filter { $0.position < $0.last }
  }

  /// Locks one account, or gives nil where there is none.
  public func lock(shard: Int16, account: Int64) throws -> WaitingAccount? {
    let rows = try db.query(
      """
      SELECT position, last_seq, clock, due FROM patron.accounts
      WHERE shard = $1 AND account_id = $2 FOR NO KEY UPDATE
      """, [.int2(shard), .int8(account)])
    guard rows.count == 1 else { return nil }
    return WaitingAccount(
      shard: shard, id: account, position: rows.int8(0, 0), last: rows.int8(0, 1),
      clock: Instant(microseconds: rows.instant(0, 2)),
      due: Instant(microseconds: rows.instant(0, 3)))
  }

  /// Whether any account has an event that is not rated.
  public func hasWaiting() throws -> Bool {
    try db.query("SELECT EXISTS (SELECT FROM patron.accounts WHERE waiting)").bool(0, 0)
  }

  /// Whether any account's next event lies before an instant, and whether anything waits at all; as
  /// of one moment, for what waits may be rated between two questions.
  public func next(before limit: Instant) throws -> (isBefore: Bool, isAny: Bool) {
    let rows = try db.query(
      """
      SELECT EXISTS (
        SELECT FROM patron.accounts a WHERE a.waiting AND (
          SELECT e.at FROM patron.events e WHERE e.shard = a.shard
            AND e.account_id = a.account_id AND e.seq = a.position + 1) < $1),
        EXISTS (SELECT FROM patron.accounts WHERE waiting)
      """, [limit.cell])
    return (rows.bool(0, 0), rows.bool(0, 1))
  }

  /// How many accounts' next event lies at or behind an instant, and when the first of these events
  /// arrived; nil where there is none.
  public func waiting(from limit: Instant) throws -> (accounts: Int64, since: Instant)? {
    let rows = try db.query(
      """
      SELECT count(*), min(e.received_at) FROM patron.accounts a JOIN patron.events e
        ON (e.shard, e.account_id) = (a.shard, a.account_id) AND e.seq = a.position + 1
      WHERE a.waiting AND e.at >= $1
      """, [limit.cell])
    return rows.instantOrNil(0, 1).map { (rows.int8(0, 0), Instant(microseconds: $0)) }
  }

  /// How many events wait, and since when the one that waits longest.
  public func waiting() throws -> (events: Int64, since: Instant?) {
    let rows = try db.query(
      """
      SELECT coalesce(sum(last_seq - position), 0)::bigint,
        (SELECT min(e.received_at) FROM patron.accounts a JOIN patron.events e
           ON (e.shard, e.account_id) = (a.shard, a.account_id) AND e.seq = a.position + 1
         WHERE a.waiting)
      FROM patron.accounts WHERE waiting
      """)
    return (rows.int8(0, 0), rows.instantOrNil(0, 1).map { Instant(microseconds: $0) })
  }
}

/// A stretch of one account's events.
public struct EventSpan: Sendable, Equatable {
  public var shard: Int16
  public var account: Int64
  public var first: Int64
  public var last: Int64
  public init(shard: Int16, account: Int64, first: Int64, last: Int64) {
    self.shard = shard
    self.account = account
    self.first = first
    self.last = last
  }
}

extension Store {
  private static let eventsOfSpans = Statement(
    "events of spans",
    """
    SELECT span.n::int4, e.seq, e.kind, e.at, e.utc_offset, e.name, e.store,
      CASE WHEN $5 THEN (SELECT s.region FROM patron.stores s WHERE s.store = e.store) END,
      e.channel, e.training, CASE WHEN $6 OR e.is_back THEN e.products END, e.categories,
      CASE WHEN $7 OR e.is_back OR 0 > ANY (e.quantities) THEN e.quantities END, e.totals, e.units,
      e.taxes, e.store_discounts, e.manufacturer_discounts, e.loyalty_discounts,
      CASE WHEN $8 OR e.is_back THEN e.tender_kinds END,
      CASE WHEN $8 OR e.is_back THEN e.tender_amounts END, e.coupons, e.line_details, e.attributes,
      e.costs, CASE WHEN $9 OR e.is_back THEN e.numbers END, e.original_seq, e.original_account,
      e.suspended
    FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
      WITH ORDINALITY AS span (shard, account_id, first, last, n)
    JOIN LATERAL (
      SELECT *, e.kind <> 1 OR e.original_seq IS NOT NULL AS is_back FROM patron.events e
      WHERE e.shard = span.shard AND e.account_id = span.account_id
        AND e.seq BETWEEN span.first AND span.last
      ORDER BY e.seq OFFSET 0
    ) e ON true
    """)

  /// The events of the spans, each with the number of its span (from 0), in the order of spans and
  /// sequence; where they are to be rated, and there are tiers by rank, `withReviews`. Sales that
  /// bring nothing back have no more than the `parts`.
  public func events(
    _ spans: [EventSpan], withReviews: Bool = false, _ parts: EventParts = .all
  ) throws -> [(span: Int, event: Event)] {
    let keys: [Cell] = [
      .int2Array(spans.map(\.shard)), .int8Array(spans.map(\.account)),
      .int8Array(spans.map(\.first)), .int8Array(spans.map(\.last)),
    ]
    let asked = [EventParts.regions, .products, .quantities, .tenders, .numbers].map {
      Cell.bool(parts.contains($0))
    }
    let rows = try db.query(Self.eventsOfSpans, keys + asked)
    var events: [(span: Int, event: Event)] = []
    events.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      events.append((rows.int(row, 0) - 1, try EventRow.event(rows, row)))
    }
    if withReviews { try readReviews(keys, &events) }
    return events
  }
}
