import type { HookName } from '../../../../microbizz/domain/hook.ts';
import type { Change, ChangeFilter, ChangeList, ChangePage, History } from '../../ports/history.ts';
import { buildCounts } from './counts.ts';
import { buildLag } from './lag.ts';
import { buildObjects } from './objects.ts';
import { buildScopes, scopesNamed, type Scope } from './scopes.ts';
import { buildSelect, changeRow, toChange, type ChangeRow } from './select.ts';
import type { Database } from '../open-database.ts';

export function buildHistory(database: Database): History {
  const scopes = buildScopes(database);
  const select = buildSelect<ChangeRow>(database, changeRow);
  const count = buildCounts(database);
  const objects = buildObjects(database);
  const lag = buildLag(database);
  const readEvent = database
    .prepare<[number, number], string | null>('SELECT fields FROM events WHERE id = ? AND tenant_id = ?')
    .pluck();
  const lastOf = database
    .prepare<[number], number>(
      'SELECT received_at FROM changes INDEXED BY changes_scope WHERE scope_id = ? ORDER BY event_id DESC LIMIT 1',
    )
    .pluck();
  /** One snapshot, and the locks taken once. */
  const reading = <A extends unknown[], R>(act: (...given: A) => R): ((...given: A) => R) => {
    const transaction = database.transaction(act);
    return (...given) => transaction.deferred(...given);
  };
  const list = reading((tenantId: number, filter: ChangeFilter, { limit, before }: ChangePage): ChangeList<Change> => {
    const all = scopes.of(tenantId);
    const bounds = { from: 0, before: before ?? Number.MAX_SAFE_INTEGER };
    const byId = new Map(all.map((scope) => [scope.id, scope]));
    // One more than is wanted tells whether there are older ones.
    const { rows, complete, last } = select(tenantId, all, filter, bounds, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      changes: shown.flatMap((row) => {
        const scope = byId.get(row.scope_id);
        return scope === undefined ? [] : [toChange(row, scope)];
      }),
      next: rows.length > limit ? shown.at(-1)?.event_id : complete ? undefined : last,
    };
  });
  const countChanges = reading((tenantId: number, filter: ChangeFilter, days: { since: string; until: string }) =>
    count(tenantId, scopes.of(tenantId), filter, days),
  );
  const scopeOf = (tenantId: number, hook: HookName): Scope | undefined => scopesNamed(scopes.of(tenantId), hook)[0];
  const findObject = reading((tenantId: number, { objectId, ...hook }: HookName & { objectId: string }) => {
    const scope = objectId === '' ? undefined : scopeOf(tenantId, hook);
    return scope && objects.find(tenantId, scope, objectId);
  });
  const listObject = reading(
    (tenantId: number, { objectId, ...hook }: HookName & { objectId: string }, page: ChangePage) => {
      const scope = objectId === '' ? undefined : scopeOf(tenantId, hook);
      return scope === undefined ? { changes: [], next: undefined } : objects.list(scope, objectId, page);
    },
  );
  const lastEventAt = reading((tenantId: number) => {
    const times = scopes.of(tenantId).flatMap(({ id }) => lastOf.get(id) ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  });

  return {
    listChanges: async (tenantId, filter, page) => list(tenantId, filter, page),
    readEvent: async (tenantId, eventId) => readEvent.get(eventId, tenantId) ?? undefined,
    countChanges: async (tenantId, filter, days) => countChanges(tenantId, filter, days),
    findObject: async (tenantId, name) => findObject(tenantId, name),
    listObjectChanges: async (tenantId, name, page) => listObject(tenantId, name, page),
    countUndescribed: async (tenantId) => lag(tenantId),
    lastEventAt: async (tenantId) => lastEventAt(tenantId),
  };
}
