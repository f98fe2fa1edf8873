-- What people do at the desk: by hand, with a name behind it.

-- Who may give and take how much without a second person. As long as there is none, everybody may
-- adjust.
CREATE TABLE patron.operators (
  operator text PRIMARY KEY,
  confirms boolean NOT NULL DEFAULT false
);

CREATE TABLE patron.allowances (
  operator text NOT NULL REFERENCES patron.operators ON DELETE CASCADE,
  each bigint NOT NULL CHECK (each >= 0),       -- of one adjustment, in the smallest unit
  month bigint NOT NULL CHECK (month >= 0),     -- of a calendar month together
  currency smallint NOT NULL,
  PRIMARY KEY (operator, currency)
);

-- An adjustment waits where it is more than its operator may give; once booked, its event is
-- called `adjustment N`.
CREATE SEQUENCE patron.adjustment_ids;
CREATE TABLE patron.adjustments (
  adjustment_id bigint PRIMARY KEY,
  account_id bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount <> 0),   -- below zero: taken
  made_at timestamptz NOT NULL DEFAULT now(),
  expires timestamptz,              -- of points that are given; NULL: by the currency's terms
  decided_at timestamptz,
  shard smallint NOT NULL,
  currency smallint NOT NULL,
  state smallint NOT NULL,          -- 0 waits, 1 booked, 2 refused
  reason text NOT NULL,
  operator text NOT NULL,
  decided_by text,                  -- the second person
  request text UNIQUE               -- the caller's own id: the same again is there already
);
CREATE INDEX adjustments_of_account ON patron.adjustments (account_id);
CREATE INDEX adjustments_of_operator ON patron.adjustments (operator, made_at);
CREATE INDEX adjustments_waiting ON patron.adjustments (adjustment_id) WHERE state = 0;

-- Shared accounts that members have left: what they bought there stays.
CREATE TABLE patron.former_accounts (
  member_id bigint NOT NULL,
  account_id bigint NOT NULL,
  left_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (member_id, account_id)
);

-- What members were called before, and under which numbers they were known: texts of then may hold
-- it, and go with the person who is forgotten.
CREATE TABLE patron.former_words (
  member_id bigint NOT NULL,
  is_name boolean NOT NULL,         -- or a phone number or an e-mail address
  word text NOT NULL,
  until timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (member_id, word)
);

CREATE FUNCTION patron.keep_former_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO patron.former_words (member_id, is_name, word)
  SELECT OLD.member_id, v.is_name, v.word
  FROM (VALUES (true, OLD.name), (false, OLD.phone), (false, OLD.email)) v (is_name, word)
  WHERE v.word <> '' AND v.word NOT IN (
    coalesce(NEW.name, ''), coalesce(NEW.phone, ''), coalesce(NEW.email, ''))
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER former_words AFTER UPDATE OF name, phone, email ON patron.members FOR EACH ROW
  WHEN ((OLD.name, OLD.phone, OLD.email) IS DISTINCT FROM (NEW.name, NEW.phone, NEW.email))
  EXECUTE FUNCTION patron.keep_former_words();

-- The numbers of transfers, merges and closings.
CREATE SEQUENCE patron.desk_ids;

-- What was said to a member, or heard of one.
CREATE TABLE patron.contacts (
  contact_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  member_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  kind text NOT NULL,               -- note, call, mail, complaint
  text text NOT NULL,
  operator text NOT NULL,
  outcome text,
  closed_by text
);
CREATE INDEX contacts_of_member ON patron.contacts (member_id, contact_id);
CREATE INDEX contacts_open ON patron.contacts (contact_id)
  WHERE kind = 'complaint' AND closed_at IS NULL;

-- Files of opening balances, each taken once.
CREATE TABLE patron.openings (
  opening_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT now(),
  made_by text NOT NULL DEFAULT current_user,
  at timestamptz NOT NULL,
  rows bigint NOT NULL,
  accounts bigint NOT NULL,
  digest text NOT NULL UNIQUE
);
