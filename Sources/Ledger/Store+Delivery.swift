import Loyalty
import Postgres

/// What became of messages that were sent.
extension Store {
  /// A message that was not taken.
  private struct Failed {
    var owner: CardOwner
    var message: Int64
    var failures: Int32
    var refusals: Int32
    var error: String
  }

  /// Settles messages in the transaction that took them. One that has now been refused
  /// `mostRefusals` times goes to the dead letters; another that was not taken is tried again so
  /// many milliseconds from now as `delay` says of its failures. Gives how many died.
  public func settle(
    _ outcomes: [(queue: MessageQueue, delivery: Delivery)], mostRefusals: Int,
    delay: (_ failures: Int32) -> Int64
  ) throws -> Int {
    try delete(
      outcomes.flatMap { queue, delivery in
        queue.messages.prefix(delivery.taken).map { (queue.owner, $0.id) }
      })
    let failed = outcomes.compactMap { Self.failed($0.queue, $0.delivery) }
    let isDead = { (failed: Failed) in Int(failed.refusals) >= mostRefusals }
    let late = failed.filter { !isDead($0) }
    let stillLate = Set(late.map(\.owner))
    try forgetDelays(
      of: outcomes.filter {
        $0.queue.isLate && ($0.delivery.taken > 0 || $0.delivery.failure != nil)
          && !stillLate.contains($0.queue.owner)
      }.map(\.queue.owner))
    try bury(failed.filter(isDead))
    try putOff(late, delay)
    return failed.count - late.count
  }

  private static func failed(_ queue: MessageQueue, _ delivery: Delivery) -> Failed? {
    guard let failure = delivery.failure else { return nil }
    let isOldest = delivery.taken == 0
    return Failed(
      owner: queue.owner, message: queue.messages[delivery.taken].id,
      failures: (isOldest ? queue.failures : 0) + 1,
      refusals: (isOldest ? queue.refusals : 0) + (failure.isRefusal ? 1 : 0),
      error: failure.text)
  }

  private func delete(_ messages: [(owner: CardOwner, id: Int64)]) throws {
    guard !messages.isEmpty else { return }
    try db.query(
      """
      DELETE FROM patron.outbox o USING unnest($1::int2[], $2::int8[], $3::int8[])
        AS b (shard, account_id, message_id)
      WHERE o.shard = b.shard AND o.account_id = b.account_id AND o.message_id = b.message_id
      """, Self.cells(messages.map(\.owner)) + [.int8Array(messages.map(\.id))])
  }

  private func forgetDelays(of owners: [CardOwner]) throws {
    guard !owners.isEmpty else { return }
    try db.query(
      """
      DELETE FROM patron.undelivered u USING unnest($1::int2[], $2::int8[])
        AS b (shard, account_id)
      WHERE u.shard = b.shard AND u.account_id = b.account_id
      """, Self.cells(owners))
  }

  private func bury(_ failed: [Failed]) throws {
    guard !failed.isEmpty else { return }
    try db.query(
      """
      WITH dead AS (
        DELETE FROM patron.outbox o
        USING unnest($1::int2[], $2::int8[], $3::int8[], $4::int4[], $5::text[])
          AS b (shard, account_id, message_id, refusals, error)
        WHERE o.shard = b.shard AND o.account_id = b.account_id AND o.message_id = b.message_id
        RETURNING o.*, b.refusals, b.error
      )
      INSERT INTO patron.dead_letters (shard, account_id, message_id, seq, created_at, refusals,
        topic, error, body)
      SELECT shard, account_id, message_id, seq, created_at, refusals, topic, error, body FROM dead
      """,
      Self.cells(failed.map(\.owner)) + [
        .int8Array(failed.map(\.message)), .int4Array(failed.map(\.refusals)),
        .textArray(failed.map(\.error)),
      ])
  }

  private func putOff(_ failed: [Failed], _ delay: (_ failures: Int32) -> Int64) throws {
    guard !failed.isEmpty else { return }
    try db.query(
      """
      INSERT INTO patron.undelivered AS u (shard, account_id, message_id, failures, refusals, error,
        next_try)
      SELECT b.shard, b.account_id, b.message_id, b.failures, b.refusals, b.error,
        clock_timestamp() + b.delay * interval '1 millisecond'
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int4[], $5::int4[], $6::text[],
        $7::int8[]) AS b (shard, account_id, message_id, failures, refusals, error, delay)
      JOIN patron.outbox o ON o.shard = b.shard AND o.account_id = b.account_id
        AND o.message_id = b.message_id
      ON CONFLICT (shard, account_id) DO UPDATE SET
        since = CASE WHEN u.message_id = excluded.message_id THEN u.since ELSE excluded.since END,
        message_id = excluded.message_id, failures = excluded.failures,
        refusals = excluded.refusals, error = excluded.error, next_try = excluded.next_try
      """,
      Self.cells(failed.map(\.owner)) + [
        .int8Array(failed.map(\.message)), .int4Array(failed.map(\.failures)),
        .int4Array(failed.map(\.refusals)), .textArray(failed.map(\.error)),
        .int8Array(failed.map { delay($0.failures) }),
      ])
  }
}
