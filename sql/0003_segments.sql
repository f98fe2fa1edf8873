-- Segments: what members have in common.

CREATE TABLE patron.segments (
  segment smallint PRIMARY KEY,
  key text NOT NULL UNIQUE
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
