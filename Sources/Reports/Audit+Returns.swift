/// What came back.
extension Audit {
  /// Of each award that a sale gave, and of each of its lines; what a return without its sale took
  /// is given again by its void alone.
  static let reversals = """
    SELECT g.account_id, format('of event %s, %s of currency %s were given and %s taken back',
      g.seq, g.given, g.currency, -r.back) AS what
    FROM (
      SELECT r.shard, r.account_id, r.original_seq, a.currency, sum(a.points) AS back
      FROM patron.reversals r, unnest(r.currencies, r.points) AS a (currency, points)
      GROUP BY r.shard, r.account_id, r.original_seq, a.currency
    ) r
    JOIN LATERAL (
      SELECT r.account_id, r.original_seq AS seq, r.currency,
        coalesce(sum(CASE WHEN p.reason = 1 THEN p.amount ELSE -p.amount END), 0) AS given
      FROM patron.postings p
      WHERE p.shard = r.shard AND p.account_id = r.account_id AND p.seq = r.original_seq
        AND p.currency = r.currency AND (p.reason = 1 OR p.reason = 2 AND p.credited = 11
          AND (SELECT e.original_seq IS NULL FROM patron.events e
            WHERE e.shard = p.shard AND e.account_id = p.account_id AND e.seq = p.seq))
    ) g ON true
    WHERE r.back NOT BETWEEN least(0, -g.given) AND greatest(0, -g.given)
    UNION ALL
    SELECT r.account_id, format('of event %s, line %s, more came back than was bought',
      r.original_seq, l.line)
    FROM patron.reversals r
    CROSS JOIN unnest(r.lines, r.quantities) AS l (line, quantity)
    JOIN patron.events e ON e.shard = r.shard AND e.account_id = r.account_id
      AND e.seq = r.original_seq AND e.original_seq IS NULL
    GROUP BY r.shard, r.account_id, r.original_seq, l.line, e.quantities
    HAVING sum(l.quantity) NOT BETWEEN 0 AND greatest(0, e.quantities[l.line + 1])
    UNION ALL
    SELECT p.account_id, format('event %s takes back %s and gives again %s of currency %s, where %s'
      ' and %s are said to', p.seq, p.took, p.gave, p.currency, coalesce(r.less, 0),
      coalesce(r.more, 0))
    FROM (
      SELECT account_id, seq, currency,
        sum(CASE WHEN credited = 11 THEN amount ELSE 0 END) AS took,
        sum(CASE WHEN debited = 11 THEN amount ELSE 0 END) AS gave
      FROM patron.postings WHERE reason = 2 GROUP BY account_id, seq, currency
    ) p
    JOIN (SELECT DISTINCT by_account, seq FROM patron.reversals) b
      ON b.by_account = p.account_id AND b.seq = p.seq
    LEFT JOIN (
      SELECT by_account, seq, currency, sum(greatest(0, -net)) AS less,
        sum(greatest(0, net)) AS more
      FROM (
        SELECT r.by_account, r.seq, a.currency, sum(a.points) AS net
        FROM patron.reversals r, unnest(r.currencies, r.points) AS a (currency, points)
        GROUP BY r.account_id, r.original_seq, r.n, r.by_account, r.seq, a.currency
      ) n GROUP BY by_account, seq, currency
    ) r ON r.by_account = p.account_id AND r.seq = p.seq AND r.currency = p.currency
    WHERE p.took > coalesce(r.less, 0) OR p.gave > coalesce(r.more, 0)
    UNION ALL
    SELECT r.account_id, format('of event %s, return %s undoes one that is not there',
      r.original_seq, r.n)
    FROM patron.reversals r
    LEFT JOIN patron.reversals u ON u.shard = r.shard AND u.account_id = r.account_id
      AND u.original_seq = r.original_seq AND u.n = r.undoes AND u.n < r.n
    WHERE r.undoes IS NOT NULL AND u.n IS NULL
    """
}
