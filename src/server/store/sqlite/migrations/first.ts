/** Version 1. */
export const first = `
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
`;
