import Loyalty
import Postgres

/// Originals of accounts that were merged into others: what of theirs lies elsewhere now.
extension Store {
  func readMoved(_ originals: inout [OriginalKey: Original]) throws {
    let owners = Set(originals.keys.map { CardOwner(shard: $0.shard, account: $0.account) })
    let gone = try mergedAway(owners.sorted())
    guard !gone.isEmpty else { return }
    let moved = originals.keys.filter {
      gone.contains(CardOwner(shard: $0.shard, account: $0.account))
    }
    try readCoupons(of: moved, &originals)
  }

  /// The coupons that an original brought, and those that were used for it, as their holder has
  /// them now.
  private func readCoupons(
    of keys: [OriginalKey], _ originals: inout [OriginalKey: Original]
  ) throws {
    var asked: [(original: OriginalKey, coupon: CouponKey)] = []
    for key in keys {
      guard let original = originals[key] else { continue }
      asked += original.issued.indices.map { (key, original.coupon($0)) }
      asked += original.used.map { (key, $0.key) }
    }
    guard !asked.isEmpty else { return }
    let rows = try db.query(
      """
      SELECT k.place::int4, c.seq, c.n
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int2[])
        WITH ORDINALITY AS k (shard, account_id, seq, n, place)
      JOIN patron.coupons o ON o.shard = k.shard AND o.account_id = k.account_id
        AND o.seq = k.seq AND o.n = k.n AND o.moved
      JOIN patron.coupon_codes c ON c.code = o.code
      """,
      [
        .int2Array(asked.map(\.original.shard)), .int8Array(asked.map(\.original.account)),
        .int8Array(asked.map(\.coupon.seq)), .int2Array(asked.map(\.coupon.n)),
      ])
    for row in 0..<rows.count {
      let (key, old) = asked[rows.int(row, 0) - 1]
      let new = CouponKey(seq: rows.int8(row, 1), n: rows.int2(row, 2))
      guard var original = originals[key] else { continue }
      original.moved[old] = new
      for place in original.used.indices where original.used[place].key == old {
        original.used[place].key = new
      }
      originals[key] = original
    }
  }
}
