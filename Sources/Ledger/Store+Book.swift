import Loyalty
import Postgres

extension Store {
  /// Writes everything that a batch brought, and moves the accounts' positions; their last numbers
  /// go along where the engine itself gave them an event. Call within the transaction that locked
  /// them.
  public func book(_ booking: Booking, _ accounts: [Account], ratedAt: Instant) throws {
    try writeOutcomes(booking, ratedAt)
    try writePostings(booking)
    try writeRare(booking)
    try writeUses(accounts)
    try writeHolds(accounts)
    try writeBalances(accounts)
    try writeLots(accounts)
    try writeCounters(accounts)
    try writeSegments(booking, accounts)
    try writeAccounts(accounts)
  }

  private func writeAccounts(_ accounts: [Account]) throws {
    // All that changed in one list, and of each account where its own begin and end there.
    var standings: [Standing] = []
    var (firsts, lasts) = ([Int32](), [Int32]())
    for place in accounts.indices {
      firsts.append(Int32(standings.count + 1))
      if accounts[place].standings.contains(where: \.isTouched) {
        standings += accounts[place].standings.sorted { $0.tier < $1.tier }
      }
      lasts.append(Int32(standings.count))
    }
    try db.query(
      """
      UPDATE patron.accounts a SET position = b.position, clock = b.clock, due = b.due,
        last_seq = greatest(a.last_seq, b.position),
        standing_tiers = CASE WHEN b.first > b.last THEN a.standing_tiers
          ELSE ($8::int2[])[b.first:b.last] END,
        standing_sinces = CASE WHEN b.first > b.last THEN a.standing_sinces
          ELSE ($9::timestamptz[])[b.first:b.last] END,
        standing_untils = CASE WHEN b.first > b.last THEN a.standing_untils
          ELSE ($10::timestamptz[])[b.first:b.last] END
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::timestamptz[], $5::timestamptz[],
        $6::int4[], $7::int4[]) AS b (shard, account_id, position, clock, due, first, last)
      WHERE a.shard = b.shard AND a.account_id = b.account_id
      """,
      [
        .int2Array(accounts.map(\.shard)), .int8Array(accounts.map(\.id)),
        .int8Array(accounts.map(\.position)),
        .instantArray(accounts.map(\.clock.microseconds)),
        .instantArray(accounts.map(\.due.microseconds)),
        .int4Array(firsts), .int4Array(lasts),
        .int2Array(standings.map(\.tier)),
        .instantArray(standings.map(\.since.microseconds)),
        .instantArray(standings.map(\.until.microseconds)),
      ])
  }

