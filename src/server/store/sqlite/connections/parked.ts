import type { Parked } from '../../ports/connections.ts';
import { arrivalColumns, arrivalValues, placesFor } from '../event-row.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { buildUnsortedRuns } from '../inbox/unsorted.ts';

const most = 100;
const mostBytes = 2 ** 20;
/** Installations with something parked: anybody can negotiate, so the total is bounded too (50 MiB). */
const mostInstallations = 50;

/** Events for an installation that could not be verified because its Microbizz cannot be reached: safe on disk, but not a tenant's, because anybody could have sent them. */
export function buildParked(database: Database): {
  park(installationId: string, arrival: Parked): boolean;
  release(installationId: string, tenantId: number): void;
  clear(installationId: string): void;
} {
  const insert = database.prepare(
    `INSERT INTO parked (installation_id, ${arrivalColumns}) VALUES (?, ${placesFor(arrivalColumns)})`,
  );
  const count = database.prepare<[string], number>('SELECT count(*) FROM parked WHERE installation_id = ?').pluck();
  // octet_length reads a row's header only, however long the row is: 0.2 ms for a thousand, where length() takes 10.
  const size = database
    .prepare<[string], number>(
      'SELECT total(ifnull(octet_length(fields), 0) + ifnull(octet_length(body), 0)) FROM parked WHERE installation_id = ?',
    )
    .pluck();
  const isUnreachable = database
    .prepare<[string], number>(
      'SELECT unreachable FROM installations WHERE id = ? AND tenant_id IS NULL AND revoked_at IS NULL',
    )
    .pluck();
  const countInstallations = database.prepare<[], number>('SELECT count(DISTINCT installation_id) FROM parked').pluck();
  const copy = database.prepare(
    `INSERT INTO events (tenant_id, ${arrivalColumns}) SELECT ?, ${arrivalColumns} FROM parked WHERE installation_id = ? ORDER BY id`,
  );
  const runs = buildUnsortedRuns(database);
  const clear = database.prepare('DELETE FROM parked WHERE installation_id = ?');

  const park = asTransaction(database, (id: string, arrival: Parked) => {
    if (isUnreachable.get(id) !== 1) return false;
    const already = count.get(id) ?? 0;
    if (already >= most || (already === 0 && (countInstallations.get() ?? 0) >= mostInstallations)) return false;
    const bytes = 'fields' in arrival ? Buffer.byteLength(JSON.stringify(arrival.fields)) : arrival.body.length;
    if ((size.get(id) ?? 0) + bytes > mostBytes) return false;
    insert.run(id, ...arrivalValues(arrival));
    return true;
  });

  return {
    park,
    /** Within the transaction that makes the installation its tenant's. */
    release(installationId, tenantId) {
      const { changes, lastInsertRowid } = copy.run(tenantId, installationId);
      const last = Number(lastInsertRowid);
      if (changes > 0) runs.add(tenantId, last - changes + 1, last);
      clear.run(installationId);
    },
    /** Within the transaction that forgets the installation. */
    clear(installationId) {
      clear.run(installationId);
    },
  };
}
