import type { Queries } from '../database.ts';
import { release } from './parked.ts';
import type { InstallationRow } from './rows.ts';

/**
 * Within a transaction: the installation is its tenant's from now on, with its parked events, and its credentials are the tenant's unless
 * those in use were negotiated after `since`.
 */
export async function becomeTenant(
  queries: Queries,
  { id, endpoint, contract }: InstallationRow,
  { now, since }: { now: number; since: number },
): Promise<void> {
  const { host } = new URL(endpoint);
  const tenant = await queries.row<{ id: number }>(
    `INSERT INTO tenants AS t (host, contract, installation_id) VALUES ($1, $2, $3)
     ON CONFLICT (host, contract) DO UPDATE SET (installation_id, refused_at) = (
       SELECT CASE WHEN $4 >= i.negotiated_at THEN $3 ELSE i.id END, CASE WHEN $4 >= i.negotiated_at THEN NULL ELSE t.refused_at END
       FROM installations i WHERE i.id = t.installation_id)
     RETURNING id`,
    [host, contract, id, since],
  );
  const tenantId = tenant?.id ?? 0;
  await queries.run(
    `UPDATE installations SET tenant_id = $1, verified_at = coalesce(verified_at, $2), fault = NULL, unreachable = false WHERE id = $3`,
    [tenantId, now, id],
  );
  await release(queries, id, tenantId);
}
