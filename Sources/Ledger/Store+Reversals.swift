import Loyalty
import Postgres

extension Store {
  /// What came back of earlier events.
  func writeReversals(_ booking: Booking) throws {
    guard !booking.reversals.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.reversals (shard, account_id, original_seq, n, by_account, seq, undoes, gone,
        lines, quantities, amounts, excess_lines, excess_quantities, excess_amounts, rules,
        currencies, points, coupon_seqs, coupon_ns, withdrawn_seqs, withdrawn_ns)
        FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for record in booking.reversals {
        copy.row(fields: 21)
        copy.int2(record.original.shard)
        copy.int8(record.original.account)
        copy.int8(record.original.seq)
        copy.int2(record.n)
        copy.int8(record.by.account)
        copy.int8(record.by.seq)
        copy.int2(record.undoes)
        copy.bool(record.isGone)
        copy.int4Array(record.lines.map(\.line))
        copy.int8Array(record.lines.map(\.quantity))
        copy.int8Array(record.lines.map(\.amount))
        copy.int4Array(record.excess.isEmpty ? nil : record.excess.map(\.line))
        copy.int8Array(record.excess.isEmpty ? nil : record.excess.map(\.quantity))
        copy.int8Array(record.excess.isEmpty ? nil : record.excess.map(\.amount))
        copy.int4Array(record.awards.isEmpty ? nil : record.awards.map(\.rule))
        copy.int4Array(record.awards.isEmpty ? nil : record.awards.map { Int32($0.currency) })
        copy.int8Array(record.awards.isEmpty ? nil : record.awards.map(\.amount))
        for keys in [record.coupons, record.withdrawn] {
          copy.int8Array(keys.isEmpty ? nil : keys.map(\.seq))
          copy.int4Array(keys.isEmpty ? nil : keys.map { Int32($0.n) })
        }
      }
    }
  }

  private static let reversalsOfSpans = Statement(
    "reversals of spans",
    """
    SELECT span.n::int4, r.original_seq, r.seq, r.lines, r.quantities, r.amounts, r.excess_lines,
      r.excess_quantities, r.excess_amounts, r.rules, r.currencies, r.points, r.coupon_seqs,
      r.coupon_ns, r.withdrawn_seqs, r.withdrawn_ns, r.n, r.by_account, r.undoes, r.gone
    FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
      WITH ORDINALITY AS span (shard, account_id, first, last, n)
    CROSS JOIN LATERAL (
      SELECT * FROM patron.reversals r
      WHERE r.shard = span.shard AND r.account_id = span.account_id
        AND r.original_seq BETWEEN span.first AND span.last
      ORDER BY r.original_seq, r.n OFFSET 0
    ) r
    """)

  private static func record(
    _ rows: borrowing Rows, _ row: Int, of span: EventSpan
  ) -> ReturnRecord {
    let original = OriginalKey(
      shard: span.shard, account: span.account, seq: rows.int8(row, 1))
    let by = rows.int8(row, 17)
    var record = ReturnRecord(
      of: original, n: rows.int2(row, 16),
      by: OriginalKey(shard: Account.shard(of: by), account: by, seq: rows.int8(row, 2)))
    record.undoes = rows.int2OrNil(row, 18)
    record.isGone = rows.bool(row, 19)
    record.lines = lines(rows, row, from: 3)
    record.excess = lines(rows, row, from: 6)
    let currencies = rows.int4ArrayOrNil(row, 10) ?? []
    let points = rows.int8ArrayOrNil(row, 11) ?? []
    for (place, rule) in (rows.int4ArrayOrNil(row, 9) ?? []).enumerated() {
      record.awards.append(
        AwardChange(
          rule: rule, currency: CurrencyID(currencies[place]), amount: points[place]))
    }
    record.coupons = coupons(rows, row, from: 12)
    record.withdrawn = coupons(rows, row, from: 14)
    return record
  }

  private static func coupons(
    _ rows: borrowing Rows, _ row: Int, from column: Int
  ) -> [CouponKey] {
    let ns = rows.int4ArrayOrNil(row, column + 1) ?? []
    return (rows.int8ArrayOrNil(row, column) ?? []).enumerated().map { place, seq in
      CouponKey(seq: seq, n: Int16(ns[place]))
    }
  }

  private static func lines(
    _ rows: borrowing Rows, _ row: Int, from column: Int
  ) -> [LineBack] {
    let quantities = rows.int8ArrayOrNil(row, column + 1) ?? []
    let amounts = rows.int8ArrayOrNil(row, column + 2) ?? []
    return (rows.int4ArrayOrNil(row, column) ?? []).enumerated().map { place, line in
      LineBack(line: line, quantity: quantities[place], amount: amounts[place])
    }
  }

  /// The events of the spans that something came back of.
  public func returned(_ spans: [EventSpan]) throws -> [OriginalKey: [ReturnRecord]] {
    let rows = try db.query(Self.reversalsOfSpans, Self.cells(spans))
    var returned: [OriginalKey: [ReturnRecord]] = [:]
    for row in 0..<rows.count {
      let record = Self.record(rows, row, of: spans[rows.int(row, 0) - 1])
      returned[record.original, default: []].append(record)
    }
    return returned
  }

  /// Of each of a shard's accounts the events that something came back of.
  public func returned(shard: Int16, accounts: [Int64]) throws -> [Int64: Set<Int64>] {
    let rows = try db.query(
      """
      SELECT account_id, original_seq FROM patron.reversals
      WHERE shard = $1 AND account_id = ANY($2)
      """, [.int2(shard), .int8Array(accounts)])
    var returned: [Int64: Set<Int64>] = [:]
    for row in 0..<rows.count { returned[rows.int8(row, 0), default: []].insert(rows.int8(row, 1)) }
    return returned
  }

  static func cells(_ spans: [EventSpan]) -> [Cell] {
    [
      .int2Array(spans.map(\.shard)), .int8Array(spans.map(\.account)),
      .int8Array(spans.map(\.first)), .int8Array(spans.map(\.last)),
    ]
  }
}
