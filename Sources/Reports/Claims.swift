import Ledger
import Loyalty
import Postgres

/// Where a transaction's id leads.
public struct ClaimedTransaction: Sendable, Equatable {
  public var source: String
  public var sourceSymbol: Int32
  public var id: String
  /// −1: parked; `account` is the parked row's number then.
  public var shard: Int16
  public var account: Int64
  public var seq: Int64

  /// All that `SOURCE/ID` or `ID` may mean: an id may hold strokes, and several sources may use the
  /// same one.
  public static func find(_ text: String, _ store: borrowing Store) throws -> [ClaimedTransaction] {
    var sources: [String] = []
    var ids: [String] = []
    for place in text.indices where text[place] == "/" {
      sources.append(String(text[..<place]))
      ids.append(String(text[text.index(after: place)...]))
    }
    let rows = try store.db.query(
      """
      WITH RECURSIVE sources AS (
        SELECT min(source) AS source FROM patron.claims
        UNION ALL
        SELECT (SELECT min(c.source) FROM patron.claims c WHERE c.source > s.source)
        FROM sources s WHERE s.source IS NOT NULL
      ), wanted AS (
        SELECT source, $1 AS id FROM sources WHERE source IS NOT NULL
        UNION
        SELECT s.symbol, w.id FROM unnest($2::text[], $3::text[]) AS w (source, id)
        JOIN patron.symbols s ON s.text = w.source
      )
      SELECT s.text, c.source, c.external_id, c.shard, c.account_id, c.seq FROM wanted w
      JOIN patron.claims c ON c.source = w.source AND c.external_id = w.id
      JOIN patron.symbols s ON s.symbol = c.source ORDER BY s.text
      """, [.text(text), .textArray(sources), .textArray(ids)])
    return (0..<rows.count).map { row in
      ClaimedTransaction(
        source: rows.text(row, 0), sourceSymbol: rows.int4(row, 1), id: rows.text(row, 2),
        shard: rows.int2(row, 3), account: rows.int8(row, 4), seq: rows.int8(row, 5))
    }
  }

  /// The last of those that were laid aside under an id of which nothing came yet.
  public static func find(
    suspended text: String, _ store: borrowing Store
  ) throws -> [ClaimedTransaction] {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let source = parts.count == 2 ? parts[0] : nil
    let rows = try store.db.query(
      """
      SELECT s.text, c.source, c.external_id, c.shard, c.account_id, c.seq FROM patron.symbols s
      JOIN patron.claims c ON c.source = s.symbol
      JOIN (VALUES ($1::text), ($2::text)) AS w (id)
        ON c.external_id > w.id || '#suspended-' AND c.external_id < w.id || '#suspended.'
      WHERE w.id = $1 OR s.text = $3::text
      ORDER BY c.seq DESC LIMIT 1
      """, [.text(text), .text(parts.last ?? text), .text(source)])
    return (0..<rows.count).map { row in
      ClaimedTransaction(
        source: rows.text(row, 0), sourceSymbol: rows.int4(row, 1), id: rows.text(row, 2),
        shard: rows.int2(row, 3), account: rows.int8(row, 4), seq: rows.int8(row, 5))
    }
  }
}

/// The same id with other content, as it came later.
public struct ConflictRow: Sendable, Equatable {
  public var receivedAt: Instant
  public var differs: String
  public var origin: String?
  /// What a person said, where one did: who, and why.
  public var settlement: String?

  static func of(source: String, id: String, _ store: borrowing Store) throws -> [ConflictRow] {
    let rows = try store.db.query(
      """
      SELECT received_at, differs, origin,
        CASE WHEN took_second THEN 'it took the place of the first one'
          ELSE 'the first one stays' END || ', by ' || settled_by || ': ' || reason
      FROM patron.conflicts
      WHERE source = $1 AND external_id = $2 ORDER BY conflict_id
      """, [.text(source), .text(id)])
    return (0..<rows.count).map {
      ConflictRow(
        receivedAt: Instant(microseconds: rows.instant($0, 0)), differs: rows.text($0, 1),
        origin: rows.textOrNil($0, 2), settlement: rows.textOrNil($0, 3))
    }
  }
}

/// Why something waits, and what can be done about it.
public enum ParkedReason {
  public static func remedy(_ reason: String) -> String {
    switch reason {
    case "unknown card":
      "it is rated when the card is enrolled: `patron load members FILE`"
    case "unreadable":
      "send it again as config/README.md shows a feed; the row stays here for the record"
    case "date in the future":
      "say when it was: `patron parked correct ID --at INSTANT`, or release it when that day has "
        + "come"
    case "before the program":
      "nothing earns before the first version of the program; publish one that begins earlier, "
        + "then release it, or say when it was: `patron parked correct ID --at INSTANT`"
    case "dropped": "a person gave it up; `patron parked release ID` lets it in all the same"
    case "card blocked":
      "`patron member card unblock CARD` lets it in; a new card of the same member does not"
    case "account paused": "`patron member resume MEMBER` lets it in"
    case "account closed": "nothing earns any more on this account"
    case "forgotten": "the member asked to be forgotten; the row stays as a number"
    case "other currency": "the program counts one money only"
    case "unknown event":
      "declare the event in the program's `events:` and publish it, then release it; where its "
        + "name is a slip, send it again under an id of its own, and give this one up: "
        + "`patron parked drop ID --why TEXT`"
    case "wrong attribute":
      "send it again under an id of its own with a value that the event declares, and give this "
        + "one up: `patron parked drop ID --why TEXT`"
    case "original unknown":
      "it is taken in as soon as what it names arrives; where it names the wrong one, send it "
        + "again under an id of its own and give this one up: `patron parked drop ID --why TEXT`"
    default: "look at it, then `patron parked release ID`"
    }
  }
}
