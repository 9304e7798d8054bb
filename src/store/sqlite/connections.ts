import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Credentials, Installation, Tenant } from '../../domain/tenant.ts';
import { Secret } from '../../domain/secret.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Connections, Negotiated } from '../store.ts';
import { asTransaction, type Database } from './open-database.ts';
import { buildParked } from './parked.ts';

interface InstallationRow {
  id: string;
  solution: string;
  expires_at: number;
  negotiated_at: number | null;
  tenant_id: number | null;
  endpoint: string | null;
  contract: string | null;
  accesstoken: Buffer | null;
  fault: string | null;
}
interface TenantRow {
  id: number;
  host: string;
  contract: string;
  installation_id: string;
  endpoint: string;
  accesstoken: Buffer;
  refused_at: number | null;
}

const tenants = `SELECT t.id, t.host, t.contract, t.installation_id, i.endpoint, i.accesstoken, t.refused_at
  FROM tenants t JOIN installations i ON i.id = t.installation_id`;

export function buildConnections(database: Database, keyring: Keyring): Connections {
  const open = database.prepare('INSERT INTO installations (id, solution, expires_at) VALUES (?, ?, ?)');
  const find = database.prepare<[string], InstallationRow>('SELECT * FROM installations WHERE id = ?');
  const take = database.prepare(
    'UPDATE installations SET negotiated_at = ?, endpoint = ?, contract = ?, accesstoken = ?, fault = NULL WHERE id = ?',
  );
  const upsertTenant = database
    .prepare<{ id: string; host: string; contract: string; negotiatedAt: number }, number>(
      `INSERT INTO tenants (host, contract, installation_id) VALUES (:host, :contract, :id)
       ON CONFLICT DO UPDATE SET (installation_id, refused_at) = (
         SELECT iif(:negotiatedAt >= negotiated_at, :id, id), iif(:negotiatedAt >= negotiated_at, NULL, tenants.refused_at)
         FROM installations WHERE id = tenants.installation_id)
       RETURNING id`,
    )
    .pluck();
  const prove = database.prepare('UPDATE installations SET tenant_id = ?, fault = NULL WHERE id = ?');
  const noteFault = database.prepare('UPDATE installations SET fault = ? WHERE id = ?');
  const findTenant = database.prepare<[number], TenantRow>(`${tenants} WHERE t.id = ?`);
  const noteToken = database.prepare('UPDATE tenants SET refused_at = ? WHERE id = ?');
  const listTenants = database.prepare<[], TenantRow>(`${tenants} ORDER BY t.id`);
  const removeUnused = database.prepare('DELETE FROM installations WHERE negotiated_at IS NULL AND expires_at < ?');
  const listUnproven = database
    .prepare<[number], string>('SELECT id FROM installations WHERE negotiated_at < ? AND tenant_id IS NULL')
    .pluck();
  const remove = database.prepare('DELETE FROM installations WHERE id = ?');
  const parked = buildParked(database);

  function unseal(id: string, accesstoken: Buffer): Secret {
    return new Secret(() => keyring.decrypt(accesstoken, rowName(id)));
  }
  function tenant(row: TenantRow): Tenant {
    const { id, host, contract, endpoint, refused_at: refusedAt } = row;
    return {
      id,
      host,
      contract,
      credentials: { endpoint, contract, accesstoken: unseal(row.installation_id, row.accesstoken) },
      ...(refusedAt !== null && { refusedAt }),
    };
  }
  function installation({
    id,
    solution,
    expires_at,
    endpoint,
    contract,
    accesstoken,
    tenant_id,
    fault,
  }: InstallationRow): Installation {
    const negotiated = endpoint !== null && contract !== null && accesstoken !== null;
    return {
      id,
      solution,
      expiresAt: expires_at,
      credentials: negotiated ? { endpoint, contract, accesstoken: unseal(id, accesstoken) } : undefined,
      tenantId: tenant_id ?? undefined,
      fault: fault ?? undefined,
    };
  }
  const negotiate = asTransaction(database, (id: string, given: Credentials, now: number): Negotiated => {
    const row = find.get(id);
    if (row === undefined) return 'unknown';
    if (row.negotiated_at !== null) return 'used';
    if (row.expires_at <= now) return 'expired';
    take.run(now, given.endpoint, given.contract, keyring.encrypt(given.accesstoken.reveal(), rowName(id)), id);
    return 'stored';
  });
  const activate = asTransaction(database, (id: string) => {
    const row = find.get(id);
    if (row?.endpoint == null || row.contract === null || row.negotiated_at === null || row.tenant_id !== null) return;
    const { host } = new URL(row.endpoint);
    const tenantId = upsertTenant.get({ id, host, contract: row.contract, negotiatedAt: row.negotiated_at });
    prove.run(tenantId, id);
    parked.release(id, Number(tenantId));
  });
  const removeUnproven = asTransaction(database, (id: string) => {
    // Another process may have proven it since it was listed.
    if (find.get(id)?.tenant_id !== null) return;
    parked.clear(id);
    remove.run(id);
  });

  return {
    async openInstallation({ id, solution, expiresAt }) {
      open.run(id, solution, expiresAt);
    },
    async findInstallation(id) {
      const row = find.get(id);
      return row && installation(row);
    },
    negotiate: async (id, given, now) => negotiate(id, given, now),
    async activate(id) {
      activate(id);
    },
    park: async (id, arrival) => parked.park(id, arrival),
    async noteFault(id, fault) {
      noteFault.run(fault, id);
    },
    async findTenant(id) {
      const row = findTenant.get(id);
      return row && tenant(row);
    },
    async noteToken(tenantId, refusedAt) {
      noteToken.run(refusedAt ?? null, tenantId);
    },
    listTenants: async () => listTenants.all().map(tenant),
    async removeExpired(before) {
      removeUnused.run(before);
      // One at a time, with the loop between them: each may have 16 MiB parked.
      for (const id of listUnproven.all(before)) {
        removeUnproven(id);
        await nextTurn();
      }
    },
  };
}

export function rowName(installationId: string): string {
  return `installations/${installationId}/accesstoken`;
}
