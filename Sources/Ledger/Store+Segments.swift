import Loyalty
import Postgres

/// Who is in which segment.
extension Store {
  /// Writes who entered and who left, and each change with the event that brought it.
  func writeSegments(_ booking: Booking, _ accounts: [Account]) throws {
    guard !booking.segments.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.segment_changes (shard, account_id, seq, n, segment, at, entered)
      FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.segments {
        copy.row(fields: 7)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.int2(row.n)
        copy.int2(row.change.segment)
        copy.instant(row.change.at.microseconds)
        copy.bool(row.change.isIn)
      }
    }
    let touched = accounts.flatMap { account in
      account.segments.filter(\.isTouched).map { (account, $0) }
    }
    try db.query(
      """
      DELETE FROM patron.segment_members m
      USING unnest($1::int2[], $2::int8[], $3::int2[]) AS b (shard, account_id, segment)
      WHERE m.shard = b.shard AND m.account_id = b.account_id AND m.segment = b.segment
      """,
      [
        .int2Array(touched.map(\.0.shard)), .int8Array(touched.map(\.0.id)),
        .int2Array(touched.map(\.1.segment)),
      ])
    let entered = touched.filter(\.1.isIn)
    try db.query(
      """
      INSERT INTO patron.segment_members (shard, account_id, segment, since)
      SELECT * FROM unnest($1::int2[], $2::int8[], $3::int2[], $4::timestamptz[])
      """,
      [
        .int2Array(entered.map(\.0.shard)), .int8Array(entered.map(\.0.id)),
        .int2Array(entered.map(\.1.segment)), .instantArray(entered.map(\.1.since.microseconds)),
      ])
  }

  /// Makes a list exactly these members, found by their code or one of their cards, and tells the
  /// outbox who entered and who left. Call within a transaction. Gives what no member has.
  public func replaceList(
    _ segment: SegmentID, key: String, with names: [String], at now: Instant
  ) throws -> (entered: Int, left: Int, unknown: [String]) {
    try db.execute("LOCK TABLE patron.segment_members IN SHARE ROW EXCLUSIVE MODE")
    let unknown = try db.query(
      """
      SELECT name FROM unnest($1::text[]) name
      WHERE NOT EXISTS (SELECT FROM patron.member_codes WHERE code = name)
        AND NOT EXISTS (SELECT FROM patron.cards WHERE card = name)
      ORDER BY name
      """, [.textArray(names)])
    let left = try db.query(
      Statement(
        "leave a list",
        """
        WITH wanted AS (\(Self.accountsOfNames)), gone AS (
          DELETE FROM patron.segment_members m
          WHERE m.segment = $2 AND NOT EXISTS (SELECT FROM wanted w
            WHERE w.shard = m.shard AND w.account_id = m.account_id)
          RETURNING m.shard, m.account_id)
        \(Self.tellingChange("left"))
        """), [.textArray(names), .int2(segment), .text(key), now.cell])
    let entered = try db.query(
      Statement(
        "enter a list",
        """
        WITH wanted AS (\(Self.accountsOfNames)), gone AS (
          INSERT INTO patron.segment_members (shard, account_id, segment, since)
          SELECT shard, account_id, $2, $4 FROM wanted ON CONFLICT DO NOTHING
          RETURNING shard, account_id)
        \(Self.tellingChange("entered"))
        """), [.textArray(names), .int2(segment), .text(key), now.cell])
    return (
      entered.count, left.count, (0..<unknown.count).map { unknown.text($0, 0) }
    )
  }

  private static let accountsOfNames = """
    SELECT DISTINCT shard, account_id FROM (
      SELECT shard, account_id FROM patron.member_codes WHERE code = ANY($1)
      UNION ALL SELECT shard, account_id FROM patron.cards WHERE card = ANY($1)) named
    """

  /// Behind whatever the account was told before.
  private static func tellingChange(_ change: String) -> String {
    """
    INSERT INTO patron.outbox (shard, account_id, seq, topic, body)
    SELECT a.shard, a.account_id, a.position, 'segment',
      json_build_object('version', 1, 'topic', 'segment', 'account', a.account_id,
        'at', to_char($4 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'segment', $3::text, 'change', '\(change)')
    FROM patron.accounts a JOIN gone ON gone.shard = a.shard AND gone.account_id = a.account_id
    RETURNING 1
    """
  }

  public struct SegmentMember: Sendable, Equatable {
    public var account: Int64
    /// The codes of the account's members.
    public var members: [String]
    public var since: Instant
  }

  /// Who is in a segment, by account, behind `after`.
  public func members(
    of segment: SegmentID, after: (shard: Int16, account: Int64), most: Int
  ) throws -> [(shard: Int16, member: SegmentMember)] {
    let rows = try db.query(
      """
      SELECT s.shard, s.account_id, s.since,
        ARRAY(SELECT m.code FROM patron.members m
          WHERE m.shard = s.shard AND m.account_id = s.account_id ORDER BY m.member_id)
      FROM patron.segment_members s
      WHERE s.segment = $1 AND (s.shard, s.account_id) > ($2, $3)
      ORDER BY s.shard, s.account_id LIMIT $4
      """,
      [.int2(segment), .int2(after.shard), .int8(after.account), .int8(Int64(most))])
    return (0..<rows.count).map { row in
      (
        rows.int2(row, 0),
        SegmentMember(
          account: rows.int8(row, 1), members: rows.textArrayOrNil(row, 3) ?? [],
          since: Instant(microseconds: rows.instant(row, 2)))
      )
    }
  }

  /// Lets accounts be looked at again from an instant on: a new version may know of days that lie
  /// before what was due. Locks them in the order in which everybody does.
  public func lowerDue(to instant: Instant) throws {
    try db.query(
      """
      WITH locked AS MATERIALIZED (
        SELECT shard, account_id FROM patron.accounts WHERE due > $1
        ORDER BY shard, account_id FOR NO KEY UPDATE
      )
      UPDATE patron.accounts a SET due = $1 FROM locked l
      WHERE a.shard = l.shard AND a.account_id = l.account_id
      """, [instant.cell])
  }

  /// The same for the accounts of these members: a birthday may have changed.
  public func lowerDue(ofMembers codes: [String]) throws {
    try db.query(
      """
      WITH locked AS MATERIALIZED (
        SELECT a.shard, a.account_id FROM patron.accounts a
        WHERE a.due > a.clock AND (a.shard, a.account_id) IN (
          SELECT shard, account_id FROM patron.member_codes WHERE code = ANY($1))
        ORDER BY a.shard, a.account_id FOR NO KEY UPDATE
      )
      UPDATE patron.accounts a SET due = a.clock FROM locked l
      WHERE a.shard = l.shard AND a.account_id = l.account_id
      """, [.textArray(codes)])
  }
}
