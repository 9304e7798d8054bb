import type { Database } from '../open-database.ts';
import { buildScopes } from '../history/scopes.ts';

export interface Looked {
  id: number;
  received_at: number;
  rejected: number;
}

/** Events in the order of their ids: all, or those of one tenant that are changes or duplicates. */
interface Source {
  list(after: number, limit: number): Looked[];
  last(): number;
}

/** Places that are looked at for old events behind young ones. */
const probes = 64;

/**
 * The next events that may be old, and where to go on. Times rise with the ids, so behind a stretch of young events there are usually
 * young ones only; but a clock that was ahead for a while makes old events look young. So before the walk ends it checks 64 places
 * of the rest, and goes on before the first old one: a few old events alone among many young ones wait until the walk comes to them.
 */
export function buildWalkOld(
  database: Database,
  stepSize: number,
): (before: number, after: number, tenantId: number | undefined) => { old: Looked[]; next: number | undefined } {
  const all = buildAll(database);
  const ofTenant = buildOfTenant(database);
  return (before, after, tenantId) => {
    const source = tenantId === undefined ? all : ofTenant(tenantId);
    const looked = source.list(after, stepSize);
    const old = looked.filter(({ received_at }) => received_at < before);
    const end = looked.at(-1)?.id ?? after;
    if (looked.length < stepSize) return { old, next: undefined };
    return { old, next: old.length > 0 ? end : findOld(source, before, end) };
  };
}

function findOld(source: Source, before: number, after: number): number | undefined {
  const length = source.last() - after;
  const place = (probe: number): number => after + Math.floor((length * probe) / probes);
  for (let probe = 0; probe < probes; probe += 1) {
    const [found] = source.list(place(probe), 1);
    if (found === undefined) return undefined;
    if (found.received_at < before) return place(Math.max(0, probe - 1));
  }
  return undefined;
}

function buildAll(database: Database): Source {
  const next = database.prepare<[number, number], Looked>(
    'SELECT id, received_at, fields IS NULL AS rejected FROM events WHERE id > ? ORDER BY id LIMIT ?',
  );
  const last = database.prepare<[], number | null>('SELECT max(id) FROM events').pluck();
  return { list: (after, limit) => next.all(after, limit), last: () => last.get() ?? 0 };
}

/** Without a look at those of the others. Rejected ones are not among them. */
function buildOfTenant(database: Database): (tenantId: number) => Source {
  const scopes = buildScopes(database);
  const changes = database.prepare<[number, number, number], Looked>(
    `SELECT event_id AS id, received_at, 0 AS rejected FROM changes INDEXED BY changes_scope
     WHERE scope_id = ? AND event_id > ? ORDER BY event_id LIMIT ?`,
  );
  const lastChange = database
    .prepare<[number], number | null>('SELECT max(event_id) FROM changes WHERE scope_id = ?')
    .pluck();
  const duplicates = database.prepare<[number, number, number], Looked>(
    'SELECT event_id AS id, received_at, 0 AS rejected FROM duplicates WHERE tenant_id = ? AND event_id > ? ORDER BY event_id LIMIT ?',
  );
  const lastDuplicate = database
    .prepare<[number], number | null>('SELECT max(event_id) FROM duplicates WHERE tenant_id = ?')
    .pluck();
  return (tenantId) => {
    const own = scopes.of(tenantId);
    return {
      list: (after, limit) =>
        [...own.flatMap(({ id }) => changes.all(id, after, limit)), ...duplicates.all(tenantId, after, limit)]
          .sort((a, b) => a.id - b.id)
          .slice(0, limit),
      last: () => Math.max(lastDuplicate.get(tenantId) ?? 0, ...own.map(({ id }) => lastChange.get(id) ?? 0)),
    };
  };
}
