import type { ChangeFilter } from '../../ports/history.ts';
import type { Scope } from './scopes.ts';
import type { Database } from '../open-database.ts';

/** Ids of events from `from` up to, and without, `before`. */
export interface Bounds {
  readonly from: number;
  readonly before: number;
}

/**
 * A range of ids that holds every change of a range of times, so that reading in the order of the ids needs no other index. Times
 * rise with the ids but for a scope's `setback`: changes received earlier than `since` by more than that have lower ids than all in the
 * range, and changes received later than `until` by more than that have higher ones.
 */
export function buildNarrow(
  database: Database,
): (scopes: readonly Scope[], filter: ChangeFilter, bounds: Bounds) => Bounds {
  const pluck = (sql: string) => database.prepare<unknown[], number>(sql).pluck();
  const lastBefore = pluck(
    `SELECT event_id FROM changes INDEXED BY changes_received
     WHERE scope_id = :scope AND received_at < :time - (SELECT setback FROM scopes WHERE id = :scope) ORDER BY received_at DESC LIMIT 1`,
  );
  const firstFrom = pluck(
    `SELECT event_id FROM changes INDEXED BY changes_received
     WHERE scope_id = :scope AND received_at >= :time + (SELECT setback FROM scopes WHERE id = :scope) ORDER BY received_at LIMIT 1`,
  );

  return (scopes, { since, until }, { from, before }) => {
    const first =
      since === undefined ? [from] : scopes.map(({ id }) => (lastBefore.get({ scope: id, time: since }) ?? -1) + 1);
    const last =
      until === undefined ? [before] : scopes.map(({ id }) => firstFrom.get({ scope: id, time: until }) ?? Infinity);
    return {
      from: Math.min(Math.max(from, Math.min(...first)), Number.MAX_SAFE_INTEGER),
      before: Math.min(before, Math.max(0, ...last)),
    };
  };
}

/** Not wider than the existing changes. */
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
