/// What is done at the desk.
extension Audit {
  /// Both sides of a transfer or a merge have one name; the second one's ends with ` to`.
  static let transfers = """
    SELECT min(p.account_id) AS account_id, format('%s: of %s, %s left and %s came',
      regexp_replace(e.external_id, ' to$', ''), c.key,
      sum(CASE WHEN p.credited = 15 THEN p.amount ELSE 0 END),
      sum(CASE WHEN p.debited = 15 THEN p.amount ELSE 0 END)) AS what
    FROM patron.postings p
    JOIN patron.events e ON e.shard = p.shard AND e.account_id = p.account_id AND e.seq = p.seq
    LEFT JOIN patron.currencies c ON c.currency = p.currency
    WHERE 15 IN (p.debited, p.credited)
    GROUP BY regexp_replace(e.external_id, ' to$', ''), c.key
    HAVING sum(CASE WHEN p.credited = 15 THEN p.amount ELSE -p.amount END) <> 0
    UNION ALL
    SELECT a.account_id, format('it is %s, and holds points of %s',
      CASE a.status WHEN 2 THEN 'closed' ELSE 'merged' END, c.key)
    FROM patron.accounts a
    JOIN patron.balances b ON b.shard = a.shard AND b.account_id = a.account_id
    LEFT JOIN patron.currencies c ON c.currency = b.currency
    WHERE a.status IN (2, 3) AND (b.available, b.pending, b.held, b.debt) <> (0, 0, 0, 0)
    UNION ALL
    SELECT a.account_id, 'it is merged, and does not say into what' FROM patron.accounts a
    WHERE (a.status = 3) <> (a.merged_into IS NOT NULL)
    """

  /// In balances and lots, and coupons.
  static let holds = """
    SELECT coalesce(h.account_id, b.account_id) AS account_id,
      format('%s: %s are held, and holds together say %s', c.key, coalesce(b.held, 0),
        coalesce(h.held, 0)) AS what
    FROM (
      SELECT h.shard, h.account_id, l.currency, sum(l.amount) AS held
      FROM patron.holds h, unnest(h.currencies, h.amounts) AS l (currency, amount)
      WHERE h.state = 1 GROUP BY h.shard, h.account_id, l.currency
    ) h
    FULL JOIN (SELECT * FROM patron.balances WHERE held > 0) b
      ON b.shard = h.shard AND b.account_id = h.account_id AND b.currency = h.currency
    LEFT JOIN patron.currencies c ON c.currency = coalesce(h.currency, b.currency)
    WHERE coalesce(b.held, 0) <> coalesce(h.held, 0)
    UNION ALL
    SELECT h.account_id, format('the hold %s gave back more than it took', h.seq)
    FROM patron.holds h, unnest(h.amounts, h.captured, h.returned) AS l (amount, captured, returned)
    WHERE l.captured > l.amount OR l.returned > l.captured
    """

  static let cards = """
    SELECT c.account_id, format('the card …%s leads here, and the account is %s', right(c.card, 4),
      coalesce((ARRAY['open', 'paused', 'closed', 'merged'])[a.status + 1], 'not there')) AS what
    FROM patron.cards c
    LEFT JOIN patron.accounts a ON a.shard = c.shard AND a.account_id = c.account_id
    WHERE a.account_id IS NULL OR c.status <> 1
      AND c.status <> CASE a.status WHEN 0 THEN 0 WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE -1 END
    """

  static let adjustments = """
    SELECT coalesce(a.account_id, p.account_id) AS account_id,
      format('adjustment %s: %s is %s, and %s was booked', coalesce(a.adjustment_id, p.id),
        coalesce(a.amount, 0), (ARRAY['waiting', 'booked', 'refused'])[coalesce(a.state, 2) + 1],
        coalesce(p.amount, 0)) AS what
    FROM patron.adjustments a
    FULL JOIN (
      SELECT substr(e.external_id, 12)::bigint AS id, p.account_id,
        sum(CASE WHEN p.debited = 14 THEN p.amount ELSE -p.amount END) AS amount
      FROM patron.postings p
      JOIN patron.events e ON e.shard = p.shard AND e.account_id = p.account_id AND e.seq = p.seq
      WHERE p.reason = 20 GROUP BY e.external_id, p.account_id
    ) p ON p.id = a.adjustment_id
    WHERE coalesce(p.amount, 0) <> CASE WHEN a.state = 1 THEN a.amount ELSE 0 END
    """
}
