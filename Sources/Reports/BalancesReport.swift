import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// All accounts' balances at the end of a day, from the postings.
public struct BalancesReport: Sendable {
  /// One account's balance of one currency.
  public struct Row: Sendable {
    public var account: Int64
    /// The codes of its members.
    public var members: String
    public var currency: String
    public var decimals: Int
    public var available: Int64
    public var pending: Int64
    public var held: Int64
    public var debt: Int64
  }

  /// Hands over row after row, one in memory at a time; gives how many there were.
  ///
  /// What fell due or ended by that evening and is not booked yet (the account had no event since)
  /// is reckoned in.
  @discardableResult
  public static func stream(
    asOf day: CivilDate, _ store: borrowing Store, _ body: (Row) throws -> Void
  ) throws -> Int {
    try store.db.begin(.snapshot)
    defer { store.db.rollback() }
    guard let program = try ProgramSet.current(store, at: .now)?.rater.program else {
      throw ReportFailure.nothingPublished
    }
    let end = "to_timestamp(\(program.zone.end(of: day).seconds))"
    return try store.db.copyOut(copy(end, keptAlive: program.ownExpiryIDs)) { row in
      var value = Row(
        account: row.int8(), members: row.text(), currency: row.text(), decimals: row.int(),
        available: row.int8(), pending: row.int8(), held: row.int8(), debt: row.int8())
      let released = row.int8()
      let paid = min(released, value.debt)
      value.pending -= released
      value.debt -= paid
      value.available += released - paid
      try body(value)
    }
  }

  /// What an `unless` or an activity may keep alive ends when that is booked, and not before.
  private static func copy(_ end: String, keptAlive: [CurrencyID]) -> Statement {
    let kept = keptAlive.map(String.init).joined(separator: ", ")
    let isOver = "(l.expires <= \(end)\(kept.isEmpty ? "" : " AND l.currency NOT IN (\(kept))"))"
    return Statement(
      "balances as of a day",
      """
      COPY (
        WITH moved AS (
          SELECT shard, account_id, currency,
            sum(CASE 1 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS available,
            sum(CASE 2 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS pending,
            sum(CASE 3 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS held,
            sum(CASE 4 WHEN debited THEN amount WHEN credited THEN -amount ELSE 0 END) AS debt
          FROM patron.postings WHERE at < \(end) GROUP BY shard, account_id, currency
        ), unbooked AS (
          SELECT l.shard, l.account_id, l.currency,
            coalesce(sum(l.remaining) FILTER (WHERE \(isOver) AND l.due <= a.clock), 0)
              AS expired,
            coalesce(sum(l.remaining) FILTER (WHERE \(isOver) AND l.due > a.clock), 0)
              AS expired_pending,
            coalesce(sum(l.remaining) FILTER (WHERE NOT \(isOver) AND l.due <= \(end)
              AND l.due > a.clock), 0) AS released
          FROM patron.lots l
          JOIN patron.accounts a ON a.shard = l.shard AND a.account_id = l.account_id
          WHERE l.remaining > 0 AND (l.expires <= \(end) OR l.due > a.clock)
          GROUP BY l.shard, l.account_id, l.currency
        )
        SELECT a.account_id,
          coalesce((SELECT string_agg(m.code, ' ' ORDER BY m.member_id) FROM patron.members m
            WHERE m.shard = a.shard AND m.account_id = a.account_id), ''),
          c.key, c.decimals,
          (coalesce(m.available, 0) - coalesce(u.expired, 0))::bigint,
          (coalesce(m.pending, 0) - coalesce(u.expired_pending, 0))::bigint,
          coalesce(m.held, 0)::bigint, coalesce(m.debt, 0)::bigint, coalesce(u.released, 0)::bigint
        FROM patron.accounts a CROSS JOIN patron.currencies c
        LEFT JOIN moved m ON m.shard = a.shard AND m.account_id = a.account_id
          AND m.currency = c.currency
        LEFT JOIN unbooked u ON u.shard = a.shard AND u.account_id = a.account_id
          AND u.currency = c.currency
        WHERE a.merged_into IS NULL
          OR (m.available, m.pending, m.held, m.debt) <> (0, 0, 0, 0)
        ORDER BY a.account_id, c.currency
      ) TO STDOUT (FORMAT binary)
      """)
  }
}
