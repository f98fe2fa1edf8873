import Loyalty
import Postgres

/// What a review gives each account that reaches it.
extension Store {
  /// Gives each of the accounts, which are locked, the review's answer: an event of its own, or a
  /// mark before the first waiting event that lies at or behind the review's instant. Answers of
  /// other reviews of that instant are none: they come in their order.
  public func give(
    _ review: StoredReview, number: Int64, to reached: [ReachedAccount], at: Instant, offset: Int32
  ) throws {
    guard !reached.isEmpty, let cutoff = review.cutoff else { return }
    let source = try symbols(["patron review"])["patron review"]?.id ?? 0
    try db.query(
      Self.giveReview,
      [
        .int2Array(reached.map(\.owner.shard)), .int8Array(reached.map(\.owner.account)),
        .int8Array(reached.map(\.value)), at.cell, .int4(offset), .int8(number),
        .int2(review.tier), .int8(cutoff), .int4(source), .text("\(review.key) \(review.day)"),
        .int2(EventKind.review.rawValue),
      ])
  }

  private static let giveReview = Statement(
    "give a review",
    """
    WITH next AS MATERIALIZED (
      SELECT r.shard, r.account_id, r.value, (
        SELECT e.seq FROM patron.events e
        WHERE e.shard = r.shard AND e.account_id = r.account_id AND e.seq > a.position
          AND e.at >= $4 AND NOT (e.kind = $11 AND e.at = $4)
        ORDER BY e.seq LIMIT 1) AS seq
      FROM unnest($1::int2[], $2::int8[], $3::int8[]) AS r (shard, account_id, value)
      JOIN patron.accounts a ON a.shard = r.shard AND a.account_id = r.account_id
    ), marked AS (
      INSERT INTO patron.review_marks (shard, account_id, seq, review_id, tier, at, utc_offset,
        value, cutoff)
      SELECT shard, account_id, seq, $6, $7, $4, $5, value, $8 FROM next WHERE seq IS NOT NULL
    ), raised AS (
      UPDATE patron.accounts a SET last_seq = a.last_seq + 1 FROM next n
      WHERE a.shard = n.shard AND a.account_id = n.account_id AND n.seq IS NULL
      RETURNING a.shard, a.account_id, a.last_seq, n.value,
        $10 || ' ' || a.account_id AS id
    ), claimed AS (
      INSERT INTO patron.claims (source, external_id, shard, account_id, seq, digest)
      SELECT $9, id, shard, account_id, last_seq, md5(id)::uuid FROM raised
    )
    INSERT INTO patron.events (shard, account_id, seq, at, received_at, kind, utc_offset, source,
      external_id, attributes)
    SELECT shard, account_id, last_seq, $4, now(), $11, $5, $9, id,
      jsonb_build_object('tier', $7::int, 'value', value, 'cutoff', $8::bigint)
    FROM raised
    """)

  private static let marksOfSpans = Statement(
    "review marks of spans",
    """
    SELECT span.n::int4, m.seq, m.tier, m.at, m.utc_offset
    FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
      WITH ORDINALITY AS span (shard, account_id, first, last, n)
    JOIN patron.review_marks m ON m.shard = span.shard AND m.account_id = span.account_id
      AND m.seq BETWEEN span.first AND span.last
    ORDER BY span.n, m.seq, m.review_id
    """)

  /// Adds to the events of the spans, which are in their order, what reviews gave before them.
  func readReviews(
    _ keys: [Cell], _ events: inout [(span: Int, event: Event)]
  ) throws {
    let rows = try db.query(Self.marksOfSpans, keys)
    var place = 0
    for row in 0..<rows.count {
      let (span, seq) = (rows.int(row, 0) - 1, rows.int8(row, 1))
      while place < events.count, (events[place].span, events[place].event.seq) < (span, seq) {
        place += 1
      }
      guard place < events.count, events[place].span == span, events[place].event.seq == seq
      else { continue }
      events[place].event.reviews.append(
        ReviewMark(
          tier: rows.int2(row, 2), at: Instant(microseconds: rows.instant(row, 3)),
          offset: rows.int4(row, 4)))
    }
  }
}
