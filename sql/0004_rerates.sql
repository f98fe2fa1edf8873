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
