-- Views that show packed columns as rows, and the role of a POS.

-- Views -------------------------------------------------------------------------------------------

CREATE VIEW patron.event_lines AS
  SELECT e.shard, e.account_id, e.seq, e.at, e.kind, line.n,
    coalesce(e.numbers[line.n], 0) AS number,
    sku.text AS sku, category.text AS category,
    line.quantity / 1000000.0 AS quantity, unit.text AS unit, line.total,
    coalesce(e.taxes[line.n], 0) AS tax,
    coalesce(e.store_discounts[line.n], 0) AS store_discount,
    coalesce(e.manufacturer_discounts[line.n], 0) AS manufacturer_discount,
    coalesce(e.loyalty_discounts[line.n], 0) AS loyalty_discount,
    e.prices[line.n] / 1000000.0 AS price, e.costs[line.n] AS cost,
    e.line_details -> (line.n - 1)::integer AS details
  FROM patron.events e
  CROSS JOIN LATERAL unnest(e.products, e.categories, e.quantities, e.totals)
    WITH ORDINALITY AS line (product, category, quantity, total, n)
  LEFT JOIN patron.symbols sku ON sku.symbol = line.product
  LEFT JOIN patron.symbols category ON category.symbol = line.category
  LEFT JOIN patron.symbols unit ON unit.symbol = e.units[line.n];

CREATE VIEW patron.standings AS
  SELECT a.shard, a.account_id, s.tier, s.since, s.until
  FROM patron.accounts a
  CROSS JOIN LATERAL unnest(a.standing_tiers, a.standing_sinces, a.standing_untils)
    AS s (tier, since, until)
  WHERE a.standing_tiers IS NOT NULL;

CREATE VIEW patron.posting_parts AS
  SELECT p.shard, p.account_id, p.seq, p.n, p.currency, part.n AS part, r.key AS rule,
    part.basis, part.total - coalesce(p.part_sums[part.n - 1], 0) AS amount, f.funder
  FROM patron.postings p
  JOIN patron.outcomes o ON o.shard = p.shard AND o.account_id = p.account_id AND o.seq = p.seq
  CROSS JOIN LATERAL unnest(p.part_rules, p.part_bases, p.part_sums)
    WITH ORDINALITY AS part (rule, basis, total, n)
  LEFT JOIN patron.rules r ON r.rule = part.rule
  LEFT JOIN patron.rule_funders f ON f.version = o.version AND f.rule = part.rule;

-- Roles -------------------------------------------------------------------------------------------

-- A POS may insert into the inbox and do nothing else. Roles belong to the whole cluster, so one
-- may be there already; who may not make roles is told, and can have an administrator make it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'patron_pos') THEN
    CREATE ROLE patron_pos NOLOGIN;
  END IF;
  GRANT USAGE ON SCHEMA patron TO patron_pos;
  GRANT INSERT ON patron.inbox TO patron_pos;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'the role patron_pos was not made: this user may not make roles';
  WHEN unique_violation OR duplicate_object THEN
    GRANT USAGE ON SCHEMA patron TO patron_pos;
    GRANT INSERT ON patron.inbox TO patron_pos;
END
$$;
