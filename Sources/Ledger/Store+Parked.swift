import Loyalty
import Postgres

/// A row that waits for a card or for a person.
public struct ParkedRow: Sendable, Equatable {
  public var id: Int64
  public var receivedAt: Instant
  public var reason: String
  public var detail: String
  public var isClaimed: Bool
  public var source: String?
  public var externalID: String?
  public var card: String?
  public var at: Instant?
  public var origin: String?
  public var body: String
  /// Of the claim, where it has one.
  public var digest: UInt128?
  /// Of the text, where there is no claim to tell it by.
  public var unclaimedDigest: UInt128?
}

extension Store {
  private static let columns = """
    p.parked_id, p.received_at, p.reason, p.detail, p.claimed, p.source, p.external_id, p.card,
    p.at,
      p.origin, p.body, c.digest, p.digest
    """
  /// The claim of a parked row has its number; looked up by the id that was claimed.
  private static let withClaim = """
    LEFT JOIN patron.symbols s ON p.claimed AND s.text = p.source
    LEFT JOIN patron.claims c ON c.source = s.symbol AND c.external_id = p.external_id
      AND c.shard = -1 AND c.account_id = p.parked_id
    """

  private static func row(_ rows: borrowing Rows, _ row: Int) -> ParkedRow {
    ParkedRow(
      id: rows.int8(row, 0), receivedAt: Instant(microseconds: rows.instant(row, 1)),
      reason: rows.text(row, 2), detail: rows.text(row, 3), isClaimed: rows.bool(row, 4),
      source: rows.textOrNil(row, 5), externalID: rows.textOrNil(row, 6),
      card: rows.textOrNil(row, 7),
      at: rows.instantOrNil(row, 8).map { Instant(microseconds: $0) },
      origin: rows.textOrNil(row, 9), body: rows.text(row, 10), digest: rows.uuidOrNil(row, 11),
      unclaimedDigest: rows.uuidOrNil(row, 12))
  }

  /// Parked rows by their numbers, in the order of these.
  public func parked(_ ids: [Int64]) throws -> [ParkedRow] {
    let rows = try db.query(
      Statement(
        "parked rows",
        """
        SELECT \(Self.columns) FROM patron.parked p \(Self.withClaim)
        WHERE p.parked_id = ANY($1) ORDER BY p.parked_id
        """), [.int8Array(ids)])
    return (0..<rows.count).map { Self.row(rows, $0) }
  }

  /// Parked rows from the oldest on; of one reason, with one card among theirs, or all.
  public func parked(reason: String?, card: String? = nil, most: Int) throws -> [ParkedRow] {
    let rows = try db.query(
      Statement(
        "list of parked rows",
        """
        SELECT \(Self.columns) FROM (
          SELECT * FROM patron.parked WHERE \(Self.chosen)
          ORDER BY parked_id LIMIT $3) p \(Self.withClaim)
        ORDER BY p.parked_id
        """), [.text(reason), .text(card), .int(most)])
    return (0..<rows.count).map { Self.row(rows, $0) }
  }

  /// Gives up parked rows: each stays under its number and its id, with who gave it up and why, and
  /// is let in only where a person asks for this number. Gives how many there were.
  public func drop(parked ids: [Int64], by name: String, reason: String) throws -> Int {
    try db.query(
      """
      UPDATE patron.parked SET reason = 'dropped',
        detail = concat_ws('; ', $2 || ': ' || $3, 'it was parked for: ' || reason)
      WHERE parked_id = ANY($1) AND reason NOT IN ('dropped', 'forgotten')
      """, [.int8Array(ids), .text(name), .text(reason)]
    ).affected
  }

  /// Gives up what could not be read where its id, one of these or any, came in later and could be.
  /// Gives how many.
  public func dropReread(_ ids: [String]? = nil) throws -> Int {
    try db.query(
      """
      UPDATE patron.parked p SET reason = 'dropped', detail =
        'it came in again and could be read; it was parked for: unreadable; ' || p.detail
      FROM patron.symbols s, patron.claims c, patron.events e
      WHERE p.reason = 'unreadable' AND ($1 OR p.external_id = ANY($2))
        AND s.text = p.source COLLATE "C"
        AND c.source = s.symbol AND c.external_id = p.external_id COLLATE "C"
        AND e.shard = c.shard AND e.account_id = c.account_id AND e.seq = c.seq
        AND e.received_at > p.received_at
      """, [.bool(ids == nil), .textArray(ids ?? [])]
    ).affected
  }

  private static let chosen = """
    ($1::text IS NULL OR reason = $1)
      AND ($2::text IS NULL OR card = $2 OR cards @> ARRAY[$2])
    """

