-- What rating gives: outcomes, the ledger, and what stands beside it.

-- Rating ------------------------------------------------------------------------------------------

-- One row a rated event: what its rating consulted, and what it left.
CREATE TABLE patron.outcomes (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  rated_at timestamptz NOT NULL,
  version integer NOT NULL,
  shard smallint NOT NULL,
  tier smallint NOT NULL,           -- of the main ladder when it was rated; 0: none
  facts integer[],                  -- counters (windows of them) consulted …
  fact_values bigint[],             -- … and what they said
  balances bigint[],                -- available less debt afterwards, by currency number from 1
  refused text,                     -- why it was not rated, where it was not
  PRIMARY KEY (shard, account_id, seq)
);

-- The ledger. Buckets: 1 available, 2 pending, 3 held, 4 debt; 11 issued, 12 redeemed, 13
-- expired, 14 adjusted, 15 transfer.
CREATE TABLE patron.postings (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  at timestamptz NOT NULL,
  due timestamptz,                  -- the lot that a credit went into
  expires timestamptz,
  shard smallint NOT NULL,
  n smallint NOT NULL,
  currency smallint NOT NULL,
  debited smallint NOT NULL,        -- from
  credited smallint NOT NULL,       -- to
  -- 1 accrual, 2 return, 3 release, 4 expiry, 5 opening, 6 redemption, 7 set aside for one,
  -- 8 free again, 9 conversion,
  -- 10 correction, 11 given back, for what it paid came back, 20 adjustment, 21 transfer,
  -- 22 merge, 23 closing
  reason smallint NOT NULL,
  part_rules integer[],             -- the rules that gave it …
  part_bases bigint[],              -- … from what (of a fixed award: how often) …
  part_sums bigint[],               -- … as running totals, so that the last one is the amount
  PRIMARY KEY (shard, account_id, seq, n),
  CHECK (debited <> credited),
  CHECK (part_sums IS NULL OR part_sums[cardinality(part_sums)] = amount)
);
CREATE INDEX postings_at ON patron.postings USING brin (at);

-- Which lots a debit took from; of what was held and is free again, which it went back to.
CREATE TABLE patron.lot_uses (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  due timestamptz NOT NULL,
  expires timestamptz NOT NULL,
  shard smallint NOT NULL,
  n smallint NOT NULL,
  PRIMARY KEY (shard, account_id, seq, n, due, expires)
);

CREATE TABLE patron.lots (
  account_id bigint NOT NULL,
  due timestamptz NOT NULL,
  expires timestamptz NOT NULL,
  granted bigint NOT NULL,
  held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
  spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),   -- or given away or taken
  expired bigint NOT NULL DEFAULT 0 CHECK (expired >= 0),
  reversed bigint NOT NULL DEFAULT 0 CHECK (reversed >= 0),
  remaining bigint NOT NULL CHECK (remaining >= 0),
  shard smallint NOT NULL,
  currency smallint NOT NULL,
  PRIMARY KEY (shard, account_id, currency, due, expires),
  CHECK (granted = held + spent + expired + reversed + remaining)
) WITH (fillfactor = 70);

CREATE TABLE patron.balances (
  account_id bigint NOT NULL,
  available bigint NOT NULL CHECK (available >= 0),
  pending bigint NOT NULL CHECK (pending >= 0),
  held bigint NOT NULL CHECK (held >= 0),
  debt bigint NOT NULL CHECK (debt >= 0),
  earned bigint NOT NULL CHECK (earned >= 0),      -- all that was ever issued
  reversed bigint NOT NULL CHECK (reversed >= 0),  -- all that was ever taken back
  spent bigint NOT NULL,            -- below zero: given back of what a merged account had spent
  expired bigint NOT NULL CHECK (expired >= 0),
  adjusted bigint NOT NULL DEFAULT 0,     -- given by hand, less what was taken by hand
  transferred bigint NOT NULL DEFAULT 0,  -- from other accounts, less what went to them
  shard smallint NOT NULL,
  currency smallint NOT NULL,
  PRIMARY KEY (shard, account_id, currency),
  CHECK (available + pending + held - debt
    = earned - reversed - spent - expired + adjusted + transferred)
) WITH (fillfactor = 60);

