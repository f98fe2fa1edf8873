import Loyalty
import Postgres

/// Messages on their way to others.
///
/// Whoever delivers holds an advisory lock on each account until its transaction ends: so no two
/// relays have messages of one account at the same time and none overtakes another, nobody who
/// rates waits for it, a relay that dies lets go of it at once, and a pooler between makes no
/// difference. As long as nothing is written the transaction holds back no vacuum.
extension Store {
  /// An account that has messages.
  public struct Sender: Sendable {
    public var owner: CardOwner
    /// Its oldest was not taken, and is not tried again yet.
    public var isDelayed: Bool
  }

  /// The next accounts with messages behind `after`, at most `most`.
  public func senders(after: CardOwner, most: Int) throws -> [Sender] {
    let rows = try db.query(
      """
      WITH RECURSIVE sender AS (
        (SELECT shard, account_id FROM patron.outbox WHERE (shard, account_id) > ($1, $2)
         ORDER BY shard, account_id LIMIT 1)
        UNION ALL
        SELECT o.shard, o.account_id FROM sender s CROSS JOIN LATERAL (
          SELECT shard, account_id FROM patron.outbox
          WHERE (shard, account_id) > (s.shard, s.account_id)
          ORDER BY shard, account_id LIMIT 1) o
      ), looked AS MATERIALIZED (SELECT * FROM sender LIMIT $3)
      SELECT s.shard, s.account_id, coalesce(u.next_try > clock_timestamp(), false) FROM looked s
      LEFT JOIN patron.undelivered u ON u.shard = s.shard AND u.account_id = s.account_id
      """, [.int2(after.shard), .int8(after.account), .int8(Int64(most))])
    return (0..<rows.count).map {
      Sender(
        owner: CardOwner(shard: rows.int2($0, 0), account: rows.int8($0, 1)),
        isDelayed: rows.bool($0, 2))
    }
  }

  /// The messages of those of these accounts that no other relay has now, at most `each` of one;
  /// nobody else has them until the transaction ends.
  public func takeQueues(of owners: [CardOwner], each: Int) throws -> [MessageQueue] {
    let locked = try db.query(
      """
      SELECT shard, account_id FROM unnest($1::int2[], $2::int8[]) AS o (shard, account_id)
      WHERE pg_try_advisory_xact_lock(hashtextextended('patron outbox ' || account_id, 0))
      """, Self.cells(owners))
    // What another relay delivered before it let go is gone for the statements that begin now.
    var queues = (0..<locked.count).map {
      MessageQueue(CardOwner(shard: locked.int2($0, 0), account: locked.int8($0, 1)))
    }
    guard !queues.isEmpty else { return [] }
    try readMessages(&queues, each)
    queues.removeAll { $0.messages.isEmpty }
    try readMembers(&queues)
    return queues
  }

  private func readMessages(_ queues: inout [MessageQueue], _ each: Int) throws {
    let rows = try db.query(
      """
      SELECT q.n::int4, o.message_id, o.topic, o.body, u.message_id, u.failures, u.refusals
      FROM unnest($1::int2[], $2::int8[]) WITH ORDINALITY AS q (shard, account_id, n)
      CROSS JOIN LATERAL (
        SELECT message_id, topic, body FROM patron.outbox o
        WHERE o.shard = q.shard AND o.account_id = q.account_id
        ORDER BY o.message_id LIMIT $3
      ) o
      LEFT JOIN patron.undelivered u ON u.shard = q.shard AND u.account_id = q.account_id
      WHERE u.next_try IS NULL OR u.next_try <= clock_timestamp()
      ORDER BY q.n, o.message_id
      """, Self.cells(queues.map(\.owner)) + [.int8(Int64(each))])
    for row in 0..<rows.count {
      let place = rows.int(row, 0) - 1
      let id = rows.int8(row, 1)
      if let late = rows.int8OrNil(row, 4) {
        queues[place].isLate = true
        if late == id {
          queues[place].failures = rows.int4(row, 5)
          queues[place].refusals = rows.int4(row, 6)
        }
      }
      queues[place].messages.append(
        .init(id: id, topic: rows.text(row, 2), body: rows.text(row, 3)))
    }
  }

  private func readMembers(_ queues: inout [MessageQueue]) throws {
    let survivors = try survivors(of: queues.map(\.owner))
    let rows = try db.query(
      """
      SELECT q.n::int4, m.code
      FROM unnest($1::int2[], $2::int8[]) WITH ORDINALITY AS q (shard, account_id, n)
      JOIN patron.members m ON m.shard = q.shard AND m.account_id = q.account_id
      ORDER BY q.n, m.place, m.member_id
      """, Self.cells(queues.map { survivors[$0.owner] ?? $0.owner }))
    for row in 0..<rows.count { queues[rows.int(row, 0) - 1].members.append(rows.text(row, 1)) }
  }
}