  /// The numbers of parked rows, of one reason, with one card among theirs, or all, in their order;
  /// those that were given up only where they are asked for.
  public func parkedIDs(reason: String?, card: String? = nil) throws -> [Int64] {
    let rows = try db.query(
      Statement(
        "numbers of parked rows",
        """
        SELECT parked_id FROM patron.parked
        WHERE \(Self.chosen) AND (reason <> 'dropped' OR $1 = 'dropped') ORDER BY parked_id
        """),
      [.text(reason), .text(card)])
    return (0..<rows.count).map { rows.int8($0, 0) }
  }

  /// The numbers of rows that wait for one of these cards, in their order.
  public func parkedIDs(cards: [String]) throws -> [Int64] {
    let rows = try db.query(
      """
      SELECT parked_id FROM patron.parked
      WHERE reason = 'unknown card'
        AND (card = ANY($1) OR (cards IS NOT NULL AND cards && $1)) ORDER BY parked_id
      """, [.textArray(cards)])
    return (0..<rows.count).map { rows.int8($0, 0) }
  }

  /// Whether anything waits for a transaction that it brings something back of.
  public func waitsForOriginals() throws -> Bool {
    try db.query(
      "SELECT EXISTS (SELECT FROM patron.parked WHERE reason = 'original unknown')"
    ).bool(0, 0)
  }

  /// The numbers of rows whose originals are there now, in their order; of originals with these
  /// ids, or of any.
  public func parkedIDs(originals: [String]?) throws -> [Int64] {
    let rows = try db.query(
      """
      SELECT p.parked_id FROM patron.parked p
      JOIN patron.symbols s ON s.text = p.original_source
      JOIN patron.claims c ON c.source = s.symbol AND c.external_id = p.original_id
        AND c.shard >= 0
      WHERE p.reason = 'original unknown' AND ($1::text[] IS NULL OR p.original_id = ANY($1))
      ORDER BY p.parked_id
      """, [originals.map { .textArray($0) } ?? .textArray(nil as [String]?)])
    return (0..<rows.count).map { rows.int8($0, 0) }
  }

  /// Takes parked rows and their claims out of the tables. Call within the transaction that takes
  /// them in again.
  /// Rows that another has taken meanwhile are not among the answers.
  public func takeParked(_ ids: [Int64]) throws -> [Int64: ParkedRow] {
    try db.query(
      "SELECT FROM patron.parked WHERE parked_id = ANY($1) ORDER BY parked_id FOR UPDATE",
      [.int8Array(ids)])
    var taken: [Int64: ParkedRow] = [:]
    for row in try parked(ids) { taken[row.id] = row }
    try db.query(
      """
      DELETE FROM patron.claims c USING patron.parked p, patron.symbols s
      WHERE p.parked_id = ANY($1) AND p.claimed AND s.text = p.source AND c.source = s.symbol
        AND c.external_id = p.external_id AND c.shard = -1 AND c.account_id = p.parked_id
      """, [.int8Array(ids)])
    try db.query("DELETE FROM patron.parked WHERE parked_id = ANY($1)", [.int8Array(ids)])
    return taken
  }

  /// Gives rows that were parked again the number and the day of arrival that they had. Within the
  /// same transaction.
  public func keepNumbers(_ rows: [ParkedRow]) throws {
    guard !rows.isEmpty else { return }
    try db.query(
      """
      WITH old AS (
        SELECT * FROM unnest($1::int8[], $2::timestamptz[], $3::text[], $4::text[])
          AS o (parked_id, received_at, source, external_id)
      ), found AS (
        SELECT o.parked_id AS old_id, o.received_at, c.account_id AS new_id, c.source, c.external_id
        FROM old o JOIN patron.symbols s ON s.text = o.source
        JOIN patron.claims c ON c.source = s.symbol AND c.external_id = o.external_id AND c.shard
        = -1
      ), renumbered AS (
        UPDATE patron.parked p SET parked_id = f.old_id, received_at = f.received_at
        FROM found f WHERE p.parked_id = f.new_id
      )
      UPDATE patron.claims c SET account_id = f.old_id
      FROM found f WHERE c.source = f.source AND c.external_id = f.external_id
      """,
      [
        .int8Array(rows.map(\.id)), .instantArray(rows.map(\.receivedAt.microseconds)),
        .textArray(rows.map { $0.source }), .textArray(rows.map { $0.externalID }),
      ])
    let unclaimed = rows.filter { !$0.isClaimed && $0.unclaimedDigest != nil }
    guard !unclaimed.isEmpty else { return }
    try db.query(
      """
      UPDATE patron.parked p SET parked_id = o.parked_id, received_at = o.received_at
      FROM unnest($1::int8[], $2::timestamptz[], $3::uuid[]) AS o (parked_id, received_at, digest)
      WHERE NOT p.claimed AND p.digest = o.digest
      """,
      [
        .int8Array(unclaimed.map(\.id)), .instantArray(unclaimed.map(\.receivedAt.microseconds)),
        .uuidArray(unclaimed.map(\.unclaimedDigest)),
      ])
  }
}