CREATE TABLE patron.counter_values (
  account_id bigint NOT NULL,
  value bigint NOT NULL,
  bucket date NOT NULL,             -- first day of the bucket, in the program's time zone
  counter integer NOT NULL,
  shard smallint NOT NULL,
  PRIMARY KEY (shard, account_id, counter, bucket)
) WITH (fillfactor = 70);

CREATE TABLE patron.tier_changes (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  until timestamptz NOT NULL,
  shard smallint NOT NULL,
  n smallint NOT NULL,
  from_tier smallint NOT NULL,      -- 0: none
  to_tier smallint NOT NULL,
  -- 1 qualified, 2 requalified, 3 validity ended, 4 review, 5 by hand, 6 granted by a rule, 7 the
  -- sale that caused it came back, 8 merged, 9 that return was voided
  reason smallint NOT NULL,
  PRIMARY KEY (shard, account_id, seq, n)
);

-- Why tiers are kept: a tier runs until the last of its grounds that stand.
CREATE TABLE patron.tier_grounds (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,              -- the event that it was booked with
  cause_account bigint NOT NULL,    -- the event that caused it, where it was rated; 0: none, as
  cause_seq bigint NOT NULL,        -- time or the desk did
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  day date NOT NULL,                -- on which the goal was met
  shard smallint NOT NULL,
  n smallint NOT NULL,
  tier smallint NOT NULL,
  -- 1 the goal was met, 2 it was when points fell due, 3 a rule gave it, 4 nothing that can come
  -- back, 5 another one's end left it behind, 6 the goal was met when a return was undone
  kind smallint NOT NULL,
  parent smallint NOT NULL,         -- of a 5: the tier that ended; 0: none
  back boolean NOT NULL,            -- its cause came back, or it has none: it stands while what is
                                    -- counted meets the goal
  PRIMARY KEY (shard, account_id, seq, n)
);

-- Who is in a segment now, by its condition or by list.
CREATE TABLE patron.segment_members (
  account_id bigint NOT NULL,
  since timestamptz NOT NULL,
  shard smallint NOT NULL,
  segment smallint NOT NULL,
  PRIMARY KEY (shard, account_id, segment)
);
CREATE INDEX segment_members_by_segment ON patron.segment_members (segment, shard, account_id);

CREATE TABLE patron.segment_changes (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  shard smallint NOT NULL,
  n smallint NOT NULL,
  segment smallint NOT NULL,
  entered boolean NOT NULL,         -- or left
  PRIMARY KEY (shard, account_id, seq, n)
);

CREATE TABLE patron.coupons (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  issued_at timestamptz NOT NULL,
  valid_until timestamptz NOT NULL, -- the first moment at which it can no longer be used
  template integer NOT NULL,
  rule integer,                     -- which rule gave it …
  tier smallint,                    -- … or which tier
  used integer NOT NULL DEFAULT 0,
  withdrawn boolean NOT NULL DEFAULT false, -- what it was given for came back
  used_before integer NOT NULL DEFAULT 0, -- of it in the account that it came from
  times bigint NOT NULL DEFAULT 1,  -- how often over it counts when it is used
  shard smallint NOT NULL,
  n smallint NOT NULL,
  moved boolean NOT NULL DEFAULT false,   -- its account was merged: it is the other one's
  code text NOT NULL,
  PRIMARY KEY (shard, account_id, seq, n)
);

-- What rules may give to all members together. Workers draw shares of it, and note in the commit of
-- each batch what that took: spent is never more than drawn, and drawn never more than the total.
CREATE TABLE patron.budgets (
  budget integer PRIMARY KEY,
  key text NOT NULL UNIQUE,
  total bigint NOT NULL,            -- the largest that any version gave
  drawn bigint NOT NULL DEFAULT 0 CHECK (drawn >= 0),
  CHECK (drawn <= total)
);

