import Loyalty
import Postgres

extension Store {
  /// Rated events as they stand now, for what comes back of them, and those that they brought
  /// something back of themselves; what is not there or not rated is missing among the answers.
  public func originals(_ keys: Set<OriginalKey>) throws -> [OriginalKey: Original] {
    var originals: [OriginalKey: Original] = [:]
    var next = keys
    while !next.isEmpty {
      let read = try self.read(next)
      originals.merge(read) { first, _ in first }
      next = Set(read.values.compactMap(\.broughtBack)).filter { originals[$0] == nil }
    }
    if !originals.isEmpty {
      try readPrices(&originals)
      try readMoved(&originals)
    }
    return originals
  }

  private func read(_ keys: Set<OriginalKey>) throws -> [OriginalKey: Original] {
    let spans = keys.sorted {
      ($0.shard, $0.account, $0.seq) < ($1.shard, $1.account, $1.seq)
    }.map { EventSpan(shard: $0.shard, account: $0.account, first: $0.seq, last: $0.seq) }
    var outcomes: [OriginalKey: Outcome] = [:]
    var versions: [OriginalKey: Int32] = [:]
    for stored in try self.outcomes(spans) {
      let key = OriginalKey(spans[stored.span])
      var outcome = Outcome()
      outcome.tier = stored.tier
      outcome.refused = stored.refused
      for fact in stored.facts { outcome.facts.append(fact) }
      outcomes[key] = outcome
      versions[key] = stored.version
    }
    try fill(&outcomes, spans)
    var originals: [OriginalKey: Original] = [:]
    for (span, event) in try events(spans) {
      let key = OriginalKey(spans[span])
      guard let outcome = outcomes[key] else { continue }
      originals[key] = Original(
        event, outcome, version: versions[key] ?? 0, in: key.shard, key.account)
    }
    for (key, records) in try returned(spans) { originals[key]?.returns = records }
    return originals
  }

  /// What coupons that were used had been redeemed for.
  private func readPrices(_ originals: inout [OriginalKey: Original]) throws {
    var keys: Set<OriginalKey> = []
    for (key, original) in originals {
      for use in original.used {
        keys.insert(OriginalKey(shard: key.shard, account: key.account, seq: use.key.seq))
      }
    }
    guard !keys.isEmpty else { return }
    let redemptions = try read(keys).filter { $0.value.event.kind == .other }
    guard !redemptions.isEmpty else { return }
    for key in originals.keys {
      guard var original = originals[key] else { continue }
      for place in original.used.indices {
        let seq = original.used[place].key.seq
        let redemption = OriginalKey(shard: key.shard, account: key.account, seq: seq)
        original.used[place].payments = redemptions[redemption]?.payments ?? []
      }
      originals[key] = original
    }
  }

  private func fill(_ outcomes: inout [OriginalKey: Outcome], _ spans: [EventSpan]) throws {
    let cells = Self.cells(spans)
    let rows = try db.pipeline([
      (Self.postingsOfOriginals, cells), (Self.usesOfOriginals, cells),
      (Self.couponsOfOriginals, cells), (Self.benefitsOfSpans, cells),
    ])
    func each(
      _ rows: borrowing Rows, _ add: (borrowing Rows, Int, inout Outcome) -> Void
    ) {
      for row in 0..<rows.count {
        let key = OriginalKey(spans[rows.int(row, 0) - 1])
        guard var outcome = outcomes.removeValue(forKey: key) else { continue }
        add(rows, row, &outcome)
        outcomes[key] = outcome
      }
    }
    each(rows[0]) { rows, row, outcome in
      Self.addPosting(rows, row, &outcome)
      let last = outcome.postings.count - 1
      outcome.postings[last].due = rows.instantOrNil(row, 11).map { Instant(microseconds: $0) }
      outcome.postings[last].expires = rows.instantOrNil(row, 12).map { Instant(microseconds: $0) }
    }
    each(rows[1]) { rows, row, outcome in
      outcome.lotUses.append(
        LotUse(
          posting: Int32(rows.int(row, 1)), due: Instant(microseconds: rows.instant(row, 2)),
          expires: Instant(microseconds: rows.instant(row, 3)), amount: rows.int8(row, 4)))
    }
    each(rows[2]) { rows, row, outcome in
      var issue = CouponIssue(
        template: rows.int4(row, 1), rule: rows.int4OrNil(row, 2) ?? 0,
        tier: rows.int2OrNil(row, 3) ?? 0, validUntil: Instant(microseconds: rows.instant(row, 4)))
      issue.issuedAt = Instant(microseconds: rows.instant(row, 5))
      outcome.coupons.append(issue)
    }
    each(rows[3]) { rows, row, outcome in Self.addBenefit(rows, row, &outcome) }
  }

  private static func ofOriginals(_ columns: String, _ table: String, _ order: String) -> Statement
  {
    Statement(
      "\(table) of originals",
      """
      SELECT span.n::int4, \(columns)
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
        WITH ORDINALITY AS span (shard, account_id, first, last, n)
      CROSS JOIN LATERAL (
        SELECT * FROM patron.\(table) t
        WHERE t.shard = span.shard AND t.account_id = span.account_id
          AND t.seq BETWEEN span.first AND span.last
        OFFSET 0
      ) t
      ORDER BY span.n, \(order)
      """)
  }

  private static let postingsOfOriginals = ofOriginals(
    "t.seq, t.currency, t.debited, t.credited, t.amount, t.at, t.reason, t.part_rules, "
      + "t.part_bases, t.part_sums, t.due, t.expires", "postings", "t.n")
  private static let usesOfOriginals = ofOriginals(
    "t.n, t.due, t.expires, t.amount", "lot_uses", "t.n, t.expires, t.due")
  private static let couponsOfOriginals = ofOriginals(
    "t.template, t.rule, t.tier, t.valid_until, t.issued_at", "coupons", "t.n")
}

extension OriginalKey {
  fileprivate init(_ span: EventSpan) {
    self.init(shard: span.shard, account: span.account, seq: span.first)
  }
}
