import type { Grants } from '../../ports/grants.ts';
import type { SealedToken } from '../../ports/sealed.ts';
import type { Database } from '../database.ts';
import { becomeTenant } from './become-tenant.ts';
import { lockInstallation } from './connections.ts';
import { clear } from './parked.ts';
import type { InstallationRow } from './rows.ts';

export function buildGrants(database: Database): Grants<{ readonly accesstoken: SealedToken }> {
  return {
    async listAddresses(tenantId) {
      const rows = await database.rows<InstallationRow & { in_use: boolean }>(
        `SELECT i.*, t.installation_id = i.id AS in_use FROM tenants t JOIN installations i ON i.tenant_id = t.id
         WHERE t.id = $1::bigint AND i.revoked_at IS NULL ORDER BY i.negotiated_at`,
        [tenantId],
      );
      return rows.map((row) => ({
        ...describe(row),
        inUse: row.in_use,
        accesstoken: { installationId: row.id, sealed: row.accesstoken },
      }));
    },
    async listWaiting() {
      const rows = await database.rows<InstallationRow>(
        `SELECT * FROM installations WHERE tenant_id IS NULL AND verified_at IS NOT NULL AND revoked_at IS NULL
         ORDER BY negotiated_at`,
      );
      return rows.map(describe);
    },
    approve: (id, now) =>
      database.writing(async (transaction) => {
        const row = await lockInstallation(transaction, id);
        if (row === undefined || row.tenant_id !== null || row.verified_at === null || row.revoked_at !== null)
          return false;
        // The operator's word counts more than which of two came later.
        await becomeTenant(transaction, row, { now, since: Number.MAX_SAFE_INTEGER });
        return true;
      }, 'tenants'),
    revoke: (id, now) =>
      database.writing(async (transaction) => {
        const ended = await transaction.run(
          'UPDATE installations SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL',
          [now, id],
        );
        if (ended === 0) return false;
        transaction.tell('revocations');
        await clear(transaction, id);
        return true;
      }),
  };
}

function describe({ id, solution, endpoint, contract, negotiated_at: connectedAt }: InstallationRow) {
  return { id, solution, endpoint, contract, connectedAt };
}
