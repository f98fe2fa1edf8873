import Loyalty
import Postgres

/// An id that came again with other content, and that nobody has settled.
public struct OpenConflict: Sendable, Equatable {
  public var id: Int64
  public var receivedAt: Instant
  public var source: String
  public var externalID: String
  /// Of what came second.
  public var digest: UInt128
  public var differs: String
  public var origin: String?
  /// What came second, in the feed's own words.
  public var body: String
}

extension Store {
  /// Keeps what came under an id that another content had. False where a person has settled just
  /// this before: then there is nothing to look at.
  public func insertConflict(
    source: String, id: String, digest: UInt128, differs: String, origin: String?, body: String
  ) throws -> Bool {
    let rows = try db.query(
      """
      WITH new AS (
        INSERT INTO patron.conflicts (source, external_id, digest, differs, origin, body)
        SELECT $1, $2, $3, $4, $5, $6
        WHERE NOT EXISTS (SELECT FROM patron.conflicts
          WHERE source = $1 AND external_id = $2 AND replaced = $3)
        ON CONFLICT DO NOTHING RETURNING conflict_id
      )
      SELECT EXISTS (SELECT FROM new) OR EXISTS (SELECT FROM patron.conflicts
        WHERE source = $1 AND external_id = $2 AND digest = $3 AND settled_at IS NULL)
      """,
      [.text(source), .text(id), .uuid(digest), .text(differs), .text(origin), .text(body)])
    return rows.bool(0, 0)
  }

  /// Open conflicts, the oldest first.
  public func openConflicts(most: Int) throws -> [OpenConflict] {
    let rows = try db.query(
      """
      SELECT conflict_id, received_at, source, external_id, digest, differs, origin, body
      FROM patron.conflicts WHERE settled_at IS NULL ORDER BY conflict_id LIMIT $1
      """, [.int(most)])
    return (0..<rows.count).map { Self.conflict(rows, $0) }
  }

  /// An open conflict by its number, locked where this is called within a transaction.
  public func openConflict(_ id: Int64) throws -> OpenConflict? {
    let rows = try db.query(
      """
      SELECT conflict_id, received_at, source, external_id, digest, differs, origin, body
      FROM patron.conflicts WHERE settled_at IS NULL AND conflict_id = $1 FOR UPDATE
      """, [.int8(id)])
    return rows.isEmpty ? nil : Self.conflict(rows, 0)
  }

  private static func conflict(_ rows: borrowing Rows, _ row: Int) -> OpenConflict {
    OpenConflict(
      id: rows.int8(row, 0), receivedAt: Instant(microseconds: rows.instant(row, 1)),
      source: rows.text(row, 2), externalID: rows.text(row, 3), digest: rows.uuid(row, 4),
      differs: rows.text(row, 5), origin: rows.textOrNil(row, 6), body: rows.text(row, 7))
  }

  /// Notes who said why that the first stays; false where the conflict is not open.
  public func keepFirst(ofConflict id: Int64, by name: String, reason: String) throws -> Bool {
    try db.query(
      """
      UPDATE patron.conflicts SET settled_at = now(), settled_by = $2, reason = $3,
        took_second = false
      WHERE conflict_id = $1 AND settled_at IS NULL
      """, [.int8(id), .text(name), .text(reason)]
    ).affected == 1
  }

  /// Notes that the second has taken the first one's place.
  public func tookSecond(
    ofConflict id: Int64, by name: String, reason: String, replaced: UInt128, body: String?
  ) throws {
    try db.query(
      """
      UPDATE patron.conflicts SET settled_at = now(), settled_by = $2, reason = $3,
        took_second = true, replaced = $4, replaced_body = $5
      WHERE conflict_id = $1
      """, [.int8(id), .text(name), .text(reason), .uuid(replaced), .text(body)])
  }

  /// Gives an event that was taken, and its claim, another id. Within the transaction that has the
  /// claim.
  public func rename(_ key: ClaimKey, _ claim: Claim, to id: String) throws {
    try db.query(
      """
      UPDATE patron.events SET external_id = $4 WHERE shard = $1 AND account_id = $2 AND seq = $3
      """, [.int2(claim.shard), .int8(claim.account), .int8(claim.seq), .text(id)])
    try db.query(
      "UPDATE patron.claims SET external_id = $3 WHERE source = $1 AND external_id = $2",
      [.int4(key.source), .text(key.id), .text(id)])
  }

  /// Whether anything names this event of an account as what it brings something back of;
  /// `survivor` is the account that this one went into.
  public func cameBack(_ claim: Claim, survivor: CardOwner?) throws -> Bool {
    try db.query(
      """
      SELECT FROM patron.events
      WHERE shard = $1 AND account_id = $2 AND seq > $3 AND original_seq = $3
        AND original_account IS NULL
      UNION ALL
      SELECT FROM patron.reversals
      WHERE shard = $1 AND account_id = $2 AND original_seq = $3
      UNION ALL
      SELECT FROM patron.events
      WHERE shard = $4 AND account_id = $5 AND original_account = $2 AND original_seq = $3
      LIMIT 1
      """,
      [
        .int2(claim.shard), .int8(claim.account), .int8(claim.seq), .int2(survivor?.shard),
        .int8(survivor?.account),
      ]
    ).count > 0
  }
}
