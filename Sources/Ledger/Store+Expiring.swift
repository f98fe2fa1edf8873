import Loyalty
import Postgres

/// Lots of a currency that end alike: by the date that they carry, or by the day of the account's
/// last activity.
public struct ExpiringLots: Sendable, Hashable {
  public var currency: CurrencyID
  public var expires: Instant
  /// Nil where only `expires` counts.
  public var active: CivilDate?
  /// The last day of use.
  public var lastDay = CivilDate(day: 0)

  public init(currency: CurrencyID, expires: Instant, active: CivilDate? = nil) {
    self.currency = currency
    self.expires = expires
    self.active = active
  }
}

extension Store {
  /// The dates that open lots carry, each once; without those of `except`.
  public func openExpiries(except: [CurrencyID]) throws -> [ExpiringLots] {
    let rows = try db.query(
      """
      SELECT currency, expires FROM patron.lots WHERE remaining > 0 AND currency <> ALL($1)
      GROUP BY currency, expires
      """, [.int2Array(except)])
    return (0..<rows.count).map {
      ExpiringLots(
        currency: rows.int2($0, 0), expires: Instant(microseconds: rows.instant($0, 1)))
    }
  }

  /// The days of last activity, each once, with the dates of a currency's open lots.
  public func openExpiries(
    of currency: CurrencyID, byActivity counter: CounterID
  ) throws -> [ExpiringLots] {
    let rows = try db.query(
      """
      SELECT l.expires, v.value FROM patron.lots l
      JOIN patron.counter_values v ON v.shard = l.shard AND v.account_id = l.account_id
        AND v.counter = $2 AND v.bucket = '1970-01-01'
      WHERE l.remaining > 0 AND l.currency = $1 GROUP BY l.expires, v.value
      """, [.int2(currency), .int4(counter)])
    return (0..<rows.count).map {
      ExpiringLots(
        currency: currency, expires: Instant(microseconds: rows.instant($0, 0)),
        active: CivilDate(day: Int32(clamping: rows.int8($0, 1))))
    }
  }

  /// What members of some shards were told just now of a currency's points that end.
  public struct ToldExpiry: Sendable {
    public var currency: CurrencyID
    public var accounts: Int64
    public var amount: Int64
  }

  /// Tells the members of some shards, by the outbox, which of their points end on which day; each
  /// account once for each last day. `counters` has the counter of activity for each of `lots`, 0
  /// where none counts. Behind whatever the account was told before. Call within a transaction: it
  /// turns nested loops off for the rest of it, for the server does not know how many rows come out
  /// of the statement's own parts, and joined tens of thousands of them one by one.
  public func tell(
    _ lots: [ExpiringLots], _ counters: [CounterID], shards: Range<Int16>, at: Instant
  ) throws -> [ToldExpiry] {
    try db.execute("SET LOCAL enable_nestloop = off")
    let rows = try db.query(
      Self.tellExpiring,
      [
        .int2Array(lots.map(\.currency)), .instantArray(lots.map(\.expires.microseconds)),
        .int8Array(lots.map { Int64($0.active?.day ?? 0) }),
        .dateArray(lots.map(\.lastDay.day)), .int4Array(counters), .int2(shards.lowerBound),
        .int2(shards.upperBound), .text(at.text(offset: 0)),
      ])
    return (0..<rows.count).map {
      ToldExpiry(
        currency: rows.int2($0, 0), accounts: rows.int8($0, 1), amount: rows.int8($0, 2))
    }
  }

  private static let tellExpiring: Statement = """
    WITH wanted AS (
      SELECT * FROM unnest($1::int2[], $2::timestamptz[], $3::int8[], $4::date[], $5::int4[])
        AS w (currency, expires, active, last_day, counter)
    ), ending AS (
      SELECT l.shard, l.account_id, l.currency, w.last_day, sum(l.remaining)::int8 AS amount
      FROM patron.lots l
      JOIN wanted w ON w.currency = l.currency AND w.expires = l.expires
      LEFT JOIN patron.counter_values v ON w.counter <> 0 AND v.shard = l.shard
        AND v.account_id = l.account_id AND v.counter = w.counter AND v.bucket = '1970-01-01'
        AND v.shard >= $6 AND v.shard < $7
      WHERE l.shard >= $6 AND l.shard < $7 AND l.remaining > 0
        AND (w.counter = 0 OR v.value = w.active)
      GROUP BY l.shard, l.account_id, l.currency, w.last_day
    ), told AS (
      INSERT INTO patron.expiry_notices (shard, account_id, currency, last_day)
      SELECT shard, account_id, currency, last_day FROM ending
      ON CONFLICT DO NOTHING RETURNING shard, account_id, currency, last_day
    ), message AS (
      SELECT e.*, c.key, c.decimals, a.position FROM told
      JOIN ending e USING (shard, account_id, currency, last_day)
      JOIN patron.accounts a ON a.shard = e.shard AND a.account_id = e.account_id
        AND a.shard >= $6 AND a.shard < $7
      JOIN patron.currencies c ON c.currency = e.currency
    ), sent AS (
      INSERT INTO patron.outbox (shard, account_id, seq, topic, body)
      SELECT shard, account_id, position, 'expiring', json_build_object('version', 1,
        'topic', 'expiring', 'account', account_id, 'at', $8::text, 'currency', key,
        'amount', round(amount / 10::numeric ^ decimals, decimals), 'last day', last_day)
      FROM message ORDER BY shard, account_id, last_day, currency
    )
    SELECT currency, count(DISTINCT account_id), sum(amount)::int8 FROM message
    GROUP BY currency ORDER BY currency
    """
}
