import Loyalty
import Postgres

/// How an account stands.
public enum AccountStatus: Int16, Sendable {
  case open = 0
  /// Nothing is taken in and nothing is given; time goes on.
  case paused = 1
  case closed = 2
  /// It went into another account.
  case merged = 3
}

/// An account that is locked for the desk.
public struct DeskAccount: Sendable, Equatable {
  public var waiting: WaitingAccount
  public var status: AccountStatus
}

extension Store {
  /// Locks accounts, which must be sorted; those that are not there are left out.
  public func lock(_ owners: [CardOwner]) throws -> [DeskAccount] {
    let rows = try db.query(
      """
      SELECT a.shard, a.account_id, a.position, a.last_seq, a.clock, a.due, a.status
      FROM unnest($1::int2[], $2::int8[]) AS key (shard, account_id)
      JOIN patron.accounts a ON a.shard = key.shard AND a.account_id = key.account_id
      ORDER BY a.shard, a.account_id FOR NO KEY UPDATE OF a
      """, Self.cells(owners))
    return (0..<rows.count).map { row in
      DeskAccount(
        waiting: WaitingAccount(
          shard: rows.int2(row, 0), id: rows.int8(row, 1), position: rows.int8(row, 2),
          last: rows.int8(row, 3), clock: Instant(microseconds: rows.instant(row, 4)),
          due: Instant(microseconds: rows.instant(row, 5))),
        status: AccountStatus(rawValue: rows.int2(row, 6)) ?? .open)
    }
  }

  static func cells(_ owners: [CardOwner]) -> [Cell] {
    [.int2Array(owners.map(\.shard)), .int8Array(owners.map(\.account))]
  }

  /// Where accounts went that were merged: the end of each one's way. Those that were not are left
  /// out.
  public func survivors(of owners: [CardOwner]) throws -> [CardOwner: CardOwner] {
    let rows = try db.query(
      Statement(
        "survivors of accounts",
        """
        WITH RECURSIVE way AS (
          SELECT key.account_id AS first, a.account_id, a.merged_into
          FROM unnest($1::int2[], $2::int8[]) AS key (shard, account_id)
          JOIN patron.accounts a ON a.shard = key.shard AND a.account_id = key.account_id
          WHERE a.merged_into IS NOT NULL
          UNION ALL
          SELECT w.first, a.account_id, a.merged_into FROM way w
          JOIN patron.accounts a ON a.shard = (w.merged_into % \(Account.shards))::int2
            AND a.account_id = w.merged_into
        )
        SELECT first, account_id FROM way WHERE merged_into IS NULL
        """), Self.cells(owners))
    var survivors: [CardOwner: CardOwner] = [:]
    for row in 0..<rows.count {
      survivors[CardOwner(account: rows.int8(row, 0))] = CardOwner(account: rows.int8(row, 1))
    }
    return survivors
  }

  /// The accounts that went into each of these, by whatever way, with how far they were rated.
  public func merged(
    into owners: [CardOwner]
  ) throws -> [CardOwner: [(owner: CardOwner, position: Int64)]] {
    let rows = try db.query(
      """
      WITH RECURSIVE way AS (
        SELECT a.merged_into AS last, a.account_id, a.position FROM patron.accounts a
        WHERE a.merged_into = ANY($1)
        UNION ALL
        SELECT w.last, a.account_id, a.position FROM way w
        JOIN patron.accounts a ON a.merged_into = w.account_id
      )
      SELECT last, account_id, position FROM way ORDER BY last, account_id
      """, [.int8Array(owners.map(\.account))])
    var merged: [CardOwner: [(owner: CardOwner, position: Int64)]] = [:]
    for row in 0..<rows.count {
      merged[CardOwner(account: rows.int8(row, 0)), default: []].append(
        (CardOwner(account: rows.int8(row, 1)), rows.int8(row, 2)))
    }
    return merged
  }

  /// Those of these accounts that went into another one.
  public func mergedAway(_ owners: [CardOwner]) throws -> Set<CardOwner> {
    let rows = try db.query(
      """
      SELECT a.account_id FROM unnest($1::int2[], $2::int8[]) AS key (shard, account_id)
      JOIN patron.accounts a ON a.shard = key.shard AND a.account_id = key.account_id
      WHERE a.merged_into IS NOT NULL
      """, Self.cells(owners))
    return Set((0..<rows.count).map { CardOwner(account: rows.int8($0, 0)) })
  }

