import { danishDay } from '../../../../microbizz/domain/danish-day.ts';
import type { ChangeFilter, DayCount, Named } from '../../ports/history.ts';
import { scopesNamed, type Scope } from './scopes.ts';
import { buildKept, buildNarrow } from './bounds.ts';
import { isSearch, stretchesOf } from '../../mark-words.ts';
import { matchWords } from './words.ts';
import { buildSelect, keyRow, mostLooked, type KeyRow } from './select.ts';
import type { Database } from '../open-database.ts';

interface Count {
  day: string;
  changes: number;
}
interface Days {
  readonly since: string;
  readonly until: string;
}
interface Counted {
  readonly list: (scopeId: number) => Count[];
  readonly complete: boolean;
}
const hour = 3_600_000;
const everything = { from: 0, before: Number.MAX_SAFE_INTEGER };

type State = ReturnType<typeof prepare>;

function prepare(database: Database) {
  const perDay = database.prepare<[number, string, string], Count>(
    'SELECT day, changes FROM day_counts WHERE scope_id = ? AND day BETWEEN ? AND ? ORDER BY day',
  );
  // An event that names the user both ways is one change.
  const perUserDay = database.prepare<{ scope: number } & Days & Named, Count>(
    `SELECT day, sum(changes) AS changes FROM (
       SELECT day, changes FROM user_day_counts
       WHERE scope_id = :scope AND userid = :userid AND userid <> '' AND day BETWEEN :since AND :until
       UNION ALL SELECT day, changes FROM user_day_counts INDEXED BY user_day_counts_usercode
       WHERE scope_id = :scope AND usercode = :usercode AND usercode <> '' AND (userid <> :userid OR userid = '')
         AND day BETWEEN :since AND :until
     ) GROUP BY day ORDER BY day`,
  );
  // In one statement: a row at a time takes four times as long.
  const perDayWithWords = database.prepare<[string, number, number, number], Count & { scope_id: number }>(
    `SELECT c.scope_id, c.day, count(*) AS changes FROM
       (SELECT rowid AS id FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?) w
     CROSS JOIN changes c ON c.event_id = w.id GROUP BY c.scope_id, c.day`,
  );
  const select = buildSelect<KeyRow>(database, keyRow);
  return { perDay, perUserDay, perDayWithWords, select, narrow: buildNarrow(database), kept: buildKept(database) };
}

/** The changes to count: of whom, by which filter, in which days. */
interface Asked {
  readonly tenantId: number;
  readonly scopes: readonly Scope[];
  readonly filter: ChangeFilter;
  readonly days: Days;
}

/** Changes a day and hook: from the tables that count them, or, of a text or a state, from the newest rows themselves. */
export function buildCounts(
  database: Database,
): (
  tenantId: number,
  scopes: readonly Scope[],
  filter: ChangeFilter,
  days: Days,
) => { days: DayCount[]; complete: boolean } {
  const state = prepare(database);
  return (tenantId, scopes, filter, asked) => {
    const days = { since: realDay(asked.since, 0), until: realDay(asked.until, Date.UTC(9999, 0)) };
    const { list, complete } = countAs(state, { tenantId, scopes, filter, days });
    const found = scopesNamed(scopes, filter.hook).flatMap(({ id, modcode, hook }) =>
      list(id).map(({ day, changes }) => ({ day, modcode, hook, changes })),
    );
    return { days: found.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)), complete };
  };
}

function countAs(state: State, asked: Asked): Counted {
  const { filter } = asked;
  if (isSearch(filter.text)) return countRows(state, asked);
  if (filter.state === undefined) return countAll(state, asked);
  return (filter.state === 'done' ? countDone : countRows)(state, asked);
}

function countAll({ perDay, perUserDay }: State, { filter: { named }, days: { since, until } }: Asked): Counted {
  return {
    complete: true,
    list: (scope) =>
      named === undefined ? perDay.all(scope, since, until) : perUserDay.all({ scope, since, until, ...named }),
  };
}

/** Nearly all are done: the others are quicker to count. */
function countDone(state: State, asked: Asked): Counted {
  const all = countAll(state, asked);
  const open = (['waiting', 'failed'] as const).map((each) =>
    countRows(state, { ...asked, filter: { ...asked.filter, state: each } }),
  );
  return {
    complete: open.every(({ complete }) => complete),
    list(scope) {
      const taken = new Map<string, number>();
      for (const { day, changes } of open.flatMap(({ list }) => list(scope))) {
        taken.set(day, (taken.get(day) ?? 0) + changes);
      }
      return all
        .list(scope)
        .map(({ day, changes }) => ({ day, changes: changes - (taken.get(day) ?? 0) }))
        .filter(({ changes }) => changes > 0);
    },
  };
}

function countRows(state: State, { tenantId, scopes, filter, days: { since, until } }: Asked): Counted {
  // Danish days begin one or two hours before those of UTC.
  const timed = { ...filter, since: Date.parse(since) - 2 * hour, until: Date.parse(until) + 24 * hour };
  const { text } = filter;
  const { rows, complete } =
    filter.state === undefined && isSearch(text)
      ? countText(state, scopes, { ...timed, text })
      : state.select(tenantId, scopes, timed, everything, mostLooked);
  const counts = new Map<number, Map<string, number>>();
  for (const row of rows) {
    const { scope_id, day } = row;
    if (day < since || day > until) continue;
    const ofScope = counts.get(scope_id) ?? new Map<string, number>();
    counts.set(scope_id, ofScope.set(day, (ofScope.get(day) ?? 0) + ('changes' in row ? row.changes : 1)));
  }
  const list = (id: number): Count[] => Array.from(counts.get(id) ?? [], ([day, changes]) => ({ day, changes }));
  return { list, complete };
}

function countText(
  { kept, narrow, perDayWithWords }: State,
  all: readonly Scope[],
  filter: ChangeFilter & { text: string },
) {
  const scopes = scopesNamed(all, filter.hook);
  const match = scopes.length === 0 ? undefined : matchWords(scopes, filter.text, filter.named);
  if (match === undefined) return { rows: [], complete: true };
  const { from, before } = kept(scopes, narrow(scopes, filter, everything));
  const rows = [];
  let left = mostLooked;
  for (const place of stretchesOf({ from, before })) {
    const found = perDayWithWords.all(match(place), from, before, left);
    rows.push(...found);
    left -= found.reduce((sum, { changes }) => sum + changes, 0);
    if (left <= 0) break;
  }
  return { rows, complete: left > 0 };
}

/** Anything that is not a day counts as the end of time on its side. */
function realDay(day: string, otherwise: number): string {
  return Number.isNaN(Date.parse(day)) ? danishDay(otherwise) : day;
}
