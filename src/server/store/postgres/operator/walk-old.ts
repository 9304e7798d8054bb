import type { Queries } from '../database.ts';

export interface Looked {
  readonly id: number;
  readonly received_at: number;
  /** Neither rejected nor dead: those stay. */
  readonly removable: boolean;
}

/** Places that are looked at for old events behind young ones. */
const probes = 64;

const removable = (id: string): string =>
  `NOT EXISTS (SELECT 1 FROM outcomes d WHERE d.event_id = ${id} AND d.state = 'dead')`;
/** Events in the order of their ids: all, or those of one tenant that are changes or duplicates. Rejected ones are neither. */
const all = {
  list: `SELECT id, received_at, fields IS NOT NULL AND ${removable('e.id')} AS removable FROM events e
    WHERE id > $1 AND $3::int IS NULL ORDER BY id LIMIT $2`,
  last: 'SELECT max(id) AS last FROM events WHERE $1::int IS NULL',
};
const ofTenant = {
  list: `SELECT id, received_at, ${removable('id')} AS removable FROM (
    SELECT c.id, c.received_at FROM scopes s, LATERAL (SELECT event_id AS id, received_at FROM changes
      WHERE scope_id = s.id AND event_id > $1 ORDER BY event_id LIMIT $2) c WHERE s.tenant_id = $3::bigint
    UNION ALL (SELECT event_id, received_at FROM duplicates WHERE tenant_id = $3::bigint AND event_id > $1 ORDER BY event_id LIMIT $2)
    ORDER BY id LIMIT $2) own ORDER BY id`,
  last: `SELECT greatest((SELECT max(event_id) FROM duplicates WHERE tenant_id = $1::bigint),
    (SELECT max((SELECT max(event_id) FROM changes WHERE scope_id = s.id)) FROM scopes s WHERE s.tenant_id = $1::bigint)) AS last`,
};

/**
 * The next events that may be old, and where to go on. Times rise with the ids, so behind a stretch of young events there are usually
 * young ones only; but a clock that was ahead for a while makes old events look young. So before the walk ends it checks 64 places
 * of the rest, and goes on before the first old one: a few old events alone among many young ones wait until the walk comes to them.
 */
export async function walkOld(
  { row, rows }: Queries,
  {
    before,
    after,
    tenantId,
    stepSize,
  }: { before: number; after: number; tenantId: number | undefined; stepSize: number },
): Promise<{ old: Looked[]; next: number | undefined }> {
  const { list, last } = tenantId === undefined ? all : ofTenant;
  const listFrom = (from: number, limit: number): Promise<Looked[]> => rows(list, [from, limit, tenantId ?? null]);
  const looked = await listFrom(after, stepSize);
  const old = looked.filter(({ received_at }) => received_at < before);
  const end = looked.at(-1)?.id ?? after;
  if (looked.length < stepSize) return { old, next: undefined };
  if (old.length > 0) return { old, next: end };
  const length = ((await row<{ last: number | null }>(last, [tenantId ?? null]))?.last ?? 0) - end;
  const place = (probe: number): number => end + Math.floor((length * probe) / probes);
  for (let probe = 0; probe < probes; probe += 1) {
    const [found] = await listFrom(place(probe), 1);
    if (found === undefined) return { old, next: undefined };
    if (found.received_at < before) return { old, next: place(Math.max(0, probe - 1)) };
  }
  return { old, next: undefined };
}
