import type { Database } from '../open-database.ts';

/** SQL: the first event that is not sorted; NULL when there is none. One look-up for each tenant that has any, however many events it has. */
export const firstUnsorted = `(WITH RECURSIVE waiting (tenant_id) AS (
    SELECT min(tenant_id) FROM unsorted UNION ALL
    SELECT (SELECT min(tenant_id) FROM unsorted u WHERE u.tenant_id > w.tenant_id) FROM waiting w WHERE w.tenant_id IS NOT NULL)
  SELECT min((SELECT min(first_id) FROM unsorted u WHERE u.tenant_id = w.tenant_id)) FROM waiting w)`;
/** SQL: all events up to this one are sorted. */
export const sortedUpTo = `coalesce(${firstUnsorted} - 1, (SELECT max(id) FROM events), 0)`;

interface Run {
  first_id: number;
  last_id: number;
  number: number;
}

export interface UnsortedRuns {
  /** Within the transaction that stores these events of one tenant, whose ids follow each other. */
  add(tenantId: number, first: number, last: number): void;
  /** Within the transaction that sorts them. False when they are not the first of their tenant: another process has sorted them. */
  take(tenantId: number, first: number, last: number): boolean;
  count(tenantId: number): number;
  has(tenantId: number, eventId: number): boolean;
  /** The tenant after this one that has any. */
  nextTenant(after: number): number | undefined;
  /** The first of this tenant's runs that begins at `id` or later. */
  nextRun(tenantId: number, id: number): Run | undefined;
}

export function buildUnsortedRuns(database: Database): UnsortedRuns {
  const next = database.prepare<[number, number], Run>(
    'SELECT first_id, last_id, number FROM unsorted WHERE tenant_id = ? AND first_id >= ? ORDER BY first_id LIMIT 1',
  );
  const before = database.prepare<[number, number], Run>(
    'SELECT first_id, last_id, number FROM unsorted WHERE tenant_id = ? AND first_id <= ? ORDER BY first_id DESC LIMIT 1',
  );
  const nextTenant = database
    .prepare<[number], number | null>('SELECT min(tenant_id) FROM unsorted WHERE tenant_id > ?')
    .pluck();
  const insert = database.prepare('INSERT INTO unsorted VALUES (?, ?, ?, ?)');
  const extend = database.prepare('UPDATE unsorted SET last_id = ?, number = ? WHERE tenant_id = ? AND first_id = ?');
  const remove = database.prepare('DELETE FROM unsorted WHERE tenant_id = ? AND first_id <= ? AND last_id <= ?');
  const cut = database.prepare('UPDATE unsorted SET first_id = ? WHERE tenant_id = ? AND first_id <= ?');
  const lastOf = (tenantId: number): Run | undefined => before.get(tenantId, Number.MAX_SAFE_INTEGER);

  return {
    add(tenantId, first, last) {
      const run = lastOf(tenantId);
      const number = (run?.number ?? 0) + last - first + 1;
      if (run?.last_id === first - 1) extend.run(last, number, tenantId, run.first_id);
      else insert.run(tenantId, first, last, number);
    },
    take(tenantId, first, last) {
      if (next.get(tenantId, 0)?.first_id !== first) return false;
      remove.run(tenantId, last, last);
      cut.run(last + 1, tenantId, last);
      return true;
    },
    count(tenantId) {
      const [first, last] = [next.get(tenantId, 0), lastOf(tenantId)];
      if (first === undefined || last === undefined) return 0;
      return last.number - first.number + first.last_id - first.first_id + 1;
    },
    has(tenantId, eventId) {
      const run = before.get(tenantId, eventId);
      return run !== undefined && run.last_id >= eventId;
    },
    nextTenant: (after) => nextTenant.get(after) ?? undefined,
    nextRun: (tenantId, id) => next.get(tenantId, id),
  };
}
