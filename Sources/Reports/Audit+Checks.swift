/// The questions that SQL can answer whole: each gives rows of `account_id` and `what`.
extension Audit {
  static let checks: [(name: String, sql: String)] = [
    ("balances are the sums of postings", balances),
    ("lots are what was granted less what was used", lots),
    ("lots add up to balances", lotsAndBalances),
    ("every event has its number, and every rated one its outcome", sequences),
    ("every claim has its event or parked row", claims),
    ("every event and parked row has its claim", unclaimed),
    ("parts add up to their posting", parts),
    ("no budget is exceeded", budgets),
    ("coupons are used as often as bills say", couponUses),
    ("no more came back than there was", reversals),
    ("points are spent where something was redeemed", redemptions),
    ("what is held is held for something", holds),
    ("what was taken off the bill adds up by line", bills),
    ("every posting's version and rules are known", origins),
    ("tiers are kept as long as something says", tiers),
    ("what reviews gave comes before an event that is there", reviewMarks),
    ("segments hold who entered and did not leave", segments),
    ("what left an account came to another, and a merged one holds nothing", transfers),
    ("cards lead to accounts that are there, and stop where these do", cards),
    ("adjustments are booked once, as they were decided", adjustments),
    ("every version's counters are filled from history", fillings),
  ]

  private static let balances = """
    SELECT coalesce(p.account_id, b.account_id) AS account_id,
      format('%s: the postings give available %s, pending %s, held %s, debt %s, earned %s,'
        ' taken back %s, spent %s, expired %s, adjusted %s, transferred %s; kept are %s, %s, %s,'
        ' %s, %s, %s, %s, %s, %s, %s', c.key,
        coalesce(p.available, 0), coalesce(p.pending, 0), coalesce(p.held, 0), coalesce(p.debt, 0),
        coalesce(p.earned, 0), coalesce(p.reversed, 0), coalesce(p.spent, 0),
        coalesce(p.expired, 0), coalesce(p.adjusted, 0), coalesce(p.transferred, 0),
        coalesce(b.available, 0), coalesce(b.pending, 0),
        coalesce(b.held, 0), coalesce(b.debt, 0),
        coalesce(b.earned, 0), coalesce(b.reversed, 0), coalesce(b.spent, 0),
        coalesce(b.expired, 0), coalesce(b.adjusted, 0), coalesce(b.transferred, 0)
      ) AS what
    FROM (
      SELECT shard, account_id, currency,
        sum(CASE 1 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS available,
        sum(CASE 2 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS pending,
        sum(CASE 3 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS held,
        sum(CASE 4 WHEN debited THEN amount WHEN credited THEN -amount ELSE 0 END) AS debt,
        sum(CASE WHEN debited = 11 THEN amount ELSE 0 END) AS earned,
        sum(CASE WHEN credited = 11 THEN amount ELSE 0 END) AS reversed,
        sum(CASE 12 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS spent,
        sum(CASE 13 WHEN credited THEN amount WHEN debited THEN -amount ELSE 0 END) AS expired,
        sum(CASE 14 WHEN debited THEN amount WHEN credited THEN -amount ELSE 0 END) AS adjusted,
        sum(CASE 15 WHEN debited THEN amount WHEN credited THEN -amount ELSE 0 END) AS transferred
      FROM patron.postings GROUP BY shard, account_id, currency
    ) p
    FULL JOIN patron.balances b
      ON b.shard = p.shard AND b.account_id = p.account_id AND b.currency = p.currency
    LEFT JOIN patron.currencies c ON c.currency = coalesce(p.currency, b.currency)
    WHERE (coalesce(p.available, 0), coalesce(p.pending, 0), coalesce(p.held, 0),
        coalesce(p.debt, 0), coalesce(p.earned, 0), coalesce(p.reversed, 0), coalesce(p.spent, 0),
        coalesce(p.expired, 0), coalesce(p.adjusted, 0), coalesce(p.transferred, 0))
      <> (coalesce(b.available, 0), coalesce(b.pending, 0), coalesce(b.held, 0),
        coalesce(b.debt, 0), coalesce(b.earned, 0), coalesce(b.reversed, 0), coalesce(b.spent, 0),
        coalesce(b.expired, 0), coalesce(b.adjusted, 0), coalesce(b.transferred, 0))
    """

