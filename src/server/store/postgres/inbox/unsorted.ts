import type { Queries } from '../database.ts';

/** SQL: the first event that is not sorted; NULL when there is none. One look-up for each tenant that has any, however many events it has. */
export const firstUnsorted = `(WITH RECURSIVE waiting (tenant_id) AS (
    (SELECT tenant_id FROM unsorted ORDER BY tenant_id LIMIT 1) UNION ALL
    SELECT (SELECT u.tenant_id FROM unsorted u WHERE u.tenant_id > w.tenant_id ORDER BY u.tenant_id LIMIT 1)
    FROM waiting w WHERE w.tenant_id IS NOT NULL)
  SELECT min((SELECT first_id FROM unsorted u WHERE u.tenant_id = w.tenant_id ORDER BY last_id LIMIT 1)) FROM waiting w)`;
/** SQL: all events up to this one are sorted. */
export const sortedUpTo = `coalesce(${firstUnsorted} - 1, (SELECT max(id) FROM events), 0)`;

/** SQL: whether this event waits to be sorted. */
export const isUnsorted = (tenantId: string, eventId: string): string =>
  `coalesce((SELECT u.first_id <= ${eventId} FROM unsorted u WHERE u.tenant_id = ${tenantId} AND u.last_id >= ${eventId}
    ORDER BY u.last_id LIMIT 1), false)`;

export interface Run {
  readonly tenantId: number;
  readonly first: number;
  readonly last: number;
}

/** Within the transaction that sorts them. Answers the tenants whose events are the first of theirs: those of the others somebody has sorted. */
export async function takeRuns({ rows }: Queries, runs: readonly Run[]): Promise<Set<number>> {
  const taken = await rows<{ tenant_id: number }>(
    `WITH given AS (SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS g (tenant_id, first_id, last_id)),
      good AS MATERIALIZED (SELECT g.* FROM given g WHERE g.first_id =
        (SELECT u.first_id FROM unsorted u WHERE u.tenant_id = g.tenant_id ORDER BY u.last_id LIMIT 1)),
      gone AS (DELETE FROM unsorted u USING good g WHERE u.tenant_id = g.tenant_id AND u.last_id <= g.last_id),
      cut AS (UPDATE unsorted u SET first_id = g.last_id + 1 FROM good g
        WHERE u.tenant_id = g.tenant_id AND u.first_id <= g.last_id AND u.last_id > g.last_id)
     SELECT tenant_id FROM good`,
    [runs.map(({ tenantId }) => tenantId), runs.map(({ first }) => first), runs.map(({ last }) => last)],
  );
  return new Set(taken.map(({ tenant_id }) => tenant_id));
}

/** Within a transaction that stores events of one tenant, whose ids follow each other, under the lock. */
export async function addRun({ run }: Queries, { tenantId, first, last }: Run): Promise<void> {
  await run('INSERT INTO unsorted VALUES ($1, $2, $3)', [tenantId, first, last]);
}

export async function countUnsorted({ row }: Queries, tenantId: number): Promise<number> {
  const found = await row<{ n: number | null }>(
    'SELECT sum(last_id - first_id + 1)::bigint AS n FROM unsorted WHERE tenant_id = $1',
    [tenantId],
  );
  return found?.n ?? 0;
}
