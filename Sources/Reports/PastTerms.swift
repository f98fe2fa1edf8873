import Ledger
import Loyalty
import Postgres

/// A redemption that a till took though it broke its terms: offline, or posted late.
public struct PastTerms: Sendable {
  public var at: Instant
  public var transaction: String
  /// Codes of the account's members.
  public var members: String
  public var source: BenefitUse.Source
  /// The coupon's or the reward's key.
  public var what: String
  /// What was taken off the bill, or paid, in minor units.
  public var money: Int64
  public var reason: Refusal

  /// The newest first.
  public static func list(
    _ store: borrowing Store, from: Instant, before: Instant, most: Int
  ) throws -> [PastTerms] {
    let rows = try store.db.query(
      """
      SELECT e.at, coalesce(s.text || '/', '') || e.external_id, b.source,
        coalesce(t.key, r.key, ''), b.money, b.refusal,
        (SELECT coalesce(string_agg(c.code, ' ' ORDER BY c.code), '') FROM patron.member_codes c
         WHERE c.shard = b.shard AND c.account_id = b.account_id)
      FROM patron.benefits b
      JOIN patron.events e ON e.shard = b.shard AND e.account_id = b.account_id AND e.seq = b.seq
      LEFT JOIN patron.symbols s ON s.symbol = e.source
      LEFT JOIN patron.coupon_templates t ON b.source = 2 AND t.template = b.id
      LEFT JOIN patron.rewards r ON b.source = 3 AND r.reward = b.id
      WHERE b.refusal IS NOT NULL AND b.times > 0 AND e.at >= $1 AND e.at < $2
      ORDER BY e.at DESC, b.account_id, b.seq, b.n LIMIT $3
      """, [.instant(from.microseconds), .instant(before.microseconds), .int8(Int64(most))])
    return (0..<rows.count).map { row in
      PastTerms(
        at: Instant(microseconds: rows.instant(row, 0)), transaction: rows.text(row, 1),
        members: rows.text(row, 6),
        source: BenefitUse.Source(rawValue: rows.int2(row, 2)) ?? .coupon,
        what: rows.text(row, 3), money: rows.int8(row, 4),
        reason: Refusal(rawValue: rows.int2(row, 5)) ?? .unknown)
    }
  }
}
