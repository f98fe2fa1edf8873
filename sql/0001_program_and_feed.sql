-- What a program and its feed need. sql/README.md is the map; design.md's way of one transaction is
-- the order here. Every table that grows with accounts leads its primary key with (shard,
-- account_id).

-- Words -----------------------------------------------------------------------------------------

-- Every text that rules compare (category, SKU, store, channel, tender kind, source…) as a small
-- number.
CREATE TABLE patron.symbols (
  symbol integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text text COLLATE "C" NOT NULL UNIQUE
);

-- Keys of the program's own things; they keep their number from version to version.
CREATE TABLE patron.currencies (
  currency smallint PRIMARY KEY,
  key text NOT NULL UNIQUE,
  decimals smallint NOT NULL
);

CREATE TABLE patron.tiers (
  tier smallint PRIMARY KEY,
  key text NOT NULL UNIQUE
);

CREATE TABLE patron.rules (
  rule integer PRIMARY KEY,
  key text NOT NULL UNIQUE
);

CREATE TABLE patron.segments (
  segment smallint PRIMARY KEY,
  key text NOT NULL UNIQUE
);

CREATE TABLE patron.coupon_templates (
  template integer PRIMARY KEY,
  key text NOT NULL UNIQUE
);

CREATE TABLE patron.rewards (
  reward integer PRIMARY KEY,
  key text NOT NULL UNIQUE
);

-- What is summed up per account and day or period: a counter is its definition in words.
CREATE TABLE patron.counters (
  counter integer PRIMARY KEY,
  key text NOT NULL UNIQUE
);

-- The program -------------------------------------------------------------------------------------

CREATE TABLE patron.versions (
  version integer PRIMARY KEY,
  program text NOT NULL,
  digest text NOT NULL,
  begins timestamptz NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  published_by text NOT NULL DEFAULT current_user,
  withdrawn_at timestamptz,
  filled_at timestamptz             -- the counters that it brought are filled from history
);

CREATE TABLE patron.version_files (
  version integer NOT NULL REFERENCES patron.versions,
  position integer NOT NULL,
  path text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (version, position)
);

