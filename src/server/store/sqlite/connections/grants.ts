import type { Grants } from '../../ports/grants.ts';
import type { SealedToken } from '../../ports/sealed.ts';
import { buildBecomeTenant, type InstallationRow } from './become-tenant.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { buildParked } from './parked.ts';

export function buildGrants(database: Database): Grants<{ readonly accesstoken: SealedToken }> {
  const list = database.prepare<[number], InstallationRow & { in_use: number }>(
    `SELECT i.*, t.installation_id = i.id AS in_use FROM tenants t JOIN installations i ON i.tenant_id = t.id
     WHERE t.id = ? AND i.revoked_at IS NULL ORDER BY i.negotiated_at`,
  );
  const listWaiting = database.prepare<[], InstallationRow>(
    'SELECT * FROM installations WHERE tenant_id IS NULL AND verified_at IS NOT NULL AND revoked_at IS NULL ORDER BY negotiated_at',
  );
  const find = database.prepare<[string], InstallationRow>('SELECT * FROM installations WHERE id = ?');
  const revoke = database.prepare('UPDATE installations SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  const parked = buildParked(database);
  const becomeTenant = buildBecomeTenant(database, parked);
  const approve = asTransaction(database, (id: string, now: number): boolean => {
    const row = find.get(id);
    if (row === undefined || row.tenant_id !== null || row.verified_at === null || row.revoked_at !== null)
      return false;
    // The operator's word counts more than which of two came later.
    becomeTenant(row, { now, since: Number.MAX_SAFE_INTEGER });
    return true;
  });
  const end = asTransaction(database, (id: string, now: number): boolean => {
    if (revoke.run(now, id).changes === 0) return false;
    parked.clear(id);
    return true;
  });

  return {
    listAddresses: async (tenantId) =>
      list.all(tenantId).map((row) => ({
        ...describe(row),
        inUse: row.in_use === 1,
        accesstoken: { installationId: row.id, sealed: row.accesstoken },
      })),
    listWaiting: async () => listWaiting.all().map(describe),
    approve: async (id, now) => approve(id, now),
    revoke: async (id, now) => end(id, now),
  };
}

function describe({ id, solution, endpoint, contract, negotiated_at: connectedAt }: InstallationRow) {
  return { id, solution, endpoint, contract, connectedAt };
}
