/** Append only: a step that has run somewhere is never edited. Its number is its place in the array. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE tenants (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    contract TEXT NOT NULL,
    installation_id TEXT NOT NULL,      -- whose credentials are in use
    UNIQUE (host, contract)
  ) STRICT;

  CREATE TABLE installations (
    id TEXT PRIMARY KEY,
    solution TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    negotiated_at INTEGER,
    tenant_id INTEGER REFERENCES tenants (id),  -- NULL until its credentials are proven
    endpoint TEXT,
    contract TEXT,
    accesstoken BLOB,                   -- AES-256-GCM, bound to this row
    fault TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX installations_unused ON installations (expires_at) WHERE negotiated_at IS NULL;

  -- Append only, and without a second index: this is the path of the answer. AUTOINCREMENT, since an id must never come again.
  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id INTEGER NOT NULL,
    modcode TEXT NOT NULL,
    hook TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    fields TEXT,                        -- JSON of the POST's fields; NULL in a rejected POST, which has the next three instead
    content_type TEXT,
    body BLOB,
    fault TEXT
  ) STRICT;

  -- Events of an installation that is still pending: they become events when it is proven.
  CREATE TABLE parked (
    id INTEGER PRIMARY KEY,
    installation_id TEXT NOT NULL REFERENCES installations (id),
    modcode TEXT NOT NULL,
    hook TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    fields TEXT,
    content_type TEXT,
    body BLOB,
    fault TEXT
  ) STRICT;
  CREATE INDEX parked_installation ON parked (installation_id, id);

  -- How far the events are sorted into lanes.
  CREATE TABLE sorting (after_id INTEGER NOT NULL) STRICT;
  INSERT INTO sorting VALUES (0);

  -- One row for each event and target: forward_id 0 is the app's own handler.
  CREATE TABLE handlings (
    event_id INTEGER NOT NULL,
    forward_id INTEGER NOT NULL,
    tenant_id INTEGER NOT NULL,
    lane TEXT NOT NULL,
    object_id TEXT NOT NULL,
    previous_id INTEGER,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,                     -- while leased: when the lease ends
    lease TEXT,
    fault TEXT,
    PRIMARY KEY (event_id, forward_id)
  ) STRICT, WITHOUT ROWID;
  -- Partial indexes cost nothing for the rows outside them, and most rows are soon handled.
  CREATE INDEX handlings_lane ON handlings (forward_id, lane, event_id) WHERE state IN ('ready', 'queued', 'held');
  CREATE INDEX handlings_due ON handlings (tenant_id, forward_id, due_at) WHERE state = 'ready';
  CREATE INDEX handlings_next ON handlings (due_at) WHERE state = 'ready';
  CREATE INDEX handlings_lease ON handlings (lease) WHERE lease IS NOT NULL;
  CREATE INDEX handlings_held ON handlings (forward_id) WHERE state = 'held';
  CREATE INDEX handlings_dead ON handlings (event_id) WHERE state = 'dead';

  -- What is known of an object: enough to see a duplicate, to hand a handler the state before, and to draw the pages.
  CREATE TABLE objects (
    tenant_id INTEGER NOT NULL,
    modcode TEXT NOT NULL,
    hook TEXT NOT NULL,
    object_id TEXT NOT NULL,
    hash BLOB,                          -- NULL after a refusal: the same content told again is a new question
    latest_id INTEGER NOT NULL,
    previous_id INTEGER,
    changes INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    userid TEXT NOT NULL,
    usercode TEXT NOT NULL,
    PRIMARY KEY (tenant_id, modcode, hook, object_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX objects_changed ON objects (tenant_id, changed_at);
  CREATE INDEX objects_userid ON objects (tenant_id, userid) WHERE userid <> '';
  CREATE INDEX objects_usercode ON objects (tenant_id, usercode) WHERE usercode <> '';

  CREATE TABLE days (
    tenant_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    userid TEXT NOT NULL,
    usercode TEXT NOT NULL,
    changes INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, userid, usercode)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    tenant_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE forwards (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    url TEXT NOT NULL,
    hooks TEXT NOT NULL,                -- JSON array of modcode/hook; empty: every hook
    secrets TEXT NOT NULL,              -- JSON array of {sealed, until}: the newest first, older ones sign with it until their time
    paused TEXT,                        -- why it is paused
    failing_since INTEGER
  ) STRICT;
  CREATE INDEX forwards_tenant ON forwards (tenant_id);
  `,
  `
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
  -- The words of each change's object, its id, and who is named, each with its scope before it (history-words.ts).
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
  `,
];
