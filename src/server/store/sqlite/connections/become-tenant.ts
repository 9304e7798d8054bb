import type { Database } from '../open-database.ts';
import type { buildParked } from './parked.ts';

export interface InstallationRow {
  id: string;
  solution: string;
  negotiated_at: number;
  tenant_id: number | null;
  endpoint: string;
  contract: string;
  accesstoken: Buffer;
  fault: string | null;
  reconnects: number | null;
  verified_at: number | null;
  unreachable: number;
  revoked_at: number | null;
}

/**
 * Within a transaction: the installation is its tenant's from now on, with its parked events, and its credentials are the tenant's unless
 * those in use were negotiated after `since`.
 */
export function buildBecomeTenant(
  database: Database,
  parked: Pick<ReturnType<typeof buildParked>, 'release'>,
): (row: InstallationRow, times: { now: number; since: number }) => void {
  const upsertTenant = database
    .prepare<{ id: string; host: string; contract: string; since: number }, number>(
      `INSERT INTO tenants (host, contract, installation_id) VALUES (:host, :contract, :id)
       ON CONFLICT DO UPDATE SET (installation_id, refused_at) = (
         SELECT iif(:since >= negotiated_at, :id, id), iif(:since >= negotiated_at, NULL, tenants.refused_at)
         FROM installations WHERE id = tenants.installation_id)
       RETURNING id`,
    )
    .pluck();
  const join = database.prepare(
    'UPDATE installations SET tenant_id = ?, verified_at = ifnull(verified_at, ?), fault = NULL, unreachable = 0 WHERE id = ?',
  );
  return ({ id, endpoint, contract }, { now, since }) => {
    const tenantId = Number(upsertTenant.get({ id, host: new URL(endpoint).host, contract, since }));
    join.run(tenantId, now, id);
    parked.release(id, tenantId);
  };
}
