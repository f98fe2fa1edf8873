import JSON
import Loyalty
import Postgres

/// Days for which corrections were posted.
public struct StoredRerate: Sendable, Equatable {
  public var id: Int32
  public var days: ClosedRange<CivilDate>
}

/// What one account's correction event says.
public struct CorrectionRow: Sendable {
  public var shard: Int16
  public var account: Int64
  public var corrections: [Correction]

  public init(shard: Int16, account: Int64, corrections: [Correction]) {
    self.shard = shard
    self.account = account
    self.corrections = corrections
  }
}

extension Store {
  /// One rerate at a time: held until the transaction ends.
  public func lockRerates() throws {
    try db.execute("LOCK TABLE patron.rerates IN SHARE ROW EXCLUSIVE MODE")
  }

  /// Corrections of days that have any day in common with these.
  public func rerates(touching days: ClosedRange<CivilDate>) throws -> [StoredRerate] {
    let rows = try db.query(
      """
      SELECT rerate_id, first_day, last_day FROM patron.rerates
      WHERE first_day <= $2 AND last_day >= $1 ORDER BY rerate_id
      """, [.date(days.lowerBound.day), .date(days.upperBound.day)])
    return (0..<rows.count).map {
      StoredRerate(
        id: rows.int4($0, 0),
        days: CivilDate(day: rows.date($0, 1))...CivilDate(day: rows.date($0, 2)))
    }
  }

  public func insertRerate(
    days: ClosedRange<CivilDate>, program: String, digest: String
  ) throws -> Int32 {
    let rows = try db.query(
      """
      INSERT INTO patron.rerates (first_day, last_day, program, digest) VALUES ($1, $2, $3, $4)
      RETURNING rerate_id
      """,
      [
        .date(days.lowerBound.day), .date(days.upperBound.day), .text(program), .text(digest),
      ])
    return rows.int4(0, 0)
  }

  /// Gives each account its correction, as its next event.
  public func post(
    _ rows: [CorrectionRow], rerate: Int32, at: Instant, offset: Int32
  ) throws {
    let source = try symbols(["patron rerate"])["patron rerate"]?.id ?? 0
    try db.query(
      """
      WITH new AS (
        SELECT * FROM unnest($1::int2[], $2::int8[], $3::text[]) AS n (shard, account_id, body)
      ), locked AS MATERIALIZED (
        SELECT a.shard, a.account_id, n.body FROM new n
        JOIN patron.accounts a ON a.shard = n.shard AND a.account_id = n.account_id
          AND a.status < 2
        ORDER BY a.shard, a.account_id FOR NO KEY UPDATE OF a
      ), raised AS (
        UPDATE patron.accounts a SET last_seq = a.last_seq + 1 FROM locked l
        WHERE a.shard = l.shard AND a.account_id = l.account_id
        RETURNING a.shard, a.account_id, a.last_seq, l.body,
          $4::int || ' ' || a.account_id AS id
      ), claimed AS (
        INSERT INTO patron.claims (source, external_id, shard, account_id, seq, digest)
        SELECT $5, id, shard, account_id, last_seq, md5(body)::uuid FROM raised
      )
      INSERT INTO patron.events (shard, account_id, seq, at, received_at, kind, utc_offset, source,
        external_id, attributes)
      SELECT shard, account_id, last_seq, $6, now(), 9, $7, $5, id, body::jsonb FROM raised
      """,
      [
        .int2Array(rows.map(\.shard)), .int8Array(rows.map(\.account)),
        .textArray(rows.map { Self.body($0, rerate) }), .int4(rerate), .int4(source), at.cell,
        .int4(offset),
      ])
    try db.query(
      "UPDATE patron.rerates SET accounts = accounts + $2 WHERE rerate_id = $1",
      [.int4(rerate), .int8(Int64(rows.count))])
  }

  /// As `EventRow` reads it.
  private static func body(_ row: CorrectionRow, _ rerate: Int32) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("rerate", Int64(rerate))
      for correction in row.corrections {
        json.member("rule \(correction.rule) currency \(correction.currency)", correction.amount)
      }
    }
    return json.text
  }
}