CREATE TABLE patron.budget_spends (
  budget integer NOT NULL,
  amount bigint NOT NULL,           -- below zero: returns gave back more than the batch took
  booked_at timestamptz NOT NULL DEFAULT now()
);

-- Who pays for what a rule gives, by the version that says so.
CREATE TABLE patron.rule_funders (
  version integer NOT NULL,
  rule integer NOT NULL,
  funder text NOT NULL,
  PRIMARY KEY (version, rule)
);

-- What took something off an event's bill.
CREATE TABLE patron.benefits (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  times bigint NOT NULL,            -- 0: refused, or held before; below 0: free again
  money bigint NOT NULL CHECK (money >= 0),     -- minor units
  units bigint NOT NULL CHECK (units >= 0),     -- millionths, for which it was given
  shard smallint NOT NULL,
  n smallint NOT NULL,
  source smallint NOT NULL,         -- 1 rule, 2 coupon, 3 reward, 4 points, 5 perk
  id integer NOT NULL,              -- its rule, template, reward, currency, or the symbol of the
                                    -- perk; 0: an unknown code
  at timestamptz,                   -- when a day of the calendar brought it, before the event, or
                                    -- when what is free again had been held
  shown smallint,                   -- a coupon's place among the event's, from 0
  coupon_seq bigint,                -- which coupon it is, where the account holds it …
  coupon_n smallint,
  -- why it was refused: 1 unknown, 2 not claimed, 3 expired, 4 used up, 5 not met, 6 limit,
  -- 7 no items, 8 does not combine, 9 nothing left, 10 not enough, 11 out of stock, 12 withdrawn;
  -- with times above 0 the till gave it all the same
  refusal smallint,
  lines integer[],                  -- the lines that it made cheaper, from 0 …
  amounts bigint[],                 -- … and by how much
  PRIMARY KEY (shard, account_id, seq, n)
);

-- What tills took past its terms: a list for a person.
CREATE INDEX benefits_past_terms ON patron.benefits (shard, account_id, seq)
  WHERE refusal IS NOT NULL AND times > 0;

-- What one return, void or exchange brought back of an earlier event, and what it took back of what
-- that event had given; or what of that a void of a return undid. It lies beside the original.
CREATE TABLE patron.reversals (
  account_id bigint NOT NULL,       -- the original's …
  original_seq bigint NOT NULL,
  by_account bigint NOT NULL,       -- … and that of the event that brought it back: the same, or
  seq bigint NOT NULL,              -- one that the original's was merged into
  shard smallint NOT NULL,
  n smallint NOT NULL,              -- the how manieth of the original's, from 0
  undoes smallint,                  -- which of them it undoes: a void of a return …
  gone boolean NOT NULL DEFAULT false, -- … by which all goes the other way: it is gone again
  lines integer[] NOT NULL,         -- lines that the original sold, from 0 …
  quantities bigint[] NOT NULL,     -- … what came back of each, in millionths …
  amounts bigint[] NOT NULL,        -- … and the money that came back without goods
  excess_lines integer[],           -- lines of the return, from 0, that name more than was left …
  excess_quantities bigint[],       -- … by so many millionths …
  excess_amounts bigint[],          -- … or so much money
  rules integer[],                  -- the awards that became less …
  currencies integer[],             -- … of which currency …
  points bigint[],                  -- … and by how much: below zero, gone again above it
  coupon_seqs bigint[],             -- coupons that had been used and can be used again
  coupon_ns integer[],
  withdrawn_seqs bigint[],          -- coupons that it had brought, now withdrawn
  withdrawn_ns integer[],
  PRIMARY KEY (shard, account_id, original_seq, n)
);

