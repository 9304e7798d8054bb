import { isSameEndpoint, type Credentials } from '../../../../microbizz/domain/tenant.ts';
import type { Begun, Connections, Negotiated } from '../../ports/connections.ts';
import type { SealedToken } from '../../ports/sealed.ts';
import type { Database, Transaction } from '../database.ts';
import { plainText } from '../plain-text.ts';
import { becomeTenant } from './become-tenant.ts';
import { takeInvitation } from './invitations.ts';
import { park } from './parked.ts';
import { selectTenants, toTenant, type TenantRow } from '../../rows/tenant-row.ts';
import { toInstallation, type InstallationRow } from './rows.ts';

/** `events` is asked for each event, `pages` for all the rest. */
export function buildConnections(events: Database, pages: Database): Connections<SealedToken> {
  return {
    async findInstallation(id) {
      const row = await events.row<InstallationRow>(
        'SELECT * FROM installations WHERE id = $1 AND revoked_at IS NULL',
        [id],
      );
      return row && toInstallation(row);
    },
    negotiate: (begun, given, now) =>
      pages.writing((transaction) => negotiate(transaction, begun, given, now), 'tenants'),
    noteVerified: (id, now) => pages.writing((transaction) => noteVerified(transaction, id, now), 'tenants'),
    park: (id, arrival) => park(events, id, arrival),
    async noteFault(id, given, { unreachable }) {
      const fault = plainText(given);
      const known = await pages.row<InstallationRow>('SELECT fault, unreachable FROM installations WHERE id = $1', [
        id,
      ]);
      if (known === undefined || (known.fault === fault && known.unreachable === unreachable)) return;
      await pages.writing(({ run }) =>
        run('UPDATE installations SET fault = $1, unreachable = $2 WHERE id = $3', [fault, unreachable, id]),
      );
    },
    async findTenant(id) {
      const row = await events.row<TenantRow>(`${selectTenants} WHERE t.id = $1::bigint`, [id]);
      return row && toTenant(row);
    },
    async noteToken(tenantId, refusedAt) {
      await pages.writing(({ run }) =>
        run('UPDATE tenants SET refused_at = $1 WHERE id = $2::bigint', [refusedAt ?? null, tenantId]),
      );
    },
    listTenants: async () => (await pages.rows<TenantRow>(`${selectTenants} ORDER BY t.id`)).map(toTenant),
    removeExpired: (before, limit) => pages.writing((transaction) => removeExpired(transaction, before, limit)),
  };
}

async function negotiate(
  transaction: Transaction,
  begun: Begun,
  { endpoint, contract, accesstoken }: Credentials<SealedToken>,
  now: number,
): Promise<Negotiated> {
  const { id, solution, expiresAt } = begun;
  if ((await transaction.row('SELECT 1 FROM installations WHERE id = $1', [id])) !== undefined) return 'used';
  if (expiresAt <= now) return 'expired';
  const reconnects = await takeInvitation(transaction, begun, now);
  if (reconnects === false) return 'ended';
  await transaction.run(
    `INSERT INTO installations (id, solution, expires_at, negotiated_at, endpoint, contract, accesstoken, reconnects)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, solution, expiresAt, now, endpoint, contract, Buffer.from(accesstoken.sealed), reconnects ?? null],
  );
  return 'stored';
}

async function noteVerified(transaction: Transaction, id: string, now: number): Promise<void> {
  const row = await lockInstallation(transaction, id);
  if (row === undefined || row.tenant_id !== null || row.revoked_at !== null) return;
  const known = await transaction.row<TenantRow>(
    `${selectTenants} WHERE t.host = $1 AND t.contract = $2 FOR UPDATE OF t`,
    [new URL(row.endpoint).host, row.contract],
  );
  const goesOn = known === undefined || (row.reconnects === known.id && isSameEndpoint(row.endpoint, known.endpoint));
  if (goesOn) await becomeTenant(transaction, row, { now, since: row.negotiated_at });
  else if (row.verified_at === null)
    await transaction.run(
      'UPDATE installations SET verified_at = $1, fault = NULL, unreachable = false WHERE id = $2',
      [now, id],
    );
}

/** A decision about an installation waits here for earlier ones, and then sees their results. */
export async function lockInstallation({ row }: Transaction, id: string): Promise<InstallationRow | undefined> {
  return row<InstallationRow>('SELECT * FROM installations WHERE id = $1 FOR UPDATE', [id]);
}

async function removeExpired(
  { rows, run }: Transaction,
  { refused, unused }: { refused: number; unused: number },
  limit: number,
): Promise<boolean> {
  const forgotten = await rows<{ id: string }>(
    `SELECT id FROM installations WHERE tenant_id IS NULL
     AND negotiated_at < CASE WHEN verified_at IS NULL AND fault IS NOT NULL AND NOT unreachable THEN $1 ELSE $2 END::bigint
     LIMIT $3 FOR UPDATE`,
    [refused, unused, limit],
  );
  const ids = [forgotten.map(({ id }) => id)];
  await run('DELETE FROM parked WHERE installation_id = ANY ($1::text[])', ids);
  await run('DELETE FROM installations WHERE id = ANY ($1::text[])', ids);
  return forgotten.length === limit;
}
