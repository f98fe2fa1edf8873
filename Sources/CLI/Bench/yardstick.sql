-- What `patron bench` measures the engine by: the bench's program written by hand as set-based SQL.
-- It writes the same rows to the same tables as the engine does, a batch of accounts in one
-- statement and one commit. The bench compares the two ledgers row by row.

CREATE SCHEMA yardstick;

-- The promotions, opened out by everything that they ask for by name: one row for each tier and
-- weekday on which one holds, found by equality.
CREATE TABLE yardstick.promotions (
  category integer NOT NULL,
  tier smallint NOT NULL,
  weekday smallint NOT NULL,        -- 1 Monday … 7 Sunday
  rule integer NOT NULL,
  least bigint NOT NULL,            -- what the basket must come to
  extra bigint NOT NULL,            -- the factor less one, in tenths
  PRIMARY KEY (category, tier, weekday, rule)
);

CREATE TABLE yardstick.tiers (
  tier smallint PRIMARY KEY,
  key text NOT NULL,
  least bigint NOT NULL             -- spend of the calendar year
);

-- The days of the year, with what depends on nothing but the day.
CREATE TABLE yardstick.days (
  day date PRIMARY KEY,
  weekday smallint NOT NULL,
  year date NOT NULL,
  expires timestamptz NOT NULL,     -- points earned that day
  until timestamptz NOT NULL        -- a tier reached that day
);
INSERT INTO yardstick.days
SELECT day, extract(isodow FROM day), date_trunc('year', day),
  (date_trunc('month', day) + interval '13 months') AT TIME ZONE 'America/Chicago',
  (date_trunc('year', day) + interval '2 years') AT TIME ZONE 'America/Chicago'
FROM generate_series(timestamp '2025-01-01', timestamp '2025-12-31', interval '1 day') AS day;

-- Stretches of accounts with about as many waiting events as a commit takes.
CREATE TABLE yardstick.batches (
  batch integer PRIMARY KEY,
  first_shard smallint NOT NULL,
  first_account bigint NOT NULL,
  last_shard smallint NOT NULL,
  last_account bigint NOT NULL
);

-- Moves accounts by index, which the plan of the whole (see below) would not.
CREATE FUNCTION yardstick.move(
  shards smallint[], accounts bigint[], positions bigint[], clocks timestamptz[],
  dues timestamptz[], firsts bigint[], lasts bigint[], tiers smallint[], sinces timestamptz[],
  untils timestamptz[]
) RETURNS void LANGUAGE sql
SET jit = off
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  UPDATE patron.accounts a SET position = m.position, clock = m.clock, due = m.due,
    standing_tiers = CASE WHEN m.first <= m.last THEN tiers[m.first:m.last] END,
    standing_sinces = CASE WHEN m.first <= m.last THEN sinces[m.first:m.last] END,
    standing_untils = CASE WHEN m.first <= m.last THEN untils[m.first:m.last] END
  FROM unnest($1, $2, $3, $4, $5, $6, $7)
    AS m (shard, account_id, position, clock, due, first, last)
  WHERE a.shard = m.shard AND a.account_id = m.account_id
$$;

-- Nested loops are for what LATERAL says, by index; all else is hashed, whatever the planner
-- thinks of the number of rows.
CREATE FUNCTION yardstick.rate(
  first_shard smallint, first_account bigint, last_shard smallint, last_account bigint
) RETURNS bigint LANGUAGE plpgsql SET jit = off
SET plan_cache_mode = force_generic_plan SET enable_nestloop = off SET enable_mergejoin = off
SET enable_seqscan = off AS $$
DECLARE
  moved record;
