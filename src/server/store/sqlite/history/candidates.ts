import type { ChangeFilter } from '../../ports/history.ts';
import { scopesNamed, type Scope } from './scopes.ts';
import { isSearch, stretchesOf } from '../../mark-words.ts';
import { matchWords } from './words.ts';
import { buildKept, buildNarrow, type Bounds } from './bounds.ts';
import type { Database } from '../open-database.ts';
import { openStates } from '../open-states.ts';

export interface Candidates {
  /** Which of the filter's terms they were not asked for, beside state and times, which are always to be asked of the row. */
  readonly unasked: 'text' | undefined;
  readonly ids: Iterable<number>;
}

/** So few with a state are each looked at, before anything else is asked. */
const few = 1000;
/**
 * The source of events that a filter may match, newest first: the narrowest index. Each answers in order, so nobody
 * reads more than is used, and the caller says how many that may be.
 */
export function buildCandidates(
  database: Database,
): (tenantId: number, scopes: readonly Scope[], filter: ChangeFilter, bounds: Bounds) => Candidates {
  const pluck = (sql: string) => database.prepare<unknown[], number>(sql).pluck();
  const within = 'AND event_id >= ? AND event_id < ? ORDER BY event_id DESC';
  const ofScope = pluck(`SELECT event_id FROM changes INDEXED BY changes_scope WHERE scope_id = ? ${within} LIMIT ?`);
  const ofUserid = pluck(
    `SELECT event_id FROM changes INDEXED BY changes_userid WHERE scope_id = ? AND userid = ? AND userid <> '' ${within} LIMIT ?`,
  );
  const ofUsercode = pluck(
    `SELECT event_id FROM changes INDEXED BY changes_usercode WHERE scope_id = ? AND usercode = ? AND usercode <> '' ${within} LIMIT ?`,
  );
  const withWords = pluck(
    'SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC',
  );
  const waiting = pluck(
    `SELECT DISTINCT event_id FROM handlings WHERE tenant_id = ? AND state IN ${openStates} ${within}`,
  );
  const failed = pluck(`SELECT DISTINCT event_id FROM handlings WHERE tenant_id = ? AND state = 'dead' ${within}`);
  const narrow = buildNarrow(database);
  const kept = buildKept(database);

  function* found(match: (place: number) => string, { from, before }: Bounds): Generator<number> {
    for (const place of stretchesOf({ from, before })) yield* withWords.iterate(match(place), from, before);
  }

  return (tenantId, all, filter, bounds) => {
    const scopes = scopesNamed(all, filter.hook);
    const { from, before } = narrow(scopes, filter, bounds);
    const { text, named, state } = filter;
    if (scopes.length === 0 || from >= before) return { unasked: undefined, ids: [] };
    const withState = state === 'waiting' ? waiting : state === 'failed' ? failed : undefined;
    const match = isSearch(text) ? matchWords(scopes, text, named) : undefined;
    if (isSearch(text) && match === undefined) return { unasked: undefined, ids: [] };
    const isNarrow = match !== undefined || named !== undefined;
    if (withState !== undefined) {
      if (!isNarrow) return { unasked: undefined, ids: withState.iterate(tenantId, from, before) };
      const rare = take(withState.iterate(tenantId, from, before), few + 1);
      if (rare.length <= few) return { unasked: match === undefined ? undefined : 'text', ids: rare };
    }
    if (match !== undefined) return { unasked: undefined, ids: found(match, kept(scopes, { from, before })) };
    const cursors = scopes.flatMap(({ id }) =>
      named === undefined
        ? [cursor((last, limit) => ofScope.all(id, from, last, limit), before)]
        : [
            cursor((last, limit) => ofUserid.all(id, named.userid, from, last, limit), before),
            cursor((last, limit) => ofUsercode.all(id, named.usercode, from, last, limit), before),
          ],
    );
    return { unasked: undefined, ids: mergeDescending(cursors) };
  };
}

function take(ids: Iterable<number>, most: number): number[] {
  const taken: number[] = [];
  for (const id of ids) if (taken.push(id) >= most) break;
  return taken;
}

/** In pieces, because one statement cannot be read at two places at once. */
function* cursor(read: (before: number, limit: number) => number[], before: number): Generator<number, undefined> {
  let last = before;
  for (let limit = 64; ; limit = Math.min(limit * 4, 4096)) {
    const ids = read(last, limit);
    yield* ids;
    if (ids.length < limit) return;
    last = ids.at(-1) ?? 0;
  }
}

/** Each id once, though an event may name the user both ways. */
function* mergeDescending(cursors: readonly Iterator<number, undefined>[]): Generator<number> {
  const heads = cursors.map((each) => ({ each, id: each.next().value }));
  for (;;) {
    const newest = Math.max(0, ...heads.map(({ id }) => id ?? 0));
    if (newest === 0) return;
    yield newest;
    for (const head of heads) if (head.id === newest) head.id = head.each.next().value;
  }
}
