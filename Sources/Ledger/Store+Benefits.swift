import Loyalty
import Postgres

extension Store {
  /// What was taken off bills.
  func writeBenefits(_ booking: Booking) throws {
    guard !booking.benefits.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.benefits (shard, account_id, seq, n, source, id, times, money, units, lines,
        amounts) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.benefits {
        copy.row(fields: 11)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.int2(row.n)
        copy.int2(row.use.source.rawValue)
        copy.int4(row.use.id)
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
    SELECT span.n::int4, b.seq, b.source, b.id, b.times, b.money, b.units, b.lines, b.amounts
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
    use.firstLine = Int32(outcome.lineOffs.count)
    let lines = rows.int4ArrayOrNil(row, 7) ?? []
    let amounts = rows.int8ArrayOrNil(row, 8) ?? []
    for (line, amount) in zip(lines, amounts) {
      outcome.lineOffs.append(LineOff(line: line, amount: amount))
    }
    use.endLine = Int32(outcome.lineOffs.count)
    outcome.benefits.append(use)
  }
}
