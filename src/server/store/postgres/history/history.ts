import { plainText } from '../plain-text.ts';
import type { HookName } from '../../../../microbizz/domain/hook.ts';
import type { Change, ChangeFilter, ChangeList, ChangePage, History } from '../../ports/history.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Database, Queries } from '../database.ts';
import { sortedUpTo } from '../inbox/unsorted.ts';
import { countDays } from './counts.ts';
import { findObject, listObject } from './objects.ts';
import { listStates, toChange } from './rows.ts';
import { listScopes, scopesNamed, type Scope } from './scopes.ts';
import { select } from './select.ts';

/** Events of all tenants that are looked at for the exact number of those that are not described. */
const mostCounted = 1000;

export function buildHistory(database: Database): History {
  return {
    listChanges: (tenantId, filter, page) => database.reading((queries) => list(queries, tenantId, filter, page)),
    async readEvent(tenantId, eventId) {
      const found = await database.row<{ fields: string | null }>(
        'SELECT fields FROM events WHERE id = $1 AND tenant_id = $2',
        [eventId, tenantId],
      );
      return found?.fields ?? undefined;
    },
    countChanges: (tenantId, filter, days) =>
      database.reading(async (queries) =>
        countDays(queries, tenantId, await listScopes(queries, tenantId), filter, days),
      ),
    findObject: (tenantId, { objectId, ...hook }) =>
      database.reading(async (queries) => {
        const scope = objectId === '' ? undefined : await scopeOf(queries, tenantId, hook);
        return scope && findObject(queries, tenantId, scope, plainText(objectId));
      }),
    listObjectChanges: (tenantId, { objectId, ...hook }, page) =>
      database.reading(async (queries) => {
        const scope = objectId === '' ? undefined : await scopeOf(queries, tenantId, hook);
        if (scope === undefined) return { changes: [], next: undefined };
        return listObject(queries, tenantId, scope, plainText(objectId), page);
      }),
    countUndescribed: (tenantId) => database.reading((queries) => countUndescribed(queries, tenantId)),
    async lastEventAt(tenantId) {
      const found = await database.row<{ at: number | null }>(
        `SELECT max((SELECT received_at FROM changes WHERE scope_id = s.id ORDER BY event_id DESC LIMIT 1)) AS at
         FROM scopes s WHERE s.tenant_id = $1`,
        [tenantId],
      );
      return found?.at ?? undefined;
    },
  };
}

async function scopeOf(queries: Queries, tenantId: number, hook: HookName): Promise<Scope | undefined> {
  return scopesNamed(await listScopes(queries, tenantId), hook)[0];
}

async function list(
  queries: Queries,
  tenantId: number,
  filter: ChangeFilter,
  { limit, before }: ChangePage,
): Promise<ChangeList<Change>> {
  const all = await listScopes(queries, tenantId);
  const bounds = { from: 0, before: before ?? Number.MAX_SAFE_INTEGER };
  // One more than is wanted shows whether there are older ones.
  const { rows, complete, last } = await select(queries, tenantId, all, filter, { bounds, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const states = await listStates(queries, tenantId, shown);
  const byId = new Map(all.map((scope) => [scope.id, scope]));
  return {
    changes: shown.flatMap((row) => {
      const scope = byId.get(row.scope_id);
      return scope === undefined ? [] : [toChange(row, scope, states.get(row.event_id) ?? 'done')];
    }),
    next: rows.length > limit ? shown.at(-1)?.event_id : complete ? undefined : last,
  };
}

/** The events that the follower has still to describe. */
async function countUndescribed({ row }: Queries, tenantId: number): Promise<{ count: number; atMost: boolean }> {
  const places = await row<{ after: number; sorted: number }>(
    `SELECT after_id AS after, ${sortedUpTo} AS sorted FROM describing`,
  );
  const { after = 0, sorted = 0 } = places ?? {};
  if (sorted - after > mostCounted) return { count: sorted - after, atMost: true };
  const found = await row<{ n: number }>(
    `SELECT count(*) AS n FROM events e JOIN handlings h ON h.tenant_id = e.tenant_id AND h.event_id = e.id
       AND h.forward_id = ${appHandler}
     WHERE e.id > $1 AND e.id <= $2 AND e.tenant_id = $3 AND h.state <> 'duplicate'`,
    [after, sorted, tenantId],
  );
  return { count: found?.n ?? 0, atMost: false };
}
