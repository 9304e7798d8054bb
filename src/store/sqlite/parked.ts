import type { Parked } from '../store.ts';
import { asTransaction, type Database } from './open-database.ts';

const most = 1000;
const columns = 'modcode, hook, received_at, fields, content_type, body, fault';

/** Events for an installation that is not proven yet: safe on disk, but no tenant's, since anybody could have sent them. */
export function buildParked(database: Database): {
  park(installationId: string, arrival: Parked): boolean;
  release(installationId: string, tenantId: number): void;
} {
  const insert = database.prepare(`INSERT INTO parked (installation_id, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const count = database.prepare<[string], number>('SELECT count(*) FROM parked WHERE installation_id = ?').pluck();
  const copy = database.prepare(
    `INSERT INTO events (tenant_id, ${columns}) SELECT ?, ${columns} FROM parked WHERE installation_id = ? ORDER BY id`,
  );
  const clear = database.prepare('DELETE FROM parked WHERE installation_id = ?');

  const park = asTransaction(database, (id: string, arrival: Parked) => {
    if ((count.get(id) ?? 0) >= most) return false;
    const { modcode, hook, receivedAt } = arrival;
    if ('fields' in arrival)
      insert.run(id, modcode, hook, receivedAt, JSON.stringify(arrival.fields), null, null, null);
    else insert.run(id, modcode, hook, receivedAt, null, arrival.contentType, arrival.body, arrival.fault);
    return true;
  });

  return {
    park,
    /** Within the transaction that proves the installation. */
    release(installationId, tenantId) {
      copy.run(tenantId, installationId);
      clear.run(installationId);
    },
  };
}