  /// Those of these accounts to which nothing happens any more: closed ones, and merged ones.
  public func ended(_ owners: [CardOwner]) throws -> Set<CardOwner> {
    guard !owners.isEmpty else { return [] }
    let rows = try db.query(
      """
      SELECT a.account_id FROM unnest($1::int2[], $2::int8[]) AS key (shard, account_id)
      JOIN patron.accounts a ON a.shard = key.shard AND a.account_id = key.account_id
      WHERE a.status >= 2
      """, Self.cells(owners))
    return Set((0..<rows.count).map { CardOwner(account: rows.int8($0, 0)) })
  }

  /// The next number of a transfer, a merge or a closing.
  public func deskNumber() throws -> Int64 { try numbers("desk_ids", 1)[0] }

  /// The source of all that is done at the desk.
  public static let deskSource = "patron desk"

  /// Writes an event of the desk, and gives its number in the account, which must be locked. Fails
  /// with a unique violation where the id is taken.
  public func insertDeskEvent(
    _ movement: Movement, of owner: CardOwner, id: String, at: Instant, offset: Int32,
    note: [(name: String, value: String)] = []
  ) throws -> Int64 {
    try insertDeskEvent(
      movement.kind, MovementJSON.text(movement, note: note), of: owner, id: id, at: at,
      offset: offset)
  }

  /// The same of an event that says by its attributes, a JSON object, what is asked. `original` is
  /// the account's event that it names, `store` where it happened.
  public func insertDeskEvent(
    _ kind: EventKind, _ body: String, of owner: CardOwner, id: String, at: Instant,
    offset: Int32, original: Int64? = nil, store: String? = nil
  ) throws -> Int64 {
    let known = try symbols([Self.deskSource] + (store.map { [$0] } ?? []))
    let rows = try db.query(
      """
      WITH raised AS (
        UPDATE patron.accounts SET last_seq = last_seq + 1
        WHERE shard = $1 AND account_id = $2 RETURNING last_seq
      ), claimed AS (
        INSERT INTO patron.claims (source, external_id, shard, account_id, seq, digest)
        SELECT $3, $4, $1, $2, last_seq, md5($5)::uuid FROM raised
      )
      INSERT INTO patron.events (shard, account_id, seq, at, received_at, kind, utc_offset, source,
        external_id, attributes, original_seq, store)
      SELECT $1, $2, last_seq, $6, now(), $7, $8, $3, $4, $5::jsonb, $9, $10 FROM raised
      RETURNING seq
      """,
      [
        .int2(owner.shard), .int8(owner.account), .int4(known[Self.deskSource]?.id ?? 0),
        .text(id), .text(body), at.cell, .int2(kind.rawValue), .int4(offset), .int8(original),
        .int4(store.flatMap { known[$0]?.id }),
      ])
    return rows.int8(0, 0)
  }

  /// Whether something was done at the desk under an id.
  public func isDone(atDesk id: String) throws -> Bool {
    let rows = try db.query(
      """
      SELECT FROM patron.claims c JOIN patron.symbols s ON s.symbol = c.source
      WHERE s.text = $1 AND c.external_id = $2
      """, [.text(Self.deskSource), .text(id)])
    return rows.count > 0
  }

  /// Sets how an account stands, and its cards with it. Blocked cards stay so.
  public func setStatus(
    _ status: AccountStatus, of owner: CardOwner, into survivor: CardOwner? = nil
  ) throws {
    let account: [Cell] = [.int2(owner.shard), .int8(owner.account)]
    try db.query(
      """
      UPDATE patron.accounts SET status = $3, merged_into = coalesce($4, merged_into),
        due = CASE WHEN $3 < 2 THEN due ELSE '9999-12-31 23:59:59+00' END
      WHERE shard = $1 AND account_id = $2
      """, account + [.int2(status.rawValue), .int8(survivor?.account)])
    let card: CardStatus
    switch status {
    case .open: card = .active
    case .paused: card = .paused
    case .closed: card = .closed
    case .merged: return
    }
    try db.query(
      """
      UPDATE patron.cards SET status = $3
      WHERE shard = $1 AND account_id = $2 AND status <> $4
      """, account + [.int2(card.rawValue), .int2(CardStatus.blocked.rawValue)])
  }

  public func status(of owner: CardOwner) throws -> AccountStatus? {
    let rows = try db.query(
      "SELECT status FROM patron.accounts WHERE shard = $1 AND account_id = $2",
      [.int2(owner.shard), .int8(owner.account)])
    return rows.count == 1 ? AccountStatus(rawValue: rows.int2(0, 0)) : nil
  }
}
