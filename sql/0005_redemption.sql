-- Redemptions in steps, and things on their way.

-- What is set aside for a redemption, and what became of it. The event of its number made it.
CREATE TABLE patron.holds (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  until timestamptz NOT NULL,       -- the first moment at which it is gone
  ended_at timestamptz,
  times bigint NOT NULL,            -- fewer after a part was captured or given back
  money bigint NOT NULL,            -- what it pays, in minor units
  captured_by bigint,               -- the event that redeemed it
  coupon_seq bigint,                -- which of the account's coupons it uses up
  shard smallint NOT NULL,
  state smallint NOT NULL,          -- 1 open, 2 captured, 3 released, 4 fell away, 5 given back,
                                    -- 6 went with its account into another one
  source smallint NOT NULL,         -- 2 coupon, 3 reward, 4 points, 5 perk
  coupon_n smallint,
  id integer NOT NULL,              -- its template, reward or currency
  currencies smallint[],            -- lots that pay, in their order …
  dues timestamptz[],
  ends timestamptz[],
  amounts bigint[],                 -- … how much of each is set aside …
  captured bigint[],                -- … was spent …
  returned bigint[],                -- … and given back
  budgets integer[],                -- stocks that it took from …
  drawn bigint[],                   -- … and how much
  award_rules integer[],            -- rules that gave points for the redemption …
  award_currencies smallint[],      -- … of which currency …
  award_amounts bigint[],           -- … how much, less what was taken back …
  award_dues timestamptz[],         -- … into which lot …
  award_ends timestamptz[],
  award_ats timestamptz[],          -- … and when it counts as earned
  moved_to bigint,                  -- of a 6: the event that holds it there
  PRIMARY KEY (shard, account_id, seq)
) WITH (fillfactor = 80);
CREATE INDEX holds_open ON patron.holds (shard, account_id) WHERE state = 1;

-- Things that were redeemed, on their way: known by `ACCOUNT-SEQ` (and `-N` where one event brought
-- several).
CREATE TABLE patron.orders (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,              -- the event that redeemed it
  ordered_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  times bigint NOT NULL,
  reward integer NOT NULL,
  shard smallint NOT NULL,
  n smallint NOT NULL,
  state smallint NOT NULL,          -- 1 ordered, 2 sent, 3 handed over, 4 cancelled
  PRIMARY KEY (shard, account_id, seq, n)
);
CREATE INDEX orders_waiting ON patron.orders (ordered_at) WHERE state < 3;
