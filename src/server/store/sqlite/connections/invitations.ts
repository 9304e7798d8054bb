import type { Begun } from '../../ports/connections.ts';
import type { Invitations } from '../../ports/invitations.ts';
import { toInvitation, type InvitationRow } from '../../rows/invitation-row.ts';
import type { Database } from '../open-database.ts';

export function buildInvitations(database: Database): Invitations {
  const add = database.prepare(
    'INSERT INTO invitations (id, created_at, expires_at, contract, host) VALUES (?, ?, ?, ?, ?)',
  );
  const find = database.prepare<[string], InvitationRow>('SELECT * FROM invitations WHERE id = ?');
  const list = database.prepare<[], InvitationRow>(
    'SELECT * FROM invitations WHERE reconnect = 0 ORDER BY created_at, id',
  );
  const takeBack = database.prepare(
    'UPDATE invitations SET taken_back_at = ? WHERE id = ? AND used_by IS NULL AND taken_back_at IS NULL',
  );
  const removeExpired = database.prepare('DELETE FROM invitations WHERE expires_at < ?');
  return {
    async add({ id, createdAt, expiresAt, contract, host }) {
      add.run(id, createdAt, expiresAt, contract ?? null, host ?? null);
    },
    async find(id) {
      const row = find.get(id);
      return row && toInvitation(row);
    },
    list: async () => list.all().map(toInvitation),
    takeBack: async (id, now) => takeBack.run(now, id).changes === 1,
    async removeExpired(before) {
      removeExpired.run(before);
    },
  };
}

/**
 * Within the transaction that stores a negotiate: uses up the link that it was begun with. Answers the tenant that the link is for, if it is
 * for one; false when the link is good no longer.
 */
export function buildUseInvitation(database: Database): (begun: Begun, now: number) => number | undefined | false {
  const use = database.prepare<[string, string, number], { contract: string | null; host: string | null }>(
    `UPDATE invitations SET used_by = ? WHERE id = ? AND used_by IS NULL AND taken_back_at IS NULL AND expires_at > ?
     RETURNING contract, host`,
  );
  // The link of a tenant's own page is stored by its use: the second of two finds it there.
  const useSealed = database.prepare(
    `INSERT INTO invitations (id, created_at, expires_at, reconnect, used_by) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`,
  );
  const named = database
    .prepare<[string, string], number>('SELECT id FROM tenants WHERE host = ? AND contract = ?')
    .pluck();
  return ({ id, invitation, reconnects }, now) => {
    if (invitation === undefined) return undefined;
    if (reconnects !== undefined)
      return (
        invitation.expiresAt > now &&
        useSealed.run(invitation.id, now, invitation.expiresAt, id).changes === 1 &&
        reconnects
      );
    const used = use.get(id, invitation.id, now);
    if (used === undefined) return false;
    // The operator who names a contract and its host means that tenant, if it is there.
    return used.host === null || used.contract === null ? undefined : named.get(used.host, used.contract);
  };
}
