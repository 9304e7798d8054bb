/** Version 2: what the pages, the gap filler and the record of attempts need. */
export const pagesAndGaps = `
  -- [tenants: api] Since when Microbizz refuses the accesstoken; NULL while it takes it.
  ALTER TABLE tenants ADD COLUMN refused_at INTEGER;
  -- [tenants: history] Days after which this tenant's handled events go, when it wants fewer than RETENTION_DAYS.
  ALTER TABLE tenants ADD COLUMN retention_days INTEGER;

  -- [gaps] Of an event that the gap filler made: the last event that there was when Microbizz was asked. NULL for what Microbizz sent.
  ALTER TABLE events ADD COLUMN gap_after INTEGER;
  CREATE TABLE gap_runs (
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    modcode TEXT NOT NULL,
    hook TEXT NOT NULL,
    since TEXT,                         -- the server's own 'YYYY-MM-DD HH:MM:SS' at the last complete run
    ended_at INTEGER,                   -- our time
    found INTEGER,                      -- changes that no event had told of
    fault TEXT,
    PRIMARY KEY (tenant_id, modcode, hook)
  ) STRICT, WITHOUT ROWID;
  -- [forwards] What each attempt to forward an event came to.
  CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    forward_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    status INTEGER,
    ms INTEGER,
    fault TEXT
  ) STRICT;
  CREATE INDEX attempts_forward ON attempts (forward_id, id);
  CREATE INDEX attempts_event ON attempts (event_id);

  -- [history] Changes as the pages show them, worked out after the events were sorted.
  DROP TABLE days;
  DROP INDEX objects_userid;
  DROP INDEX objects_usercode;
  DROP INDEX objects_changed;
  -- [gaps] Who is named is looked for in the changes now.
  ALTER TABLE objects DROP COLUMN userid;
  ALTER TABLE objects DROP COLUMN usercode;
  ALTER TABLE objects DROP COLUMN previous_id;
  ALTER TABLE objects DROP COLUMN changed_at;
  -- A tenant's hook: every list of changes is the merge of its few scopes, each read in order from an index.
  CREATE TABLE scopes (
    id INTEGER PRIMARY KEY,
    tenant_id INTEGER NOT NULL,
    modcode TEXT NOT NULL,
    hook TEXT NOT NULL,
    UNIQUE (tenant_id, modcode, hook)
  ) STRICT;
  CREATE TABLE changes (
    event_id INTEGER PRIMARY KEY,       -- the last column of each index below
    scope_id INTEGER NOT NULL,
    object_id TEXT NOT NULL,
    previous_id INTEGER,
    received_at INTEGER NOT NULL,
    day TEXT NOT NULL,                  -- of received_at, Danish time
    gap INTEGER NOT NULL,               -- 1 when the gap filler found it
    userid TEXT NOT NULL,
    usercode TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL               -- JSON
  ) STRICT;
  CREATE INDEX changes_scope ON changes (scope_id);
  CREATE INDEX changes_received ON changes (scope_id, received_at);
  CREATE INDEX changes_object ON changes (scope_id, object_id);
  CREATE INDEX changes_userid ON changes (scope_id, userid) WHERE userid <> '';
  CREATE INDEX changes_usercode ON changes (scope_id, usercode) WHERE usercode <> '';
  -- The words of each change's object, its id, and who is named, each with its scope before it (history/words.ts).
  -- Each length of prefix costs 5 us a change, and a length that has none some 10 ms a search: these are 2, 4 and 6 letters.
  CREATE VIRTUAL TABLE words USING fts5 (
    list, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '5 7 9'
  );
  CREATE TABLE day_counts (
    scope_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    changes INTEGER NOT NULL,
    PRIMARY KEY (scope_id, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE user_day_counts (
    scope_id INTEGER NOT NULL,
    userid TEXT NOT NULL,
    usercode TEXT NOT NULL,
    day TEXT NOT NULL,
    changes INTEGER NOT NULL,
    PRIMARY KEY (scope_id, userid, usercode, day)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX user_day_counts_usercode ON user_day_counts (scope_id, usercode, day);
  -- Duplicates are no changes; a tenant's own retention finds them here.
  CREATE TABLE duplicates (
    tenant_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, event_id)
  ) STRICT, WITHOUT ROWID;
  -- What is not done, for the lists of it.
  CREATE INDEX handlings_waiting ON handlings (tenant_id, event_id) WHERE state IN ('ready', 'queued', 'held');
  CREATE INDEX handlings_failed ON handlings (tenant_id, event_id) WHERE state = 'dead';
  CREATE TABLE describing (after_id INTEGER NOT NULL) STRICT;
  INSERT INTO describing VALUES (0);
`;
