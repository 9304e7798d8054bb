/** Invitations, and installations that end or wait for the operator. */
export const whoIsATenant = `
  -- Rows of reconnects are made when they are used: until then they are sealed into their links.
  CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    contract TEXT,
    host TEXT,
    reconnect INTEGER NOT NULL DEFAULT 0, -- 1: made by a tenant's page, for itself
    used_by TEXT,                       -- the installation that came of it
    taken_back_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX invitations_expired ON invitations (expires_at);

  -- An installation is stored by its negotiate: until then it is sealed into its URLs.
  DROP INDEX installations_unused;
  DELETE FROM installations WHERE negotiated_at IS NULL;
  ALTER TABLE installations ADD COLUMN reconnects INTEGER;          -- the tenant that it was begun from
  ALTER TABLE installations ADD COLUMN verified_at INTEGER;         -- without a tenant_id: it waits for the operator
  ALTER TABLE installations ADD COLUMN unreachable INTEGER NOT NULL DEFAULT 0;  -- 1: the last verifying call did not reach Microbizz
  ALTER TABLE installations ADD COLUMN revoked_at INTEGER;
  UPDATE installations SET verified_at = negotiated_at WHERE tenant_id IS NOT NULL;
  CREATE INDEX installations_tenant ON installations (tenant_id) WHERE tenant_id IS NOT NULL;
  CREATE INDEX installations_pending ON installations (negotiated_at) WHERE tenant_id IS NULL;
`;
