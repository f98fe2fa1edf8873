import Loyalty
import Postgres

extension Store {
  /// What was claimed under an id, locked for the rest of the transaction; nil where nothing was.
  public func lockClaim(_ key: ClaimKey) throws -> Claim? {
    let rows = try db.query(
      """
      SELECT shard, account_id, seq, digest FROM patron.claims
      WHERE source = $1 AND external_id = $2 FOR UPDATE
      """, [.int4(key.source), .text(key.id)])
    guard rows.count == 1 else { return nil }
    return Claim(
      shard: rows.int2(0, 0), account: rows.int8(0, 1), seq: rows.int8(0, 2),
      digest: rows.uuid(0, 3))
  }

  /// Whether something of a sale that is nobody's came back, not before it was sold.
  public func cameBack(_ key: ClaimKey, soldAt: Instant) throws -> Bool {
    try db.query(
      """
      SELECT FROM patron.events
      WHERE account_id = 0 AND original_source = $1 AND original_id = $2 AND at >= $3 LIMIT 1
      """, [.int4(key.source), .text(key.id), .instant(soldAt.microseconds)]
    ).count > 0
  }

  /// Gives a sale that was nobody's to an account, as its next event. Call within a transaction
  /// that holds the claim.
  public func give(_ key: ClaimKey, _ claim: Claim, to owner: CardOwner, card: String) throws {
    guard let seq = try raise([owner], by: [1])[owner] else {
      throw PostgresError(.serializationFailure, "the account has just been merged or closed")
    }
    try db.query(
      """
      UPDATE patron.events SET shard = $4, account_id = $5, seq = $6, card = $7
      WHERE shard = $1 AND account_id = $2 AND seq = $3
      """,
      [
        .int2(claim.shard), .int8(claim.account), .int8(claim.seq), .int2(owner.shard),
        .int8(owner.account), .int8(seq), .text(card),
      ])
    try db.query(
      """
      UPDATE patron.claims SET shard = $3, account_id = $4, seq = $5
      WHERE source = $1 AND external_id = $2
      """,
      [
        .int4(key.source), .text(key.id), .int2(owner.shard), .int8(owner.account), .int8(seq),
      ])
  }
}
