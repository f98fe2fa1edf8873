import Loyalty
import Postgres

/// What people see of messages that were not taken, and do about them.
extension Store {
  public struct LateMessage: Sendable, Equatable {
    public var id: Int64
    public var account: Int64
    /// Dead: since then; late: of the first failure.
    public var since: Instant
    /// Nil where it is dead.
    public var nextTry: Instant?
    public var tries: Int32
    public var topic: String
    public var error: String
    public var body: String
  }

  /// Messages that others do not wait for any longer, the oldest first.
  public func deadLetters(most: Int) throws -> [LateMessage] {
    let rows = try db.query(
      """
      SELECT message_id, account_id, died_at, NULL::timestamptz, refusals, topic, error, body
      FROM patron.dead_letters ORDER BY message_id LIMIT $1
      """, [.int8(Int64(most))])
    return Self.lateMessages(rows)
  }

  /// Messages that are to be tried again, the next one first.
  public func lateMessages(most: Int) throws -> [LateMessage] {
    let rows = try db.query(
      """
      SELECT u.message_id, u.account_id, u.since, u.next_try, u.failures, o.topic, u.error, o.body
      FROM patron.undelivered u JOIN patron.outbox o ON o.shard = u.shard
        AND o.account_id = u.account_id AND o.message_id = u.message_id
      ORDER BY u.next_try, u.message_id LIMIT $1
      """, [.int8(Int64(most))])
    return Self.lateMessages(rows)
  }

  private static func lateMessages(_ rows: Rows) -> [LateMessage] {
    (0..<rows.count).map { row in
      LateMessage(
        id: rows.int8(row, 0), account: rows.int8(row, 1),
        since: Instant(microseconds: rows.instant(row, 2)),
        nextTry: rows.instantOrNil(row, 3).map { Instant(microseconds: $0) },
        tries: rows.int4(row, 4), topic: rows.text(row, 5), error: rows.text(row, 6),
        body: rows.text(row, 7))
    }
  }

  /// Lets a message be tried again at once, or all that were not taken where `id` is nil: a dead
  /// letter goes back to its place among its account's messages. Gives how many.
  public func tryAgain(_ id: Int64?) throws -> Int {
    let rows = try db.query(
      """
      WITH back AS (
        DELETE FROM patron.dead_letters WHERE $1::int8 IS NULL OR message_id = $1
        RETURNING shard, account_id, message_id, seq, created_at, topic, body
      ), again AS (
        INSERT INTO patron.outbox (shard, account_id, message_id, seq, created_at, topic, body)
        SELECT * FROM back RETURNING shard, account_id, message_id
      ), due AS (
        DELETE FROM patron.undelivered u
        WHERE $1::int8 IS NULL OR u.message_id = $1
          OR (u.shard, u.account_id) IN (SELECT shard, account_id FROM again)
        RETURNING u.message_id
      )
      SELECT message_id FROM again UNION SELECT message_id FROM due
      WHERE $1::int8 IS NULL OR message_id = $1
      """, [.int8(id)])
    return rows.count
  }

  /// Gives up a message that was not taken; false where there is none of this number.
  public func dropMessage(_ id: Int64) throws -> Bool {
    let rows = try db.query(
      """
      WITH dead AS (
        DELETE FROM patron.dead_letters WHERE message_id = $1 RETURNING message_id
      ), late AS (
        DELETE FROM patron.undelivered WHERE message_id = $1
        RETURNING shard, account_id, message_id
      ), sent AS (
        DELETE FROM patron.outbox o USING late l
        WHERE o.shard = l.shard AND o.account_id = l.account_id AND o.message_id = l.message_id
        RETURNING o.message_id
      )
      SELECT message_id FROM dead UNION SELECT message_id FROM sent
      """, [.int8(id)])
    return !rows.isEmpty
  }

  public struct OutboxCounts: Sendable, Equatable {
    /// Messages that wait, counted up to a limit.
    public var waiting: Int64 = 0
    /// Accounts whose oldest message was not taken.
    public var late: Int64 = 0
    public var dead: Int64 = 0
    public init() {}
  }

  public func outboxCounts(most: Int64) throws -> OutboxCounts {
    let rows = try db.query(
      """
      SELECT (SELECT count(*) FROM (SELECT FROM patron.outbox LIMIT $1) o),
        (SELECT count(*) FROM patron.undelivered), (SELECT count(*) FROM patron.dead_letters)
      """, [.int8(most)])
    var counts = OutboxCounts()
    (counts.waiting, counts.late, counts.dead) = (
      rows.int8(0, 0), rows.int8(0, 1), rows.int8(0, 2)
    )
    return counts
  }
}
