import Loyalty
import Postgres

extension Store {
  /// What was taken off bills.
  func writeBenefits(_ booking: Booking) throws {
    guard !booking.benefits.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.benefits (shard, account_id, seq, n, source, id, shown, coupon_seq, coupon_n,
        refusal, at, times, money, units, lines, amounts) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.benefits {
        copy.row(fields: 16)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.int2(row.n)
        copy.int2(row.use.source.rawValue)
        copy.int4(row.use.id)
        copy.int2(row.use.shown < 0 ? nil : Int16(row.use.shown))
        copy.int8(row.use.heldSeq == 0 ? nil : row.use.heldSeq)
        copy.int2(row.use.heldSeq == 0 ? nil : row.use.heldN)
        copy.int2(row.use.refusal?.rawValue)
        copy.instant(row.use.at?.microseconds)
        copy.int8(row.use.times)
        copy.int8(row.use.money)
        copy.int8(row.use.units)
        copy.int4Array(booking.offLines[row.offs])
        copy.int8Array(booking.offAmounts[row.offs])
      }
    }
  }

  static let benefitsOfSpans = Statement(
    "benefits of spans",
    """
    SELECT span.n::int4, b.seq, b.source, b.id, b.times, b.money, b.units, b.lines, b.amounts,
      b.shown, b.refusal, b.at, b.coupon_seq, b.coupon_n
    FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
      WITH ORDINALITY AS span (shard, account_id, first, last, n)
    CROSS JOIN LATERAL (
      SELECT * FROM patron.benefits b
      WHERE b.shard = span.shard AND b.account_id = span.account_id
        AND b.seq BETWEEN span.first AND span.last
      ORDER BY b.seq, b.n OFFSET 0
    ) b
    """)

  /// What was taken off one event's bill.
  public func benefits(_ span: EventSpan) throws -> Outcome {
    let rows = try db.query(
      Self.benefitsOfSpans,
      [
        .int2Array([span.shard]), .int8Array([span.account]), .int8Array([span.first]),
        .int8Array([span.last]),
      ])
    var outcome = Outcome()
    for row in 0..<rows.count { Self.addBenefit(rows, row, &outcome) }
    return outcome
  }

  static func addBenefit(_ rows: borrowing Rows, _ row: Int, _ outcome: inout Outcome) {
    guard let source = BenefitUse.Source(rawValue: rows.int2(row, 2)) else { return }
    var use = BenefitUse(source: source, id: rows.int4(row, 3))
    use.times = rows.int8(row, 4)
    use.money = rows.int8(row, 5)
    use.units = rows.int8(row, 6)
    use.shown = Int32(rows.int2OrNil(row, 9) ?? -1)
    use.refusal = rows.int2OrNil(row, 10).flatMap { Refusal(rawValue: $0) }
    use.at = rows.instantOrNil(row, 11).map { Instant(microseconds: $0) }
    use.heldSeq = rows.int8OrNil(row, 12) ?? 0
    use.heldN = rows.int2OrNil(row, 13) ?? 0
    use.firstLine = Int32(outcome.lineOffs.count)
    let lines = rows.int4ArrayOrNil(row, 7) ?? []
    let amounts = rows.int8ArrayOrNil(row, 8) ?? []
    for (line, amount) in zip(lines, amounts) {
      outcome.lineOffs.append(LineOff(line: line, amount: amount))
    }
    use.endLine = Int32(outcome.lineOffs.count)
    outcome.benefits.append(use)
  }

  static let loadCoupons = loading(
    "coupons",
    "t.seq, t.n, t.template, t.code, t.valid_until, t.used, t.times, t.withdrawn, "
      + "t.tier, t.issued_at",
    order: "ORDER BY key.n, t.seq, t.n")

  static func readCoupons(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      var coupon = HeldCoupon(
        seq: rows.int8(row, 1), n: rows.int2(row, 2), template: rows.int4(row, 3),
        code: rows.text(row, 4), validUntil: Instant(microseconds: rows.instant(row, 5)))
      coupon.used = rows.int4(row, 6)
      coupon.times = rows.int8(row, 7)
      coupon.isWithdrawn = rows.bool(row, 8)
      coupon.tier = rows.int2OrNil(row, 9) ?? 0
      coupon.issuedAt = Instant(microseconds: rows.instant(row, 10))
      accounts[chosen[rows.int(row, 0) - 1]].coupons.append(coupon)
    }
  }

  /// How often coupons are used by now, how often over they count, and which are withdrawn.
  public func writeUses(_ accounts: [Account]) throws {
    let used = accounts.flatMap { account in
      account.coupons.filter(\.isTouched).map { (account.shard, account.id, $0) }
    }
    guard !used.isEmpty else { return }
    try db.query(
      """
      UPDATE patron.coupons c SET used = u.used, withdrawn = u.withdrawn, times = u.times
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int2[], $5::int4[],
        $6::bool[], $7::int8[]) AS u (shard, account_id, seq, n, used, withdrawn, times)
      WHERE c.shard = u.shard AND c.account_id = u.account_id AND c.seq = u.seq AND c.n = u.n
      """,
      [
        .int2Array(used.map(\.0)), .int8Array(used.map(\.1)), .int8Array(used.map(\.2.seq)),
        .int2Array(used.map(\.2.n)), .int4Array(used.map(\.2.used)),
        .boolArray(used.map(\.2.isWithdrawn)), .int8Array(used.map(\.2.times)),
      ])
  }
}
