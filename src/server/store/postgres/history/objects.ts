import type { ChangeList, ChangePage, ForwardedChange, KnownObject, ObjectChange } from '../../ports/history.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Queries } from '../database.ts';
import { changeColumns, listStates, toChange, type ChangeRow } from './rows.ts';
import type { Scope } from './scopes.ts';

interface ForwardRow {
  event_id: number;
  forward_id: number;
  url: string | null;
  state: ForwardedChange['state'];
  attempt: number;
  fault: string | null;
  at: number | null;
  status: number | null;
  ms: number | null;
}

/** Counted when its row in `objects` went with its latest event, and older ones are still there. */
const mostCounted = 10_000;
const newest = `SELECT ${changeColumns} FROM changes c WHERE c.scope_id = $1 AND c.object_id = $2 AND c.event_id < $3
  ORDER BY c.event_id DESC LIMIT $4`;

export async function findObject(
  { row }: Queries,
  tenantId: number,
  { id, modcode, hook }: Scope,
  objectId: string,
): Promise<KnownObject | undefined> {
  const last = await row<ChangeRow>(newest, [id, objectId, Number.MAX_SAFE_INTEGER, 1]);
  if (last === undefined) return undefined;
  const known = await row<{ changes: number; first_at: number }>(
    `SELECT coalesce(
       (SELECT changes FROM objects WHERE tenant_id = $1 AND modcode = $2 AND hook = $3 AND object_id = $4),
       (SELECT count(*) FROM (SELECT 1 FROM changes WHERE scope_id = $5 AND object_id = $4 LIMIT ${mostCounted}) kept)) AS changes,
       (SELECT received_at FROM changes WHERE scope_id = $5 AND object_id = $4 ORDER BY event_id LIMIT 1) AS first_at`,
    [tenantId, modcode, hook, objectId, id],
  );
  return {
    changes: known?.changes ?? 0,
    firstAt: known?.first_at ?? last.received_at,
    changedAt: last.received_at,
    latestId: last.event_id,
    title: last.title,
  };
}

export async function listObject(
  queries: Queries,
  tenantId: number,
  scope: Scope,
  objectId: string,
  { limit, before = Number.MAX_SAFE_INTEGER }: ChangePage,
): Promise<ChangeList<ObjectChange>> {
  // One more than is wanted shows whether there are older ones.
  const rows = await queries.rows<ChangeRow>(newest, [scope.id, objectId, before, limit + 1]);
  const shown = rows.slice(0, limit);
  const states = await listStates(queries, tenantId, shown);
  const sizes = await listSizes(queries, shown);
  const forwards = await listForwards(queries, tenantId, shown);
  return {
    changes: shown.map((row) => {
      const earlier = row.previous_id === null ? undefined : sizes.get(row.previous_id);
      return {
        ...toChange(row, scope, states.get(row.event_id) ?? 'done'),
        previousId: earlier === undefined ? undefined : (row.previous_id ?? undefined),
        size: (sizes.get(row.event_id) ?? 0) + (earlier ?? 0),
        forwards: forwards.get(row.event_id) ?? [],
      };
    }),
    next: rows.length > limit ? shown.at(-1)?.event_id : undefined,
  };
}

/** The size of the compared events, without reading them. */
async function listSizes({ rows }: Queries, shown: readonly ChangeRow[]): Promise<Map<number, number>> {
  const ids = shown.flatMap(({ event_id, previous_id }) => [event_id, ...(previous_id === null ? [] : [previous_id])]);
  const found = await rows<{ id: number; size: number | null }>(
    'SELECT id, octet_length(fields) AS size FROM events WHERE id = ANY ($1::bigint[])',
    [ids],
  );
  return new Map(found.map(({ id, size }) => [id, size ?? 0]));
}

/** The state of each, and how its last attempt ended. */
async function listForwards(
  { rows }: Queries,
  tenantId: number,
  shown: readonly ChangeRow[],
): Promise<Map<number, ForwardedChange[]>> {
  const found = await rows<ForwardRow>(
    `SELECT h.event_id, h.forward_id, f.url, h.state, h.attempt, h.fault, a.at, a.status, a.ms
     FROM unnest($2::bigint[]) AS c (event_id)
     JOIN handlings h ON h.tenant_id = $1 AND h.event_id = c.event_id AND h.forward_id <> ${appHandler}
     LEFT JOIN forwards f ON f.id = h.forward_id
     LEFT JOIN LATERAL (SELECT at, status, ms FROM attempts t WHERE t.event_id = h.event_id AND t.forward_id = h.forward_id
       ORDER BY t.id DESC LIMIT 1) a ON true
     ORDER BY h.event_id, h.forward_id`,
    [tenantId, shown.map(({ event_id }) => event_id)],
  );
  const told = found.map(({ event_id, forward_id, url, state, attempt, fault, at, status, ms }) => ({
    eventId: event_id,
    forwarded: {
      forwardId: forward_id,
      url: url ?? undefined,
      state,
      attempt,
      fault: fault ?? undefined,
      lastAttempt: at === null ? undefined : { at, status: status ?? undefined, ms: ms ?? undefined },
    },
  }));
  const groups = Map.groupBy(told, ({ eventId }) => eventId);
  return new Map(Array.from(groups, ([id, group]) => [id, group.map(({ forwarded }) => forwarded)]));
}
