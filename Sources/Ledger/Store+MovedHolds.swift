import Loyalty
import Postgres

/// Holds of accounts that went into other ones.
extension Store {
  /// Whether a redemption had brought coupons that are good, or a thing that is on its way.
  public func hasBrought(_ seq: Int64, of owner: CardOwner) throws -> Bool {
    try db.query(
      """
      SELECT FROM patron.coupons
      WHERE shard = $1 AND account_id = $2 AND seq = $3 AND tier = 0 AND NOT withdrawn
      UNION ALL
      SELECT FROM patron.orders WHERE shard = $1 AND account_id = $2 AND seq = $3
      LIMIT 1
      """, [.int2(owner.shard), .int8(owner.account), .int8(seq)]
    ).count > 0
  }

  /// A coupon of an account as the one that it went into has it; nil where it has it no more.
  public func coupon(
    _ key: CouponKey, of owner: CardOwner, nowAt survivor: CardOwner
  ) throws -> CouponKey? {
    let rows = try db.query(
      """
      SELECT c.seq, c.n FROM patron.coupons o JOIN patron.coupon_codes c ON c.code = o.code
      WHERE o.shard = $1 AND o.account_id = $2 AND o.seq = $3 AND o.n = $4 AND c.account_id = $5
      """,
      [
        .int2(owner.shard), .int8(owner.account), .int8(key.seq), .int2(key.n),
        .int8(survivor.account),
      ])
    return rows.count == 1 ? CouponKey(seq: rows.int8(0, 0), n: rows.int2(0, 1)) : nil
  }

  /// What an event of an account spent or gave back, for a redemption of another one that had gone
  /// into it.
  public func lent(_ seq: Int64, of owner: CardOwner) throws -> [Posting] {
    let rows = try db.query(
      """
      SELECT currency, debited, credited, amount, at, reason, due, expires FROM patron.postings
      WHERE shard = $1 AND account_id = $2 AND seq = $3 AND reason IN ($4, $5) ORDER BY n
      """,
      [
        .int2(owner.shard), .int8(owner.account), .int8(seq),
        .int2(PostingReason.redemption.rawValue), .int2(PostingReason.givenBack.rawValue),
      ])
    return (0..<rows.count).compactMap { row in
      guard let from = Bucket(rawValue: rows.int2(row, 1)),
        let to = Bucket(rawValue: rows.int2(row, 2)),
        let reason = PostingReason(rawValue: rows.int2(row, 5))
      else { return nil }
      var posting = Posting(
        currency: rows.int2(row, 0), from: from, to: to, amount: rows.int8(row, 3),
        at: Instant(microseconds: rows.instant(row, 4)), reason: reason)
      posting.due = rows.instantOrNil(row, 6).map { Instant(microseconds: $0) }
      posting.expires = rows.instantOrNil(row, 7).map { Instant(microseconds: $0) }
      return posting
    }
  }

  /// Notes that a hold went with its account into another one, and which event has it there.
  public func noteMoved(_ key: HoldKey, to seq: Int64) throws {
    try db.query(
      """
      UPDATE patron.holds SET state = 6, moved_to = $4
      WHERE shard = $1 AND account_id = $2 AND seq = $3
      """,
      [.int2(key.owner.shard), .int8(key.owner.account), .int8(key.seq), .int8(seq)])
  }
}
