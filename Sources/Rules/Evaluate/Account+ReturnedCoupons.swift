import Loyalty

/// Coupons that came of a sale of which something comes back, or that were used for it.
extension Account {
  /// Withdraws coupons that the sale had brought and that what is left does not bring, as far as
  /// they are not used; makes those usable again that had been used for what came back.
  mutating func takeBackCoupons(_ reversal: Reversal) -> [CouponKey] {
    for key in reversal.record.coupons {
      guard let index = coupons.firstIndex(where: { $0.seq == key.seq && $0.n == key.n }),
        coupons[index].used > 0
      else { continue }
      coupons[index].used -= 1
      coupons[index].isTouched = true
    }
    var withdrawn: [CouponKey] = []
    var left = reversal.coupons
    let original = reversal.original
    // Those that were used stay first of all.
    let held = original.issued.indices.map { n in
      place(of: original.coupon(n)).map { coupons[$0].used } ?? 0
    }
    for n in original.issued.indices.sorted(by: { (-held[$0], $0) < (-held[$1], $1) }) {
      let issue = original.issued[n]
      guard issue.rule != 0, issue.issuedAt == nil || issue.issuedAt == original.event.at
      else { continue }
      if let place = left.firstIndex(where: {
        $0.rule == issue.rule && $0.template == issue.template
      }) {
        left.remove(at: place)
      } else {
        withdrawCoupon(original.coupon(n), &withdrawn)
      }
    }
    return withdrawn
  }

  /// Whichever sale brought them: several may have kept the tier one after the other.
  mutating func withdrawCoupons(
    ofTier tier: TierID, since: Instant, upTo last: Instant
  ) -> [CouponKey] {
    var withdrawn: [CouponKey] = []
    for index in coupons.indices
    where coupons[index].tier == tier && coupons[index].issuedAt >= since
      && coupons[index].issuedAt <= last
    {
      withdrawCoupon(CouponKey(seq: coupons[index].seq, n: coupons[index].n), &withdrawn)
    }
    return withdrawn
  }

  private mutating func withdrawCoupon(_ key: CouponKey, _ withdrawn: inout [CouponKey]) {
    guard let index = coupons.firstIndex(where: { $0.seq == key.seq && $0.n == key.n }),
      coupons[index].used == 0, !coupons[index].isWithdrawn
    else { return }
    coupons[index].isWithdrawn = true
    coupons[index].isTouched = true
    withdrawn.append(key)
  }

  /// Makes good again what a return had withdrawn and what is left brings, and uses those again
  /// that it had given back, as far as nobody has used them since: gives the first; the others
  /// stand in the record.
  mutating func giveCouponsAgain(
    _ reversal: Reversal, _ program: Program, _ record: inout ReturnRecord
  ) -> [CouponKey] {
    record.coupons = record.coupons.filter { key in
      guard let index = place(of: key), !coupons[index].isWithdrawn,
        let template = program.coupons.first(where: { $0.id == coupons[index].template }),
        coupons[index].used < template.uses
      else { return false }
      coupons[index].used += 1
      coupons[index].isTouched = true
      return true
    }
    var again: [CouponKey] = []
    var left = reversal.coupons
    let original = reversal.original
    let rank = original.issued.indices.map { n in
      place(of: original.coupon(n)).map { coupons[$0].isWithdrawn ? 1 : 0 } ?? 2
    }
    // Those that were kept stay first of all.
    for n in original.issued.indices.sorted(by: { (rank[$0], $0) < (rank[$1], $1) }) {
      let issue = original.issued[n]
      guard
        let place = left.firstIndex(where: {
          issue.rule != 0 && $0.rule == issue.rule && $0.template == issue.template
        })
      else { continue }
      left.remove(at: place)
      giveCouponAgain(original.coupon(n), &again)
    }
    for key in reversal.withdrawnBefore {
      guard let index = place(of: key),
        standings.contains(where: {
          $0.tier == coupons[index].tier && $0.since <= coupons[index].issuedAt && $0.until > clock
        })
      else { continue }
      giveCouponAgain(key, &again)
    }
    return again
  }

  private func place(of key: CouponKey) -> Int? {
    coupons.firstIndex { $0.seq == key.seq && $0.n == key.n }
  }

  private mutating func giveCouponAgain(_ key: CouponKey, _ again: inout [CouponKey]) {
    guard let index = place(of: key), coupons[index].isWithdrawn else { return }
    coupons[index].isWithdrawn = false
    coupons[index].isTouched = true
    again.append(key)
  }
}
