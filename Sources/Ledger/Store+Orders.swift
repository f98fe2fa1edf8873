import Loyalty
import Postgres

/// Things that were redeemed.
extension Store {
  func writeOrders(_ booking: Booking) throws {
    for order in booking.orders {
      try db.query(
        """
        INSERT INTO patron.orders (shard, account_id, seq, n, ordered_at, changed_at, reward, times,
          state)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, 1)
        """,
        [
          .int2(order.shard), .int8(order.account), .int8(order.seq), .int2(order.n),
          order.at.cell, .int4(order.reward), .int8(order.times),
        ])
    }
    for (owner, seq, reward, at) in booking.cancelled {
      try db.query(
        """
        UPDATE patron.orders SET state = 4, changed_at = $4
        WHERE shard = $1 AND account_id = $2 AND seq = $3 AND reward = $5
        """,
        [.int2(owner.shard), .int8(owner.account), .int8(seq), at.cell, .int4(reward)])
    }
  }

  /// Notes how an order stands; its account is locked.
  public func setState(_ state: Order.State, of key: Order.Key, at: Instant) throws {
    try db.query(
      """
      UPDATE patron.orders SET state = $5, changed_at = $6
      WHERE shard = $1 AND account_id = $2 AND seq = $3 AND n = $4
      """,
      [
        .int2(Account.shard(of: key.account)), .int8(key.account), .int8(key.seq), .int2(key.n),
        .int2(state.rawValue), at.cell,
      ])
  }

  /// With the members who have the account, or the one that it went into, however often.
  private static let orderColumns = """
    SELECT o.account_id, o.seq, o.n, o.ordered_at, o.changed_at, r.key, o.times, o.state,
      (WITH RECURSIVE way AS (
         SELECT o.shard, o.account_id
         UNION ALL
         SELECT (a.merged_into % \(Account.shards))::int2, a.merged_into
         FROM way w JOIN patron.accounts a ON a.shard = w.shard AND a.account_id = w.account_id
         WHERE a.merged_into IS NOT NULL)
       SELECT coalesce(string_agg(c.code, ' ' ORDER BY c.code), '')
       FROM way w JOIN patron.member_codes c ON c.shard = w.shard AND c.account_id = w.account_id)
    FROM patron.orders o JOIN patron.rewards r ON r.reward = o.reward
    """

  /// The oldest first; those that wait alone, or all.
  public func orders(waitingOnly: Bool, most: Int) throws -> [Order] {
    let rows = try db.query(
      Statement(
        "orders",
        """
        \(Self.orderColumns) WHERE o.state < $1 ORDER BY o.ordered_at, o.account_id, o.seq, o.n
        LIMIT $2
        """), [.int2(waitingOnly ? 3 : 5), .int8(Int64(most))])
    return (0..<rows.count).map { Self.order(rows, $0) }
  }

  public func order(_ key: Order.Key) throws -> Order? {
    let rows = try db.query(
      Statement(
        "order",
        """
        \(Self.orderColumns)
        WHERE o.shard = $1 AND o.account_id = $2 AND o.seq = $3 AND o.n = $4
        """),
      [
        .int2(Account.shard(of: key.account)), .int8(key.account), .int8(key.seq), .int2(key.n),
      ])
    return rows.count == 1 ? Self.order(rows, 0) : nil
  }

  private static func order(_ rows: borrowing Rows, _ row: Int) -> Order {
    Order(
      key: Order.Key(account: rows.int8(row, 0), seq: rows.int8(row, 1), n: rows.int2(row, 2)),
      orderedAt: Instant(microseconds: rows.instant(row, 3)),
      changedAt: Instant(microseconds: rows.instant(row, 4)), reward: rows.text(row, 5),
      times: rows.int8(row, 6), state: Order.State(rawValue: rows.int2(row, 7)) ?? .ordered,
      members: rows.text(row, 8))
  }
}
