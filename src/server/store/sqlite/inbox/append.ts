import type { Arrival, Rejection } from '../../../../microbizz/domain/event.ts';
import { arrivalColumns, arrivalValues, placesFor } from '../event-row.ts';
import { asTransaction, type Database } from '../open-database.ts';
import type { UnsortedRuns } from './unsorted.ts';

/**
 * One prepared insert in a loop, one transaction, one fsync. A multi-row VALUES is no faster (measured at 64 a time). Tenant by tenant, each
 * in the order in which they came: the events of one tenant in a transaction are one run of ids, and one row of `unsorted`.
 */
export function buildAppend(
  database: Database,
  runs: UnsortedRuns,
): (arrivals: readonly (Arrival | Rejection)[]) => number[] {
  const columns = `tenant_id, gap_after, ${arrivalColumns}`;
  const insert = database.prepare(`INSERT INTO events (${columns}) VALUES (${placesFor(columns)})`);
  function insertOne(arrival: Arrival | Rejection): number {
    const gapAfter = 'gapAfter' in arrival ? arrival.gapAfter : null;
    return Number(insert.run(arrival.tenantId, gapAfter, ...arrivalValues(arrival)).lastInsertRowid);
  }

  return asTransaction(database, (arrivals: readonly (Arrival | Rejection)[]) => {
    const ids: number[] = [];
    for (const [tenantId, own] of Map.groupBy(arrivals.entries(), ([, arrival]) => arrival.tenantId)) {
      const stored = own.map(([at, arrival]) => (ids[at] = insertOne(arrival)));
      runs.add(tenantId, stored[0] ?? 0, stored.at(-1) ?? 0);
    }
    return ids;
  });
}
