import Ledger
import Loyalty
import Rules

/// What was captured before its account went into another one, and is given back after.
extension Worker {
  /// Gives it to the account that has everything else by now, as that one's event: the points with
  /// the expiry that they had, the stock, the use of a limit; takes back what it had brought. The
  /// hold stays where it was made. Says why it cannot be, where it cannot.
  mutating func refundMerged(
    _ place: Int, of own: Int, to last: Int, _ accounts: inout [Account], _ part: [Attribute],
    id: String, at: Instant
  ) throws -> String? {
    let hold = accounts[own].holds[place]
    let brought = Self.brought(by: hold, accounts[own], accounts[last])
    if brought.contains(where: { accounts[$0.isLast ? last : own].coupons[$0.place].used > 0 }) {
      return "the coupon that it brought is used already"
    }
    guard part.isEmpty || brought.isEmpty else {
      return "its coupon went with the account into another one: refund all of it"
    }
    var moved = hold
    // Its number is one of the other account, and it captured nothing there.
    (moved.seq, moved.capturedBy, moved.isStored) = (-hold.seq, 0, false)
    moved.coupon = hold.coupon.flatMap { key in
      let code = accounts[own].coupons.first { $0.seq == key.seq && $0.n == key.n }?.code
      return accounts[last].coupons.first { $0.code == code }.map {
        CouponKey(seq: $0.seq, n: $0.n)
      }
    }
    accounts[last].holds.append(moved)
    try bookStep(
      .refund,
      part + [Attribute(name: "account", value: .number(ExactDecimal(units: accounts[own].id)))],
      of: &accounts[last], id: id, at: at, original: -hold.seq)
    guard let index = accounts[last].holdPlace(-hold.seq) else { return nil }
    var after = accounts[last].holds.remove(at: index)
    (after.seq, after.capturedBy, after.coupon) = (hold.seq, hold.capturedBy, hold.coupon)
    after.isStored = true
    accounts[own].holds[place] = after
    guard outcome.refused == nil else { return nil }
    for coupon in brought {
      accounts[coupon.isLast ? last : own].coupons[coupon.place].isWithdrawn = true
      accounts[coupon.isLast ? last : own].coupons[coupon.place].isTouched = true
    }
    if after.state == .refunded, let program = programs.current(at: at) {
      cancelOrder(
        of: after, CardOwner(account: accounts[own].id), program, accounts[last], at,
        accounts[last].position)
    }
    return nil
  }

  /// The coupons that a capture had brought, where they are now.
  private static func brought(
    by hold: Hold, _ own: Account, _ last: Account
  ) -> [(place: Int, isLast: Bool)] {
    own.coupons.indices.filter {
      hold.capturedBy != 0 && own.coupons[$0].seq == hold.capturedBy
        && own.coupons[$0].tier == 0 && !own.coupons[$0].isWithdrawn
    }.map { place in
      let code = own.coupons[place].code
      if let there = last.coupons.firstIndex(where: { $0.code == code }) { return (there, true) }
      return (place, false)
    }
  }
}