  private func writeOutcomes(_ booking: Booking, _ ratedAt: Instant) throws {
    try db.copyIn(
      """
      COPY patron.outcomes (shard, account_id, seq, rated_at, version, tier, facts, fact_values,
        balances, refused) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.outcomes {
        copy.row(fields: 10)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.instant(ratedAt.microseconds)
        copy.int4(row.version)
        copy.int2(row.tier)
        if row.facts.isEmpty {
          copy.null()
          copy.null()
        } else {
          copy.int4Array(booking.facts[row.facts])
          copy.int8Array(booking.factValues[row.facts])
        }
        copy.int8Array(booking.balances[row.balances])
        copy.text(row.refused)
      }
    }
  }

  private func writePostings(_ booking: Booking) throws {
    guard !booking.postings.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.postings (shard, account_id, seq, n, currency, debited, credited, amount, at, due,
        expires, reason, part_rules, part_bases, part_sums) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.postings {
        let posting = row.posting
        copy.row(fields: 15)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.int2(row.n)
        copy.int2(posting.currency)
        copy.int2(posting.from.rawValue)
        copy.int2(posting.to.rawValue)
        copy.int8(posting.amount)
        copy.instant(posting.at.microseconds)
        copy.instant(posting.due?.microseconds)
        copy.instant(posting.expires?.microseconds)
        copy.int2(posting.reason.rawValue)
        if row.shares.isEmpty {
          copy.null()
          copy.null()
          copy.null()
        } else {
          copy.int4Array(booking.shareRules[row.shares])
          copy.int8Array(booking.shareBases[row.shares])
          copy.int8Array(booking.shareSums[row.shares])
        }
      }
    }
  }

  private func writeBalances(_ accounts: [Account]) throws {
    let balances = TouchedRows(accounts) { $0.balances }
    if !balances.new.isEmpty {
      try db.copyIn(
        """
        COPY patron.balances (shard, account_id, currency, available, pending, held, debt, earned,
          reversed, spent, expired, adjusted, transferred) FROM STDIN (FORMAT binary)
        """
      ) { copy in
        balances.new.write(&copy, fields: 11) { balance, copy in
          copy.int2(balance.currency)
          copy.int8(balance.available)
          copy.int8(balance.pending)
          copy.int8(balance.held)
          copy.int8(balance.debt)
          copy.int8(balance.earned)
          copy.int8(balance.reversed)
          copy.int8(balance.spent)
          copy.int8(balance.expired)
          copy.int8(balance.adjusted)
          copy.int8(balance.transferred)
        }
      }
    }
    guard !balances.changed.isEmpty else { return }
    let changed = balances.changed.rows
    try db.query(
      """
      UPDATE patron.balances t SET available = b.available, pending = b.pending, held = b.held,
        debt = b.debt, earned = b.earned, reversed = b.reversed, spent = b.spent,
        expired = b.expired, adjusted = b.adjusted, transferred = b.transferred
      FROM unnest($1::int2[], $2::int8[], $3::int2[], $4::int8[], $5::int8[], $6::int8[],
        $7::int8[], $8::int8[], $9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::int8[])
        AS b (shard, account_id, currency, available, pending, held, debt, earned, reversed, spent,
          expired, adjusted, transferred)
      WHERE t.shard = b.shard AND t.account_id = b.account_id AND t.currency = b.currency
      """,
      balances.changed.owners + [
        .int2Array(changed.map(\.currency)), .int8Array(changed.map(\.available)),
        .int8Array(changed.map(\.pending)), .int8Array(changed.map(\.held)),
        .int8Array(changed.map(\.debt)), .int8Array(changed.map(\.earned)),
        .int8Array(changed.map(\.reversed)), .int8Array(changed.map(\.spent)),
        .int8Array(changed.map(\.expired)), .int8Array(changed.map(\.adjusted)),
        .int8Array(changed.map(\.transferred)),
      ])
  }

  private func writeLots(_ accounts: [Account]) throws {
    let lots = TouchedRows(accounts) { $0.lots }
    var (first, added) = (OwnedRows<Lot>(), OwnedRows<Lot>())
    var owner = 0
    for (place, lot) in lots.new.rows.enumerated() {
      // New lots stand in the order of their accounts.
      while accounts[owner].id != lots.new.ids[place] { owner += 1 }
      // An account that had no balance of a currency had no lot of it either.
      if accounts[owner].balance(lot.currency).isStored {
        added.append(lot, lots.new.shards[place], lots.new.ids[place])
      } else {
        first.append(lot, lots.new.shards[place], lots.new.ids[place])
      }
    }
    try copy(first)
    // Of stored lots what they hold now; of others what they add to whatever is stored.
    if !added.isEmpty { try db.query(Self.addLots, Self.cells(added)) }
    if !lots.changed.isEmpty { try db.query(Self.updateLots, Self.cells(lots.changed)) }
  }

  private func copy(_ lots: OwnedRows<Lot>) throws {
    guard !lots.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.lots (shard, account_id, currency, due, expires, granted, held, spent, expired,
        reversed, remaining) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      lots.write(&copy, fields: 9) { lot, copy in
        copy.int2(lot.currency)
        copy.instant(lot.due.microseconds)
        copy.instant(lot.expires.microseconds)
        copy.int8(lot.granted)
        copy.int8(lot.held)
        copy.int8(lot.spent)
        copy.int8(lot.expired)
        copy.int8(lot.reversed)
        copy.int8(lot.remaining)
      }
    }
  }

  private static func cells(_ lots: OwnedRows<Lot>) -> [Cell] {
    let rows = lots.rows
    return lots.owners + [
      .int2Array(rows.map(\.currency)), .instantArray(rows.map(\.due.microseconds)),
      .instantArray(rows.map(\.expires.microseconds)), .int8Array(rows.map(\.granted)),
      .int8Array(rows.map(\.held)), .int8Array(rows.map(\.spent)),
      .int8Array(rows.map(\.expired)), .int8Array(rows.map(\.reversed)),
      .int8Array(rows.map(\.remaining)),
    ]
  }

  private static let lotColumns = """
    unnest($1::int2[], $2::int8[], $3::int2[], $4::timestamptz[], $5::timestamptz[], $6::int8[],
      $7::int8[], $8::int8[], $9::int8[], $10::int8[], $11::int8[])
      AS b (shard, account_id, currency, due, expires, granted, held, spent, expired, reversed,
        remaining)
    """
  private static let addLots = Statement(
    "add to lots",
    """
    INSERT INTO patron.lots AS t (shard, account_id, currency, due, expires, granted, held, spent,
      expired, reversed, remaining)
    SELECT * FROM \(lotColumns)
    ON CONFLICT (shard, account_id, currency, due, expires) DO UPDATE SET
      granted = t.granted + excluded.granted, held = t.held + excluded.held,
      spent = t.spent + excluded.spent, expired = t.expired + excluded.expired,
      reversed = t.reversed + excluded.reversed, remaining = t.remaining + excluded.remaining
    """)
  private static let updateLots = Statement(
    "update lots",
    """
    UPDATE patron.lots t SET granted = b.granted, held = b.held, spent = b.spent,
      expired = b.expired, reversed = b.reversed, remaining = b.remaining
    FROM \(lotColumns)
    WHERE t.shard = b.shard AND t.account_id = b.account_id AND t.currency = b.currency
      AND t.due = b.due AND t.expires = b.expires
    """)

  private func writeCounters(_ accounts: [Account]) throws {
    let counters = TouchedRows(accounts) { $0.counters }
    if !counters.new.isEmpty {
      try db.copyIn(
        """
        COPY patron.counter_values (shard, account_id, counter, bucket, value)
        FROM STDIN (FORMAT binary)
        """
      ) { copy in
        counters.new.write(&copy, fields: 3) { value, copy in
          copy.int4(value.counter)
          copy.date(value.bucket.day)
          copy.int8(value.value)
        }
      }
    }
    guard !counters.changed.isEmpty else { return }
    let changed = counters.changed.rows
    try db.query(
      """
      UPDATE patron.counter_values t SET value = b.value
      FROM unnest($1::int2[], $2::int8[], $3::int4[], $4::date[], $5::int8[])
        AS b (shard, account_id, counter, bucket, value)
      WHERE t.shard = b.shard AND t.account_id = b.account_id AND t.counter = b.counter
        AND t.bucket = b.bucket
      """,
      counters.changed.owners + [
        .int4Array(changed.map(\.counter)), .dateArray(changed.map(\.bucket.day)),
        .int8Array(changed.map(\.value)),
      ])
  }

  /// What few events bring: uses of lots, changes of tier, coupons, messages.
  private func writeRare(_ booking: Booking) throws {
    if !booking.lotUses.isEmpty {
      try db.copyIn(
        """
        COPY patron.lot_uses (shard, account_id, seq, n, due, expires, amount)
        FROM STDIN (FORMAT binary)
        """
      ) { copy in
        for row in booking.lotUses {
          copy.row(fields: 7)
          copy.int2(row.shard)
          copy.int8(row.account)
          copy.int8(row.seq)
          copy.int2(row.n)
          copy.instant(row.use.due.microseconds)
          copy.instant(row.use.expires.microseconds)
          copy.int8(row.use.amount)
        }
      }
    }
    if !booking.tierChanges.isEmpty {
      try db.copyIn(
        """
        COPY patron.tier_changes (shard, account_id, seq, n, from_tier, to_tier, at, until, reason)
        FROM STDIN (FORMAT binary)
        """
      ) { copy in
        for row in booking.tierChanges {
          copy.row(fields: 9)
          copy.int2(row.shard)
          copy.int8(row.account)
          copy.int8(row.seq)
          copy.int2(row.n)
          copy.int2(row.change.from)
          copy.int2(row.change.to)
          copy.instant(row.change.at.microseconds)
          copy.instant(row.change.until.microseconds)
          copy.int2(row.change.reason.rawValue)
        }
      }
    }
    try writeTierGrounds(booking)
    try writeCoupons(booking)
    try writeBenefits(booking)
    try writeReversals(booking)
    try writeOrders(booking)
    guard !booking.messages.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.outbox (shard, account_id, seq, topic, body) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.messages {
        copy.row(fields: 5)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.text(row.topic)
        copy.text(row.body)
      }
    }
  }

  private func writeCoupons(_ booking: Booking) throws {
    guard !booking.coupons.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.coupons (shard, account_id, seq, n, issued_at, valid_until, template, rule, tier,
        code, times) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.coupons {
        copy.row(fields: 11)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.int2(row.n)
        copy.instant(row.issuedAt.microseconds)
        copy.instant(row.issue.validUntil.microseconds)
        copy.int4(row.issue.template)
        copy.int4(row.issue.rule == 0 ? nil : row.issue.rule)
        copy.int2(row.issue.tier == 0 ? nil : row.issue.tier)
        copy.text(row.code)
        copy.int8(row.issue.times)
      }
    }
    try db.copyIn(
      "COPY patron.coupon_codes (code, shard, account_id, seq, n) FROM STDIN (FORMAT binary)"
    ) { copy in
      for row in booking.coupons {
        copy.row(fields: 5)
        copy.text(row.code)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.int2(row.n)
      }
    }
  }

  /// Which of these codes are taken already.
  public func takenCodes(_ codes: [String]) throws -> Set<String> {
    let rows = try db.query(
      "SELECT code FROM patron.coupon_codes WHERE code = ANY($1)", [.textArray(codes)])
    return Set((0..<rows.count).map { rows.text($0, 0) })
  }
}