  /// Tiers that hold only while their goal is met have no end, and no ground.
  private static let tiers = """
    SELECT s.account_id, format('%s is kept until %s, and nothing says why', t.key, s.until) AS what
    FROM patron.standings s
    JOIN patron.accounts a ON a.shard = s.shard AND a.account_id = s.account_id
    JOIN patron.tiers t ON t.tier = s.tier
    WHERE a.status = 0 AND s.until > a.clock AND s.until < '9000-01-01' AND NOT EXISTS (
      SELECT FROM patron.tier_grounds g
      WHERE g.shard = s.shard AND g.account_id = s.account_id AND g.tier = s.tier
        AND g.until = s.until)
    """

  private static let lots = """
    SELECT coalesce(g.account_id, l.account_id) AS account_id,
      format('%s, the lot that ends %s: the postings give granted %s, used %s; kept are granted %s,'
        ' held %s, remaining %s', c.key, coalesce(g.expires, l.expires), coalesce(g.granted, 0),
        coalesce(g.used, 0), coalesce(l.granted, 0), coalesce(l.held, 0),
        coalesce(l.remaining, 0)) AS what
    FROM (
      SELECT shard, account_id, currency, due, expires, sum(granted) AS granted, sum(used) AS used,
        sum(reversed) AS reversed, sum(expired) AS expired, sum(held) AS held
      FROM (
        SELECT shard, account_id, currency, due, expires, amount AS granted, 0 AS used,
          0 AS reversed, 0 AS expired, 0 AS held
        FROM patron.postings WHERE due IS NOT NULL
        UNION ALL
        SELECT u.shard, u.account_id, p.currency, u.due, u.expires, 0,
          CASE WHEN (p.debited, p.credited) IN ((1, 3), (3, 1)) THEN 0
            WHEN p.debited = 13 THEN -u.amount ELSE u.amount END,
          CASE WHEN p.credited = 11 THEN u.amount ELSE 0 END,
          CASE 13 WHEN p.credited THEN u.amount WHEN p.debited THEN -u.amount ELSE 0 END,
          CASE 3 WHEN p.credited THEN u.amount WHEN p.debited THEN -u.amount ELSE 0 END
        FROM patron.lot_uses u JOIN patron.postings p
          ON p.shard = u.shard AND p.account_id = u.account_id AND p.seq = u.seq AND p.n = u.n
      ) moves GROUP BY shard, account_id, currency, due, expires
    ) g
    FULL JOIN patron.lots l ON l.shard = g.shard AND l.account_id = g.account_id
      AND l.currency = g.currency AND l.due = g.due AND l.expires = g.expires
    LEFT JOIN patron.currencies c ON c.currency = coalesce(g.currency, l.currency)
    WHERE coalesce(g.granted, 0) <> coalesce(l.granted, 0)
      OR coalesce(g.used, 0) <> coalesce(l.spent + l.expired + l.reversed, 0)
      OR coalesce(g.reversed, 0) <> coalesce(l.reversed, 0)
      OR coalesce(g.expired, 0) <> coalesce(l.expired, 0)
      OR coalesce(g.held, 0) <> coalesce(l.held, 0)
    """

  private static let lotsAndBalances = """
    SELECT coalesce(l.account_id, b.account_id) AS account_id,
      format('%s: the lots hold %s, the balance %s', c.key, coalesce(l.rest, 0),
        coalesce(b.available + b.pending + b.held, 0)) AS what
    FROM (
      SELECT shard, account_id, currency, sum(remaining + held) AS rest
      FROM patron.lots GROUP BY shard, account_id, currency
    ) l
    FULL JOIN patron.balances b
      ON b.shard = l.shard AND b.account_id = l.account_id AND b.currency = l.currency
    LEFT JOIN patron.currencies c ON c.currency = coalesce(l.currency, b.currency)
    WHERE coalesce(l.rest, 0) <> coalesce(b.available + b.pending + b.held, 0)
    """