CREATE TABLE patron.settings (
  key text PRIMARY KEY,
  value text NOT NULL
);
INSERT INTO patron.settings VALUES
  ('coupon secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

-- Arrivals ----------------------------------------------------------------------------------------

-- Where a POS writes by INSERT or COPY. Nothing here can refuse a row that a POS may send.
CREATE TABLE patron.inbox (
  inbox_id bigint GENERATED ALWAYS AS IDENTITY,
  received_at timestamptz DEFAULT now(),
  source text,
  id text,
  kind text,
  at text,
  store text,
  register text,
  channel text,
  partner text,
  salesperson text,
  currency text,
  card text,
  cards jsonb,
  lines jsonb,
  tenders jsonb,
  coupons jsonb,
  original jsonb,
  training boolean,
  status text,                      -- completed (the default), resumed, suspended
  attributes jsonb
);
CREATE INDEX inbox_id ON patron.inbox (inbox_id);

-- Each (source, external id) that was ever taken, with the digest of its canonical content and
-- where it went.
CREATE TABLE patron.claims (
  source integer NOT NULL,
  shard smallint NOT NULL,          -- -1: parked
  account_id bigint NOT NULL,       -- parked: parked_id
  seq bigint NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  digest uuid NOT NULL,
  PRIMARY KEY (source, external_id)
);

CREATE SEQUENCE patron.parked_ids;
CREATE TABLE patron.parked (
  parked_id bigint PRIMARY KEY,
  received_at timestamptz NOT NULL DEFAULT now(),
  reason text NOT NULL,
  detail text NOT NULL DEFAULT '',
  claimed boolean NOT NULL,         -- has a row in claims
  source text,
  external_id text,
  card text,                        -- the first of its cards …
  cards text[],                     -- … and all of them, where there are several
  at timestamptz,
  digest uuid,                      -- of the text, where there is no claim to tell it by
  original_source text,             -- what it waits for, where that is what comes back …
  original_id text COLLATE "C",     -- … and has not arrived
  origin text,                      -- file and line, or inbox row
  body text NOT NULL                -- the transaction in the feed's own words
);
CREATE UNIQUE INDEX parked_digest ON patron.parked (digest) WHERE NOT claimed;
CREATE INDEX parked_card ON patron.parked (card) WHERE reason = 'unknown card';
CREATE INDEX parked_cards ON patron.parked USING gin (cards)
  WHERE reason = 'unknown card' AND cards IS NOT NULL;
CREATE INDEX parked_original ON patron.parked (original_id) WHERE reason = 'original unknown';
CREATE INDEX parked_reason ON patron.parked (reason, parked_id);

CREATE TABLE patron.conflicts (
  conflict_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  received_at timestamptz NOT NULL DEFAULT now(),
  source text NOT NULL,
  external_id text NOT NULL,
  digest uuid NOT NULL,
  differs text NOT NULL,            -- the fields that are not as they were
  origin text,
  body text NOT NULL,
  settled_at timestamptz,           -- a person has said which one is right …
  settled_by text,
  reason text,
  took_second boolean,              -- … this one, not what was taken first …
  replaced uuid,                    -- … whose digest this is, …
  replaced_body text,               -- … and whose words, where it was parked
  UNIQUE (source, external_id, digest)
);
CREATE INDEX conflicts_open ON patron.conflicts (conflict_id) WHERE settled_at IS NULL;

-- Directories: keyed by what they look up ---------------------------------------------------------

CREATE SEQUENCE patron.account_ids;
CREATE SEQUENCE patron.member_ids;

CREATE TABLE patron.cards (
  card text COLLATE "C" PRIMARY KEY,
  account_id bigint NOT NULL,
  member_id bigint NOT NULL,
  shard smallint NOT NULL,
  -- 0 active, 1 blocked; of its account: 2 paused, 3 closed
  status smallint NOT NULL DEFAULT 0
);

CREATE TABLE patron.member_codes (
  code text PRIMARY KEY,
  account_id bigint NOT NULL,
  member_id bigint NOT NULL,
  shard smallint NOT NULL
);

CREATE TABLE patron.phones (
  phone text NOT NULL,
  account_id bigint NOT NULL,
  member_id bigint NOT NULL,
  shard smallint NOT NULL,
  PRIMARY KEY (phone, shard, account_id, member_id)
);

CREATE TABLE patron.coupon_codes (
  code text PRIMARY KEY,
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  n smallint NOT NULL,
  shard smallint NOT NULL
);

CREATE TABLE patron.products (
  sku integer PRIMARY KEY,          -- symbol
  category integer,                 -- symbol
  name text,
  attributes jsonb
);

CREATE TABLE patron.stores (
  store integer PRIMARY KEY,        -- symbol
  region integer,                   -- symbol
  timezone text,
  name text
);

-- Accounts ----------------------------------------------------------------------------------------

CREATE TABLE patron.members (
  shard smallint NOT NULL,
  account_id bigint NOT NULL,
  member_id bigint NOT NULL,
  code text NOT NULL,
  name text,
  phone text,
  email text,
  birthday date,
  joined date,
  place smallint NOT NULL DEFAULT 0,  -- among several who share the account: 0 is its holder
  attributes jsonb,
  PRIMARY KEY (shard, account_id, member_id)
);

-- The row whose lock is the only ownership there is: arrivals raise last_seq, rating moves
-- position.
CREATE TABLE patron.accounts (
  account_id bigint NOT NULL,
  last_seq bigint NOT NULL DEFAULT 0,
  position bigint NOT NULL DEFAULT 0,
  clock timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00+00',  -- advanced up to here
  due timestamptz NOT NULL DEFAULT '9999-12-31 23:59:59+00',    -- nothing is due before
  merged_into bigint,               -- the account that took this one in
  shard smallint NOT NULL,
  status smallint NOT NULL DEFAULT 0, -- 0 open, 1 paused, 2 closed, 3 merged
  -- The tiers that it has, or had up to now: one entry a tier, in all three; as rows: standings.
  standing_tiers smallint[],
  standing_sinces timestamptz[],
  standing_untils timestamptz[],
  -- A column, for an index on last_seq and position would be written at each arrival.
  waiting boolean GENERATED ALWAYS AS (position < last_seq) STORED,
  PRIMARY KEY (shard, account_id),
  CHECK (position <= last_seq)
) WITH (fillfactor = 60);
CREATE INDEX accounts_waiting ON patron.accounts (shard, account_id) WHERE waiting;
CREATE INDEX accounts_merged ON patron.accounts (merged_into) WHERE merged_into IS NOT NULL;

-- What happened, under the account's own number, lines inside. Account 0 is nobody: sales
-- without a card.
CREATE TABLE patron.events (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  shard smallint NOT NULL,
  -- 1 sale, 2 return, 3 void, 4 exchange, 5 event of the program, 6 review, 7 close (the end of a
  -- day on which time alone brought something), 9 correction, 20 adjustment, 21 opening,
  -- 22 transfer, 23 merge, 24 closing
  kind smallint NOT NULL,
  utc_offset integer NOT NULL,      -- the store's, in seconds, at that instant
  name integer,                     -- symbol: which event
  source integer NOT NULL,
  store integer,
  channel integer,
  training boolean NOT NULL DEFAULT false,
  suspended boolean NOT NULL DEFAULT false,  -- laid aside at the till; its id says so, too
  external_id text NOT NULL,
  card text,
  register text,
  salesperson text,
  products integer[] NOT NULL DEFAULT '{}',     -- one entry a line, in all the arrays below
  categories integer[] NOT NULL DEFAULT '{}',   -- as at arrival; 0: none
  quantities bigint[] NOT NULL DEFAULT '{}',    -- millionths
  -- minor units, after the line's discounts, without tax
  totals bigint[] NOT NULL DEFAULT '{}',
  numbers integer[],                            -- as the POS numbered them
  units integer[],                              -- 0: piece
  prices bigint[],                              -- millionths of the money's unit
  taxes bigint[],
  store_discounts bigint[],
  manufacturer_discounts bigint[],
  loyalty_discounts bigint[],
  costs bigint[],
  line_details jsonb,                           -- attributes and funders, by line
  tender_kinds integer[],
  tender_amounts bigint[],
  coupons text[],
  original_source integer,
  original_id text,
  original_seq bigint,              -- the event that something comes back of …
  original_account bigint,          -- … of an account that was merged into this one; NULL: its own
  attributes jsonb,
  PRIMARY KEY (shard, account_id, seq)
);
CREATE INDEX events_at ON patron.events USING brin (at);
CREATE SEQUENCE patron.nobody_seqs;