-- What others must hear of, in the commit that made it true. An account's messages go out in the
-- order of their numbers, which are given under its lock.
CREATE SEQUENCE patron.message_ids;
CREATE TABLE patron.outbox (
  account_id bigint NOT NULL,
  message_id bigint NOT NULL DEFAULT nextval('patron.message_ids'),
  seq bigint NOT NULL,              -- the event that told it
  created_at timestamptz NOT NULL DEFAULT now(),
  shard smallint NOT NULL,
  topic text NOT NULL,
  body json NOT NULL,
  PRIMARY KEY (shard, account_id, message_id)
);

-- An account whose oldest message was not taken, and with it those behind it.
CREATE TABLE patron.undelivered (
  account_id bigint NOT NULL,
  message_id bigint NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  next_try timestamptz NOT NULL,
  failures integer NOT NULL,        -- how often it was not taken …
  refusals integer NOT NULL,        -- … and how often of these the receiver refused it
  shard smallint NOT NULL,
  error text NOT NULL,              -- what was said last
  PRIMARY KEY (shard, account_id)
);

-- Messages that were refused so often that the others do not wait for them any longer.
CREATE TABLE patron.dead_letters (
  account_id bigint NOT NULL,
  message_id bigint NOT NULL,
  seq bigint NOT NULL,
  created_at timestamptz NOT NULL,
  died_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  refusals integer NOT NULL,
  shard smallint NOT NULL,
  topic text NOT NULL,
  error text NOT NULL,
  body json NOT NULL,
  PRIMARY KEY (shard, account_id, message_id)
);
CREATE INDEX dead_letters_id ON patron.dead_letters (message_id);

-- A review compares accounts with each other: its cutoff is fixed here, and each account that
-- reaches it gets an event in the same commit; where one from behind the review's day waits
-- already, a mark.
CREATE TABLE patron.reviews (
  review_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tier smallint NOT NULL,
  as_of date NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  first_day date NOT NULL,
  last_day date NOT NULL,
  buyers bigint NOT NULL,
  places bigint NOT NULL,
  cutoff bigint,
  reached bigint NOT NULL,          -- accounts that it gives the tier, ties included
  UNIQUE (tier, as_of)
);

-- What a review gave an account whose event `seq` waited then and lies behind the review's day: it
-- comes before that event, and what it brought is booked with it.
CREATE TABLE patron.review_marks (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  review_id bigint NOT NULL,        -- in this order, where there are several
  at timestamptz NOT NULL,          -- the beginning of the review's day
  value bigint NOT NULL,            -- in the measure's smallest unit
  cutoff bigint NOT NULL,
  utc_offset integer NOT NULL,
  shard smallint NOT NULL,
  tier smallint NOT NULL,
  PRIMARY KEY (shard, account_id, seq, review_id)
);

-- Days that are closed: up to its end, all that time brings is booked. A close that was cut off is
-- not finished; the next one goes on with it.
CREATE TABLE patron.closes (
  day date PRIMARY KEY,
  begun_at timestamptz NOT NULL DEFAULT now(),
  begun_by text NOT NULL DEFAULT current_user,
  finished_at timestamptz,
  events bigint                     -- of the days since the one closed before, up to this one
);

-- That a member was told which points end soon: once for each last day of use.
CREATE TABLE patron.expiry_notices (
  account_id bigint NOT NULL,
  told_at timestamptz NOT NULL DEFAULT now(),
  last_day date NOT NULL,
  shard smallint NOT NULL,
  currency smallint NOT NULL,
  PRIMARY KEY (shard, account_id, currency, last_day)
);

-- Corrections of what was given: a program that was rated again over some days. Each account that
-- it changes gets an event, which names it.
CREATE TABLE patron.rerates (
  rerate_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT now(),
  made_by text NOT NULL DEFAULT current_user,
  first_day date NOT NULL,
  last_day date NOT NULL,
  program text NOT NULL,
  digest text NOT NULL,             -- of the files
  accounts bigint NOT NULL DEFAULT 0
);
