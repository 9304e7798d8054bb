import type { ChangeFilter } from '../history.ts';
import type { Scope } from './history-scopes.ts';
import type { Database } from './open-database.ts';

/** Ids of events from `from` up to, and without, `before`. */
export interface Bounds {
  readonly from: number;
  readonly before: number;
}

/** Arrivals keep their time and get later ids while their installation is not proven: 1,000 of them at most (parked.ts). */
const outOfOrder = 1001;

/** Times rise with the ids, so that a range of times is a range of ids: what is read in the order of the ids needs no other index. */
export function buildNarrow(
  database: Database,
): (scopes: readonly Scope[], filter: ChangeFilter, bounds: Bounds) => Bounds {
  const pluck = (sql: string) => database.prepare<unknown[], number>(sql).pluck();
  const firstFrom = pluck(
    `SELECT min(event_id) FROM (SELECT event_id FROM changes INDEXED BY changes_received
       WHERE scope_id = ? AND received_at >= ? ORDER BY received_at LIMIT ${outOfOrder})`,
  );
  const lastBefore = pluck(
    `SELECT max(event_id) FROM (SELECT event_id FROM changes INDEXED BY changes_received
       WHERE scope_id = ? AND received_at < ? ORDER BY received_at DESC LIMIT ${outOfOrder})`,
  );

  return (scopes, { since, until }, { from, before }) => {
    const first = since === undefined ? [from] : scopes.map(({ id }) => firstFrom.get(id, since) ?? Infinity);
    const last = until === undefined ? [before] : scopes.map(({ id }) => (lastBefore.get(id, until) ?? -1) + 1);
    return {
      from: Math.min(Math.max(from, Math.min(...first)), Number.MAX_SAFE_INTEGER),
      before: Math.min(before, Math.max(0, ...last)),
    };
  };
}

/** Not wider than what there is. */
export function buildKept(database: Database): (scopes: readonly Scope[], bounds: Bounds) => Bounds {
  const firstOf = database
    .prepare<[number], number | null>('SELECT min(event_id) FROM changes WHERE scope_id = ?')
    .pluck();
  const lastOf = database
    .prepare<[number], number | null>('SELECT max(event_id) FROM changes WHERE scope_id = ?')
    .pluck();
  return (scopes, { from, before }) => ({
    from: Math.max(from, Math.min(...scopes.map(({ id }) => firstOf.get(id) ?? Infinity))),
    before: Math.min(before, Math.max(0, ...scopes.map(({ id }) => (lastOf.get(id) ?? -1) + 1))),
  });
}