BEGIN
  WITH batch AS MATERIALIZED (
    SELECT shard, account_id, position, last_seq, due FROM patron.accounts
    WHERE (shard, account_id) >= (first_shard, first_account)
      AND (shard, account_id) <= (last_shard, last_account) AND position < last_seq
    ORDER BY shard, account_id FOR NO KEY UPDATE
  ), state AS (
    SELECT a.*, b.available, c.value AS spent
    FROM batch a
    LEFT JOIN LATERAL (
      SELECT available FROM patron.balances b
      WHERE b.shard = a.shard AND b.account_id = a.account_id AND b.currency = 1 OFFSET 0
    ) b ON true
    LEFT JOIN LATERAL (
      SELECT value FROM patron.counter_values c
      WHERE c.shard = a.shard AND c.account_id = a.account_id AND c.counter = 3
        AND c.bucket = '2025-01-01' OFFSET 0
    ) c ON true
  ), arrived AS (
    SELECT e.shard, e.account_id, e.seq, e.at, e.categories, e.totals, d.weekday, d.year,
      d.expires, d.until, b.due, b.available, coalesce(b.spent, 0) AS before, basket.spend
    FROM state b
    CROSS JOIN LATERAL (
      SELECT * FROM patron.events e
      WHERE e.shard = b.shard AND e.account_id = b.account_id
        AND e.seq > b.position AND e.seq <= b.last_seq OFFSET 0
    ) e
    CROSS JOIN LATERAL (
      SELECT sum(total::integer) AS spend FROM unnest(e.totals) AS total OFFSET 0
    ) basket
    JOIN yardstick.days d ON d.day = (e.at AT TIME ZONE 'America/Chicago')::date
  ), counted AS (
    SELECT a.*, before
        + sum(a.spend::integer) OVER (PARTITION BY a.shard, a.account_id ORDER BY a.seq) AS spent
    FROM arrived a
  ), sale AS MATERIALIZED (
    SELECT c.*, (row_number() OVER ())::integer AS n,
      (CASE WHEN spent - spend >= 40000 THEN 4 WHEN spent - spend >= 20000 THEN 3
        WHEN spent - spend >= 10000 THEN 2 ELSE 1 END)::smallint AS tier,
      (CASE WHEN spent >= 40000 THEN 4 WHEN spent >= 20000 THEN 3
        WHEN spent >= 10000 THEN 2 ELSE 1 END)::smallint AS next_tier
    FROM counted c
  ), bought AS (
    SELECT s.n, s.tier, s.weekday, s.spend, line.category,
      sum(line.total::integer) / 100 AS points
    FROM sale s CROSS JOIN LATERAL unnest(s.categories, s.totals) AS line (category, total)
    GROUP BY s.n, s.tier, s.weekday, s.spend, line.category
  ), part AS (
    SELECT n, 1 AS rule, spend AS basis, spend / 100 AS amount FROM sale
    UNION ALL
    SELECT b.n, p.rule, b.points, b.points * p.extra / 10
    FROM bought b
    JOIN yardstick.promotions p ON p.category = b.category AND p.tier = b.tier
      AND p.weekday = b.weekday AND p.least <= b.spend
    WHERE b.points * p.extra / 10 > 0
  ), share AS (
    SELECT n, rule, basis,
      (sum(amount::integer) OVER (PARTITION BY n ORDER BY rule)) AS total
    FROM part
  ), given AS (
    SELECT n, max(total) AS amount, array_agg(rule) AS rules, array_agg(basis) AS bases,
      array_agg(total) AS sums
    FROM share GROUP BY n
  ), result AS MATERIALIZED (
    SELECT s.shard, s.account_id, s.seq, s.at, s.expires, s.until, s.tier, s.next_tier, s.spend,
      s.spent, s.year, s.due, g.amount, g.rules, g.bases, g.sums,
      coalesce(s.available, 0)
        + sum(g.amount) OVER (PARTITION BY s.shard, s.account_id ORDER BY s.seq) AS balance
    FROM sale s JOIN given g ON g.n = s.n
  ), outcomes AS (
    INSERT INTO patron.outcomes (shard, account_id, seq, rated_at, version, tier, balances)
    SELECT shard, account_id, seq, now(), 1, tier, ARRAY[balance::bigint] FROM result
  ), postings AS (
    INSERT INTO patron.postings (shard, account_id, seq, n, currency, debited, credited, amount,
      at, due, expires, reason, part_rules, part_bases, part_sums)
    SELECT shard, account_id, seq, 0, 1, 11, 1, amount, at, '0001-01-01 00:00:00+00', expires, 1,
      rules, bases, sums
    FROM result
  ), lots AS (
    INSERT INTO patron.lots AS t (shard, account_id, currency, due, expires, granted, remaining)
    SELECT shard, account_id, 1, '0001-01-01 00:00:00+00', expires, sum(amount), sum(amount)
    FROM result GROUP BY shard, account_id, expires
    ON CONFLICT (shard, account_id, currency, due, expires) DO UPDATE
      SET granted = t.granted + excluded.granted, remaining = t.remaining + excluded.remaining
  ), balances AS (
    INSERT INTO patron.balances AS t (shard, account_id, currency, available, pending, held, debt,
      earned, reversed, spent, expired)
    SELECT shard, account_id, 1, sum(amount), 0, 0, 0, sum(amount), 0, 0, 0
    FROM result GROUP BY shard, account_id
    ON CONFLICT (shard, account_id, currency) DO UPDATE
      SET available = t.available + excluded.available, earned = t.earned + excluded.earned
  ), counters AS (
    INSERT INTO patron.counter_values AS t (shard, account_id, counter, bucket, value)
    SELECT shard, account_id, 3, year, sum(spend) FROM result GROUP BY shard, account_id, year
    ON CONFLICT (shard, account_id, counter, bucket) DO UPDATE SET value = t.value + excluded.value
  ), standings AS MATERIALIZED (
    SELECT r.shard, r.account_id, r.seq, t.tier, r.at, r.until
    FROM result r JOIN yardstick.tiers t ON r.spent - r.spend < t.least AND r.spent >= t.least
  ), grounds AS (
    INSERT INTO patron.tier_grounds (shard, account_id, seq, n, tier, kind, cause_account,
      cause_seq, parent, day, since, until, back)
    SELECT shard, account_id, seq,
      row_number() OVER (PARTITION BY shard, account_id, seq ORDER BY tier DESC) - 1,
      tier, 1, account_id, seq, 0, (at AT TIME ZONE 'America/Chicago')::date, at, until, false
    FROM standings
  ), changes AS (
    INSERT INTO patron.tier_changes (shard, account_id, seq, n, from_tier, to_tier, at, until,
      reason)
    SELECT shard, account_id, seq, 0, tier, next_tier, at, until, 1
    FROM result WHERE tier <> next_tier
  ), messages AS (
    INSERT INTO patron.outbox (shard, account_id, seq, topic, body)
    SELECT r.shard, r.account_id, r.seq, 'tier',
      format('{"version":1,"topic":"tier","account":%s,"at":"%s","from":"%s","to":"%s",'
        '"until":"%s","reason":"qualified"}', r.account_id,
        to_char(r.at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), f.key, t.key,
        to_char(r.until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::json
    FROM result r JOIN yardstick.tiers f ON f.tier = r.tier
    JOIN yardstick.tiers t ON t.tier = r.next_tier
    WHERE r.tier <> r.next_tier
  )
  SELECT array_agg(shard) AS shards, array_agg(account_id) AS accounts,
    array_agg(position) AS positions, array_agg(clock) AS clocks, array_agg(due) AS dues,
    array_agg(last - reached + 1) AS firsts, array_agg(last) AS lasts,
    (SELECT array_agg(tier ORDER BY shard, account_id, tier) FROM standings) AS tiers,
    (SELECT array_agg(at ORDER BY shard, account_id, tier) FROM standings) AS sinces,
    (SELECT array_agg(until ORDER BY shard, account_id, tier) FROM standings) AS untils,
    sum(sales) AS sales
  INTO moved
  FROM (
    SELECT *, (sum(reached) OVER (ORDER BY shard, account_id))::bigint AS last
    FROM (
      SELECT shard, account_id, max(seq) AS position, max(at) AS clock, count(*) AS sales,
        least(min(due), min(expires), min(CASE WHEN spent >= 10000 THEN until END)) AS due,
        max(next_tier) - min(tier) AS reached
      FROM result GROUP BY shard, account_id
    ) account
  ) account;
  PERFORM yardstick.move(moved.shards, moved.accounts, moved.positions, moved.clocks, moved.dues,
    moved.firsts, moved.lasts, moved.tiers, moved.sinces, moved.untils);
  RETURN moved.sales;
END
$$;
