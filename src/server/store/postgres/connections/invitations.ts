import type { Begun } from '../../ports/connections.ts';
import type { Invitations } from '../../ports/invitations.ts';
import { toInvitation, type InvitationRow } from '../../rows/invitation-row.ts';
import type { Database, Queries } from '../database.ts';

export function buildInvitations(database: Database): Invitations {
  const write = (sql: string, values: readonly unknown[]): Promise<number> =>
    database.writing(({ run }) => run(sql, values));
  return {
    async add({ id, createdAt, expiresAt, contract, host }) {
      await write('INSERT INTO invitations (id, created_at, expires_at, contract, host) VALUES ($1, $2, $3, $4, $5)', [
        ...[id, createdAt, expiresAt, contract ?? null, host ?? null],
      ]);
    },
    async find(id) {
      const row = await database.row<InvitationRow>('SELECT * FROM invitations WHERE id = $1', [id]);
      return row && toInvitation(row);
    },
    async list() {
      const rows = await database.rows<InvitationRow>(
        'SELECT * FROM invitations WHERE NOT reconnect ORDER BY created_at, id COLLATE "C"',
      );
      return rows.map(toInvitation);
    },
    async takeBack(id, now) {
      const taken = await write(
        'UPDATE invitations SET taken_back_at = $1 WHERE id = $2 AND used_by IS NULL AND taken_back_at IS NULL',
        [now, id],
      );
      return taken === 1;
    },
    async removeExpired(before) {
      await write('DELETE FROM invitations WHERE expires_at < $1', [before]);
    },
  };
}

/**
 * Within the transaction that stores a negotiate: uses up the link that it was begun with. Answers the tenant that the link is for, if it is
 * for one; false when the link is good no longer.
 */
export async function takeInvitation(
  { row, run }: Queries,
  { id, invitation, reconnects }: Begun,
  now: number,
): Promise<number | undefined | false> {
  if (invitation === undefined) return undefined;
  if (reconnects !== undefined) {
    if (invitation.expiresAt <= now) return false;
    // The link of a tenant's own page is stored by its use: the second of two finds it there.
    const used = await run(
      `INSERT INTO invitations (id, created_at, expires_at, reconnect, used_by) VALUES ($1, $2, $3, true, $4) ON CONFLICT DO NOTHING`,
      [invitation.id, now, invitation.expiresAt, id],
    );
    return used === 1 && reconnects;
  }
  const used = await row<{ contract: string | null; host: string | null }>(
    `UPDATE invitations SET used_by = $1 WHERE id = $2 AND used_by IS NULL AND taken_back_at IS NULL AND expires_at > $3
     RETURNING contract, host`,
    [id, invitation.id, now],
  );
  if (used === undefined) return false;
  // The operator who names a contract and its host means that tenant, if it is there.
  if (used.host === null || used.contract === null) return undefined;
  const named = await row<{ id: number }>('SELECT id FROM tenants WHERE host = $1 AND contract = $2', [
    used.host,
    used.contract,
  ]);
  return named?.id;
}
