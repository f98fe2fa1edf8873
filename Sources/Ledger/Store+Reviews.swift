import Loyalty
import Postgres

/// What a review found and fixed.
public struct StoredReview: Sendable, Equatable {
  public var buyers: Int64
  public var places: Int64
  public var cutoff: Int64?
}

extension Store {
  public func lockReviews() throws {
    try db.execute("LOCK TABLE patron.reviews IN SHARE ROW EXCLUSIVE MODE")
  }

  public func review(tier: TierID, asOf day: CivilDate) throws -> StoredReview? {
    let rows = try db.query(
      "SELECT buyers, places, cutoff FROM patron.reviews WHERE tier = $1 AND as_of = $2",
      [.int2(tier), .date(day.day)])
    guard rows.count == 1 else { return nil }
    return StoredReview(
      buyers: rows.int8(0, 0), places: rows.int8(0, 1), cutoff: rows.int8OrNil(0, 2))
  }

  /// The days for which reviews were made, in their order.
  public func reviewedDays() throws -> [CivilDate] {
    let rows = try db.query("SELECT DISTINCT as_of FROM patron.reviews ORDER BY as_of")
    return (0..<rows.count).map { CivilDate(day: rows.date($0, 0)) }
  }

  public func insertReview(
    tier: TierID, asOf day: CivilDate, window: ClosedRange<CivilDate>, buyers: Int64,
    places: Int64, cutoff: Int64?
  ) throws {
    try db.query(
      """
      INSERT INTO patron.reviews (tier, as_of, first_day, last_day, buyers, places, cutoff)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [
        .int2(tier), .date(day.day), .date(window.lowerBound.day), .date(window.upperBound.day),
        .int8(buyers), .int8(places), .int8(cutoff),
      ])
  }

  /// Accounts whose counter says anything above zero in the window: those with a purchase.
  public func buyers(_ counter: CounterID, _ window: ClosedRange<CivilDate>) throws -> Int64 {
    let rows = try db.query(
      """
      SELECT count(*) FROM (
        SELECT FROM patron.counter_values WHERE counter = $1 AND bucket BETWEEN $2 AND $3
        GROUP BY shard, account_id HAVING sum(value) > 0) t
      """, Self.key(counter, window))
    return rows.int8(0, 0)
  }

  /// The value of the account at a place, counted from 1 at the top.
  public func value(
    atPlace place: Int64, _ counter: CounterID, _ window: ClosedRange<CivilDate>
  ) throws -> Int64? {
    let rows = try db.query(
      """
      SELECT sum(value)::bigint AS total FROM patron.counter_values
      WHERE counter = $1 AND bucket BETWEEN $2 AND $3
      GROUP BY shard, account_id HAVING sum(value) > 0
      ORDER BY total DESC OFFSET $4 - 1 LIMIT 1
      """, Self.key(counter, window) + [.int8(place)])
    return rows.count == 1 ? rows.int8(0, 0) : nil
  }

  private static func key(_ counter: CounterID, _ window: ClosedRange<CivilDate>) -> [Cell] {
    [.int4(counter), .date(window.lowerBound.day), .date(window.upperBound.day)]
  }

  /// Gives each account at or above the cutoff its event, once; tells how many there are.
  public func postReview(
    tier: TierID, key: String, counter: CounterID, window: ClosedRange<CivilDate>, cutoff: Int64,
    day: CivilDate, at: Instant, offset: Int32
  ) throws -> Int64 {
    let source = try symbols(["patron review"])["patron review"]?.id ?? 0
    let rows = try db.query(
      """
      WITH reached AS (
        SELECT shard, account_id, sum(value)::bigint AS total FROM patron.counter_values
        WHERE counter = $1 AND bucket BETWEEN $2 AND $3
        GROUP BY shard, account_id HAVING sum(value) >= $4
      ), new AS (
        SELECT r.*, $5 || ' ' || $6::date || ' ' || r.account_id AS id FROM reached r
        WHERE NOT EXISTS (
          SELECT FROM patron.claims c WHERE c.source = $7
            AND c.external_id = $5 || ' ' || $6::date || ' ' || r.account_id)
      ), locked AS MATERIALIZED (
        SELECT a.shard, a.account_id, n.total, n.id FROM new n
        JOIN patron.accounts a ON a.shard = n.shard AND a.account_id = n.account_id
          AND a.status < 2
        ORDER BY a.shard, a.account_id FOR NO KEY UPDATE OF a
      ), raised AS (
        UPDATE patron.accounts a SET last_seq = a.last_seq + 1 FROM locked l
        WHERE a.shard = l.shard AND a.account_id = l.account_id
        RETURNING a.shard, a.account_id, a.last_seq, l.total, l.id
      ), claimed AS (
        INSERT INTO patron.claims (source, external_id, shard, account_id, seq, digest)
        SELECT $7, id, shard, account_id, last_seq, md5(id)::uuid FROM raised
      ), posted AS (
        INSERT INTO patron.events (shard, account_id, seq, at, received_at, kind, utc_offset,
        source,
          external_id, attributes)
        SELECT shard, account_id, last_seq, $8, now(), 6, $9, $7, id,
          jsonb_build_object('tier', $10::int, 'value', total, 'cutoff', $4::bigint)
        FROM raised
      )
      SELECT count(*) FROM reached
      """,
      Self.key(counter, window) + [
        .int8(cutoff), .text(key), .date(day.day), .int4(source), at.cell, .int4(offset),
        .int4(Int32(tier)),
      ])
    return rows.int8(0, 0)
  }
}