  private static let sequences = """
    SELECT coalesce(a.account_id, e.account_id, o.account_id) AS account_id,
      format('numbered up to %s, rated up to %s; there are %s events up to %s and %s outcomes'
        ' up to %s',
        coalesce(a.last_seq, 0), coalesce(a.position, 0), coalesce(e.n, 0), coalesce(e.last, 0),
        coalesce(o.n, 0), coalesce(o.last, 0)) AS what
    FROM patron.accounts a
    FULL JOIN (
      SELECT shard, account_id, count(*) AS n, max(seq) AS last FROM patron.events
      WHERE account_id <> 0 GROUP BY shard, account_id
    ) e ON e.shard = a.shard AND e.account_id = a.account_id
    FULL JOIN (
      SELECT shard, account_id, count(*) AS n, max(seq) AS last FROM patron.outcomes
      GROUP BY shard, account_id
    ) o ON o.shard = coalesce(a.shard, e.shard)
      AND o.account_id = coalesce(a.account_id, e.account_id)
    WHERE (coalesce(a.last_seq, -1), coalesce(a.position, -1))
        <> (coalesce(e.n, 0), coalesce(o.n, 0))
      OR coalesce(e.last, 0) <> coalesce(e.n, 0) OR coalesce(o.last, 0) <> coalesce(o.n, 0)
    """

  private static let claims = """
    SELECT CASE WHEN c.shard >= 0 THEN c.account_id END AS account_id,
      format('the id %s is claimed, and what it led to is not there', c.external_id) AS what
    FROM patron.claims c
    LEFT JOIN patron.events e ON e.shard = c.shard AND e.account_id = c.account_id AND e.seq = c.seq
    LEFT JOIN patron.parked p ON c.shard = -1 AND p.parked_id = c.account_id AND p.claimed
    WHERE CASE WHEN c.shard = -1 THEN p.parked_id IS NULL ELSE e.seq IS NULL
      OR e.external_id <> c.external_id OR e.source <> c.source END
    """

  private static let unclaimed = """
    SELECT e.account_id, format('event %s, the id %s, has no claim', e.seq, e.external_id) AS what
    FROM patron.events e
    LEFT JOIN patron.claims c ON c.shard = e.shard AND c.account_id = e.account_id AND c.seq = e.seq
    WHERE c.source IS NULL
    UNION ALL
    SELECT NULL, format('parked row %s, the id %s, has no claim', p.parked_id, p.external_id)
    FROM patron.parked p
    LEFT JOIN patron.claims c ON c.shard = -1 AND c.account_id = p.parked_id
    WHERE p.claimed AND c.source IS NULL
    """

  private static let parts = """
    SELECT p.account_id, format('posting %s of event %s: its parts do not add up to %s', p.n, p.seq,
      p.amount) AS what
    FROM patron.postings p
    WHERE CASE WHEN p.part_sums IS NULL THEN p.reason IN (1, 2, 10)
      ELSE p.part_sums[cardinality(p.part_sums)] IS DISTINCT FROM p.amount
        OR cardinality(p.part_rules) IS DISTINCT FROM cardinality(p.part_sums)
        OR cardinality(p.part_bases) IS DISTINCT FROM cardinality(p.part_sums) END
    """

  private static let budgets = """
    SELECT NULL::bigint AS account_id, format('the budget of %s: of %s are drawn %s and spent %s',
      b.key, b.total, b.drawn, coalesce(s.spent, 0)) AS what
    FROM patron.budgets b
    LEFT JOIN (
      SELECT budget, sum(amount) AS spent FROM patron.budget_spends GROUP BY budget
    ) s ON s.budget = b.budget
    WHERE b.drawn > b.total OR coalesce(s.spent, 0) > b.drawn
    """

