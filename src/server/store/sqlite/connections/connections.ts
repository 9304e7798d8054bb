import { isSameEndpoint, type Credentials, type Installation } from '../../../../microbizz/domain/tenant.ts';
import type { Begun, Connections, Negotiated } from '../../ports/connections.ts';
import type { SealedToken } from '../../ports/sealed.ts';
import { selectTenants, toTenant, type TenantRow } from '../../rows/tenant-row.ts';
import { buildBecomeTenant, type InstallationRow } from './become-tenant.ts';
import { buildUseInvitation } from './invitations.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { buildParked } from './parked.ts';

type State = ReturnType<typeof prepare>;

function prepare(database: Database) {
  const find = database.prepare<[string], InstallationRow>('SELECT * FROM installations WHERE id = ?');
  const insert = database.prepare(
    `INSERT INTO installations (id, solution, expires_at, negotiated_at, endpoint, contract, accesstoken, reconnects)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setFault = database.prepare('UPDATE installations SET fault = ?, unreachable = ? WHERE id = ?');
  const setWaits = database.prepare(
    'UPDATE installations SET verified_at = ?, fault = NULL, unreachable = 0 WHERE id = ?',
  );
  const findTenant = database.prepare<[number], TenantRow>(`${selectTenants} WHERE t.id = ?`);
  const findNamed = database.prepare<[string, string], TenantRow>(
    `${selectTenants} WHERE t.host = ? AND t.contract = ?`,
  );
  const setRefused = database.prepare('UPDATE tenants SET refused_at = ? WHERE id = ?');
  const listTenants = database.prepare<[], TenantRow>(`${selectTenants} ORDER BY t.id`);
  const listForgettable = database
    .prepare<{ refused: number; unused: number; limit: number }, string>(
      `SELECT id FROM installations WHERE tenant_id IS NULL
       AND negotiated_at < iif(verified_at IS NULL AND fault IS NOT NULL AND NOT unreachable, :refused, :unused)
       LIMIT :limit`,
    )
    .pluck();
  const remove = database.prepare('DELETE FROM installations WHERE id = ?');
  const parked = buildParked(database);
  const useInvitation = buildUseInvitation(database);
  const becomeTenant = buildBecomeTenant(database, parked);
  const statements = { find, insert, setFault, setWaits, findTenant, findNamed, setRefused, listTenants };
  return { ...statements, listForgettable, remove, parked, useInvitation, becomeTenant };
}

export function buildConnections(database: Database): Connections<SealedToken> {
  const state = prepare(database);
  const acts = {
    negotiate: asTransaction(database, negotiate),
    noteVerified: asTransaction(database, noteVerified),
    removeExpired: asTransaction(database, removeExpired),
  };
  return {
    async findInstallation(id) {
      const row = state.find.get(id);
      return row === undefined || row.revoked_at !== null ? undefined : installationOf(row);
    },
    negotiate: async (begun, given, now) => acts.negotiate(state, begun, given, now),
    async noteVerified(id, now) {
      acts.noteVerified(state, id, now);
    },
    park: async (id, arrival) => state.parked.park(id, arrival),
    async noteFault(id, fault, { unreachable }) {
      const row = state.find.get(id);
      if (row === undefined || (row.fault === fault && row.unreachable === Number(unreachable))) return;
      state.setFault.run(fault, Number(unreachable), id);
    },
    async findTenant(id) {
      const row = state.findTenant.get(id);
      return row && toTenant(row);
    },
    async noteToken(tenantId, refusedAt) {
      state.setRefused.run(refusedAt ?? null, tenantId);
    },
    listTenants: async () => state.listTenants.all().map(toTenant),
    removeExpired: async (before, limit) => acts.removeExpired(state, before, limit),
  };
}

function negotiate(state: State, begun: Begun, given: Credentials<SealedToken>, now: number): Negotiated {
  const { id, solution, expiresAt } = begun;
  if (state.find.get(id) !== undefined) return 'used';
  if (expiresAt <= now) return 'expired';
  const reconnects = state.useInvitation(begun, now);
  if (reconnects === false) return 'ended';
  const { endpoint, contract, accesstoken } = given;
  state.insert.run(id, solution, expiresAt, now, endpoint, contract, accesstoken.sealed, reconnects ?? null);
  return 'stored';
}

function noteVerified({ find, findNamed, setWaits, becomeTenant }: State, id: string, now: number): void {
  const row = find.get(id);
  if (row === undefined || row.tenant_id !== null || row.revoked_at !== null) return;
  const known = findNamed.get(new URL(row.endpoint).host, row.contract);
  const goesOn = known === undefined || (row.reconnects === known.id && isSameEndpoint(row.endpoint, known.endpoint));
  if (goesOn) becomeTenant(row, { now, since: row.negotiated_at });
  else if (row.verified_at === null) setWaits.run(now, id);
}

function removeExpired(state: State, before: { refused: number; unused: number }, limit: number): boolean {
  const ids = state.listForgettable.all({ ...before, limit });
  for (const id of ids) {
    state.parked.clear(id);
    state.remove.run(id);
  }
  return ids.length === limit;
}

function installationOf(row: InstallationRow): Installation<SealedToken> {
  const { id, solution, endpoint, contract, tenant_id, fault } = row;
  return {
    id,
    solution,
    credentials: { endpoint, contract, accesstoken: { installationId: id, sealed: row.accesstoken } },
    tenantId: tenant_id ?? undefined,
    waits: tenant_id === null && row.verified_at !== null,
    fault: fault ?? undefined,
    unreachable: row.unreachable === 1,
  };
}
