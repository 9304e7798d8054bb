import type { HookName } from '../../../../microbizz/domain/hook.ts';
import type { Change, ChangeFilter, ChangeList, ChangePage, History } from '../../ports/history.ts';
import { buildCounts } from './counts.ts';
import { buildLag } from './lag.ts';
import { buildObjects } from './objects.ts';
import { buildScopes, scopesNamed, type Scope } from './scopes.ts';
import { buildSelect, changeRow, toChange, type ChangeRow } from './select.ts';
import type { Database } from '../open-database.ts';

type State = ReturnType<typeof prepare>;
type ObjectName = HookName & { readonly objectId: string };

function prepare(database: Database) {
  const readEvent = database
    .prepare<[number, number], string | null>('SELECT fields FROM events WHERE id = ? AND tenant_id = ?')
    .pluck();
  const lastOf = database
    .prepare<[number], number>(
      'SELECT received_at FROM changes INDEXED BY changes_scope WHERE scope_id = ? ORDER BY event_id DESC LIMIT 1',
    )
    .pluck();
  const select = buildSelect<ChangeRow>(database, changeRow);
  return { readEvent, lastOf, select, scopes: buildScopes(database), objects: buildObjects(database) };
}

export function buildHistory(database: Database): History {
  const state = prepare(database);
  const count = buildCounts(database);
  const lag = buildLag(database);
  /** One snapshot, and the locks taken once. */
  const reading = <A extends unknown[], R>(act: (...given: A) => R): ((...given: A) => R) => {
    const transaction = database.transaction(act);
    return (...given) => transaction.deferred(...given);
  };
  const acts = {
    list: reading(listChanges),
    count: reading((tenantId: number, filter: ChangeFilter, days: { since: string; until: string }) =>
      count(tenantId, state.scopes.of(tenantId), filter, days),
    ),
    findObject: reading(findObject),
    listObject: reading(listObject),
    lastEventAt: reading(lastEventAt),
  };
  return {
    listChanges: async (tenantId, filter, page) => acts.list(state, tenantId, filter, page),
    readEvent: async (tenantId, eventId) => state.readEvent.get(eventId, tenantId) ?? undefined,
    countChanges: async (tenantId, filter, days) => acts.count(tenantId, filter, days),
    findObject: async (tenantId, name) => acts.findObject(state, tenantId, name),
    listObjectChanges: async (tenantId, name, page) => acts.listObject(state, tenantId, name, page),
    countUndescribed: async (tenantId) => lag(tenantId),
    lastEventAt: async (tenantId) => acts.lastEventAt(state, tenantId),
  };
}

function listChanges(
  { scopes, select }: State,
  tenantId: number,
  filter: ChangeFilter,
  { limit, before }: ChangePage,
): ChangeList<Change> {
  const all = scopes.of(tenantId);
  const bounds = { from: 0, before: before ?? Number.MAX_SAFE_INTEGER };
  const byId = new Map(all.map((scope) => [scope.id, scope]));
  // One more than is wanted shows whether there are older ones.
  const { rows, complete, last } = select(tenantId, all, filter, bounds, limit + 1);
  const shown = rows.slice(0, limit);
  return {
    changes: shown.flatMap((row) => {
      const scope = byId.get(row.scope_id);
      return scope === undefined ? [] : [toChange(row, scope)];
    }),
    next: rows.length > limit ? shown.at(-1)?.event_id : complete ? undefined : last,
  };
}

/** Undefined for a name that no object has. */
function scopeOf({ scopes }: State, tenantId: number, { objectId, ...hook }: ObjectName): Scope | undefined {
  return objectId === '' ? undefined : scopesNamed(scopes.of(tenantId), hook)[0];
}

function findObject(state: State, tenantId: number, name: ObjectName) {
  const scope = scopeOf(state, tenantId, name);
  return scope && state.objects.find(tenantId, scope, name.objectId);
}

function listObject(state: State, tenantId: number, name: ObjectName, page: ChangePage) {
  const scope = scopeOf(state, tenantId, name);
  return scope === undefined ? { changes: [], next: undefined } : state.objects.list(scope, name.objectId, page);
}

function lastEventAt({ scopes, lastOf }: State, tenantId: number): number | undefined {
  const times = scopes.of(tenantId).flatMap(({ id }) => lastOf.get(id) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