  private static let couponUses = """
    SELECT c.account_id, format('the coupon %s: used %s times; the bills say %s', c.code, c.used,
      coalesce(b.times, 0) + c.used_before) AS what
    FROM patron.coupons c
    LEFT JOIN (
      SELECT shard, account_id, coupon_seq, coupon_n, sum(sign(times)::bigint) AS times
      FROM patron.benefits WHERE coupon_seq IS NOT NULL
      GROUP BY shard, account_id, coupon_seq, coupon_n
    ) b ON b.shard = c.shard AND b.account_id = c.account_id AND b.coupon_seq = c.seq
      AND b.coupon_n = c.n
    LEFT JOIN (
      SELECT r.by_account, k.seq, k.n, sum(CASE WHEN r.gone THEN -1 ELSE 1 END) AS times
      FROM patron.reversals r, unnest(r.coupon_seqs, r.coupon_ns) AS k (seq, n)
      GROUP BY r.by_account, k.seq, k.n
    ) g ON g.by_account = c.account_id AND g.seq = c.seq AND g.n = c.n
    WHERE c.used <> coalesce(b.times, 0) - coalesce(g.times, 0) + c.used_before
      OR c.withdrawn AND c.used > 0
    """

  private static let redemptions = """
    SELECT p.account_id, format('posting %s of event %s spends points for nothing', p.n, p.seq)
      AS what
    FROM patron.postings p
    WHERE p.reason = 6 AND NOT EXISTS (
      SELECT FROM patron.benefits b WHERE b.shard = p.shard AND b.account_id = p.account_id
        AND b.seq = p.seq AND b.source IN (3, 4)
        AND (b.times > 0 OR b.times = 0 AND b.refusal IS NULL))
    """

  private static let bills = """
    SELECT b.account_id, format('benefit %s of event %s: its lines do not add up to %s', b.n, b.seq,
      b.money) AS what
    FROM patron.benefits b
    LEFT JOIN patron.outcomes o
      ON o.shard = b.shard AND o.account_id = b.account_id AND o.seq = b.seq
    WHERE o.seq IS NULL OR b.source < 3
      AND (cardinality(b.lines) IS DISTINCT FROM cardinality(b.amounts)
      OR (SELECT coalesce(sum(a), 0) FROM unnest(b.amounts) a) <> b.money)
    """

  private static let reviewMarks = """
    SELECT m.account_id, format('event %s: a review of %s comes before it, and it is %s', m.seq,
      m.at, coalesce('of ' || e.at, 'not there')) AS what
    FROM patron.review_marks m
    LEFT JOIN patron.events e
      ON e.shard = m.shard AND e.account_id = m.account_id AND e.seq = m.seq
    WHERE e.seq IS NULL OR e.at < m.at
    """

  private static let segments = """
    SELECT c.account_id, format('segment %s: the last change says that the account %s', s.key,
      CASE WHEN c.entered THEN 'entered, and it is not in' ELSE 'left, and it is in' END) AS what
    FROM (
      SELECT DISTINCT ON (shard, account_id, segment) shard, account_id, segment, entered
      FROM patron.segment_changes ORDER BY shard, account_id, segment, seq DESC, n DESC
    ) c
    LEFT JOIN patron.segments s ON s.segment = c.segment
    LEFT JOIN patron.segment_members m ON m.shard = c.shard AND m.account_id = c.account_id
      AND m.segment = c.segment
    WHERE c.entered <> (m.segment IS NOT NULL)
    """

  private static let fillings = """
    SELECT NULL::bigint AS account_id, format('version %s is not filled: publish it once more, with'
      ' the same files and the same --from', version) AS what
    FROM patron.versions WHERE filled_at IS NULL AND withdrawn_at IS NULL
    """

  private static let origins = """
    SELECT o.account_id, format('event %s was rated by version %s, which is not there', o.seq,
      o.version) AS what
    FROM patron.outcomes o LEFT JOIN patron.versions v ON v.version = o.version
    WHERE v.version IS NULL AND o.refused IS NULL
    UNION ALL
    SELECT p.account_id, format('posting %s of event %s has no outcome', p.n, p.seq)
    FROM patron.postings p LEFT JOIN patron.outcomes o
      ON o.shard = p.shard AND o.account_id = p.account_id AND o.seq = p.seq
    WHERE o.seq IS NULL
    UNION ALL
    SELECT p.account_id, format('posting %s of event %s names a rule that is not there', p.n, p.seq)
    FROM patron.postings p
    WHERE NOT p.part_rules <@ (SELECT coalesce(array_agg(rule), '{}') FROM patron.rules)
    """
}
