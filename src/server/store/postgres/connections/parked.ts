import type { Parked } from '../../ports/connections.ts';
import type { Database, Queries } from '../database.ts';
import { arrivalColumns, namesOf } from '../event-row.ts';
import { addRun } from '../inbox/unsorted.ts';
import { take } from '../locks.ts';

const most = 100;
const mostBytes = 2 ** 20;
/** Installations with something parked: anybody can negotiate, so the total is bounded too (50 MiB). */
const mostInstallations = 50;
const columns = namesOf(arrivalColumns);
const places = arrivalColumns.map((_, at) => `$${at + 2}`).join(', ');

/** Events for an installation that could not be verified because its Microbizz cannot be reached: safe on disk, but not a tenant's, because anybody could have sent them. */
export async function park(database: Database, id: string, arrival: Parked): Promise<boolean> {
  const bytes = 'fields' in arrival ? Buffer.byteLength(JSON.stringify(arrival.fields)) : arrival.body.length;
  return database.writing(async ({ row, run }) => {
    // Verifying or revoking it waits for its row.
    const away = await row<{ unreachable: boolean }>(
      'SELECT unreachable FROM installations WHERE id = $1 AND tenant_id IS NULL AND revoked_at IS NULL FOR UPDATE',
      [id],
    );
    if (away?.unreachable !== true) return false;
    const parked = await row<{ already: number; bytes: number; others: number }>(
      `SELECT count(*) AS already, coalesce(sum(coalesce(octet_length(fields), 0) + coalesce(octet_length(body), 0)), 0)::bigint AS bytes,
         (SELECT count(DISTINCT installation_id) FROM parked) AS others FROM parked WHERE installation_id = $1`,
      [id],
    );
    const { already = 0, others = 0 } = parked ?? {};
    if (already >= most || (already === 0 && others >= mostInstallations)) return false;
    if ((parked?.bytes ?? 0) + bytes > mostBytes) return false;
    await run(`INSERT INTO parked (installation_id, ${columns}) VALUES ($1, ${places})`, [
      id,
      ...arrivalColumns.map(({ of }) => of(arrival)),
    ]);
    return true;
  }, 'parking');
}

/** Within the transaction that makes the installation its tenant's: its parked events are the tenant's next arrivals, with ids drawn under the lock (append.ts). */
export async function release(queries: Queries, installationId: string, tenantId: number): Promise<void> {
  await queries.run(`SELECT ${take('events')}`);
  const stored = await queries.row<{ first: number | null; last: number | null }>(
    `WITH stored AS (INSERT INTO events (tenant_id, ${columns})
       SELECT $1, ${columns} FROM parked WHERE installation_id = $2 ORDER BY id RETURNING id)
     SELECT min(id) AS first, max(id) AS last FROM stored`,
    [tenantId, installationId],
  );
  const { first = null, last = null } = stored ?? {};
  if (first !== null && last !== null) await addRun(queries, { tenantId, first, last });
  await clear(queries, installationId);
}

/** Within the transaction that ends or forgets the installation. */
export async function clear({ run }: Queries, installationId: string): Promise<void> {
  await run('DELETE FROM parked WHERE installation_id = $1', [installationId]);
}
