import Loyalty
import Postgres

/// What one event gave, read back from the ledger: accruals and returns with their parts, releases,
/// the coupons that rules issued, and what was taken off its bill.
public struct BookedEvent: Sendable {
  /// The place of its span, from 0.
  public var span: Int
  public var seq: Int64
  /// Only `postings`, `shares`, `coupons` and what was taken off the bill are filled.
  public var outcome = Outcome()

  init(span: Int, seq: Int64) {
    self.span = span
    self.seq = seq
  }
}

extension Store {
  private static let postingsOfSpans = Statement(
    "postings of spans",
    """
    SELECT span.n::int4, p.seq, p.currency, p.debited, p.credited, p.amount, p.at, p.reason,
      p.part_rules, p.part_bases, p.part_sums
    FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
      WITH ORDINALITY AS span (shard, account_id, first, last, n)
    CROSS JOIN LATERAL (
      SELECT * FROM patron.postings p
      WHERE p.shard = span.shard AND p.account_id = span.account_id
        AND p.seq BETWEEN span.first AND span.last AND p.reason IN (1, 2, 3, 10)
      ORDER BY p.seq, p.n OFFSET 0
    ) p
    """)
  private static let couponsOfSpans = Statement(
    "coupons of spans",
    """
    SELECT span.n::int4, c.seq, c.template, c.rule, c.valid_until, c.issued_at
    FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
      WITH ORDINALITY AS span (shard, account_id, first, last, n)
    CROSS JOIN LATERAL (
      SELECT * FROM patron.coupons c
      WHERE c.shard = span.shard AND c.account_id = span.account_id
        AND c.seq BETWEEN span.first AND span.last AND c.rule IS NOT NULL
      ORDER BY c.seq, c.n OFFSET 0
    ) c
    """)

  /// What the events of the spans gave, in the order of spans and sequence; events that gave
  /// nothing are left out.
  public func booked(_ spans: [EventSpan]) throws -> [BookedEvent] {
    let keys: [Cell] = [
      .int2Array(spans.map(\.shard)), .int8Array(spans.map(\.account)),
      .int8Array(spans.map(\.first)), .int8Array(spans.map(\.last)),
    ]
    let rows = try db.pipeline([
      (Self.postingsOfSpans, keys), (Self.couponsOfSpans, keys), (Self.benefitsOfSpans, keys),
    ])
    var booked: [BookedEvent] = []
    for row in 0..<rows[0].count {
      let (span, seq) = (rows[0].int(row, 0) - 1, rows[0].int8(row, 1))
      if booked.last?.span != span || booked.last?.seq != seq {
        booked.append(BookedEvent(span: span, seq: seq))
      }
      Self.addPosting(rows[0], row, &booked[booked.count - 1].outcome)
    }
    Self.merge(rows[1], &booked) { rows, row, outcome in
      var issue = CouponIssue(
        template: rows.int4(row, 2), rule: rows.int4(row, 3), tier: 0,
        validUntil: Instant(microseconds: rows.instant(row, 4)))
      issue.issuedAt = Instant(microseconds: rows.instant(row, 5))
      outcome.coupons.append(issue)
    }
    Self.merge(rows[2], &booked, Self.addBenefit)
    return booked
  }

  /// Adds rows, ordered by span and sequence, to the events that they belong to.
  private static func merge(
    _ rows: borrowing Rows, _ booked: inout [BookedEvent],
    _ add: (borrowing Rows, Int, inout Outcome) -> Void
  ) {
    var place = 0
    for row in 0..<rows.count {
      let (span, seq) = (rows.int(row, 0) - 1, rows.int8(row, 1))
      while place < booked.count, (booked[place].span, booked[place].seq) < (span, seq) {
        place += 1
      }
      if place == booked.count || booked[place].span != span || booked[place].seq != seq {
        booked.insert(BookedEvent(span: span, seq: seq), at: place)
      }
      add(rows, row, &booked[place].outcome)
    }
  }

  /// A posting between buckets that there are not gave nothing: the audit's other checks find it.
  static func addPosting(
    _ rows: borrowing Rows, _ row: Int, _ outcome: inout Outcome
  ) {
    guard let from = Bucket(rawValue: rows.int2(row, 3)),
      let to = Bucket(rawValue: rows.int2(row, 4)),
      let reason = PostingReason(rawValue: rows.int2(row, 7))
    else { return }
    var posting = Posting(
      currency: rows.int2(row, 2), from: from, to: to, amount: rows.int8(row, 5),
      at: Instant(microseconds: rows.instant(row, 6)), reason: reason)
    posting.firstShare = Int32(outcome.shares.count)
    let rules = rows.int4ArrayOrNil(row, 8) ?? []
    let bases = rows.int8ArrayOrNil(row, 9) ?? []
    let sums = rows.int8ArrayOrNil(row, 10) ?? []
    for index in 0..<min(rules.count, bases.count, sums.count) {
      outcome.shares.append(
        PartShare(rule: rules[index], basis: bases[index], sum: sums[index]))
    }
    posting.endShare = Int32(outcome.shares.count)
    outcome.postings.append(posting)
  }
}
