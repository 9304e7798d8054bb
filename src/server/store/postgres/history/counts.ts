import { danishDay } from '../../../../microbizz/domain/danish-day.ts';
import { isSearch, stretchesOf } from '../../mark-words.ts';
import type { ChangeFilter, DayCount, Named } from '../../ports/history.ts';
import type { Queries } from '../database.ts';
import { plainText } from '../plain-text.ts';
import { everything, keptBounds, narrow } from './bounds.ts';
import { scopesNamed, type Scope } from './scopes.ts';
import { mostLooked, select } from './select.ts';
import { matchWords } from './words.ts';

interface Count {
  readonly scope_id: number;
  readonly day: string;
  readonly changes: number;
}
interface Days {
  readonly since: string;
  readonly until: string;
}
interface Counted {
  readonly counts: readonly Count[];
  readonly complete: boolean;
}
const hour = 3_600_000;

/** Changes a day and hook: from the tables that count them, or, of a text or a state, from the newest rows themselves. */
export async function countDays(
  queries: Queries,
  tenantId: number,
  all: readonly Scope[],
  filter: ChangeFilter,
  asked: Days,
): Promise<{ days: DayCount[]; complete: boolean }> {
  const days = { since: realDay(asked.since, 0), until: realDay(asked.until, Date.UTC(9999, 0)) };
  const scopes = scopesNamed(all, filter.hook);
  const { counts, complete } = await countAs(queries, tenantId, scopes, filter, days);
  const byId = Map.groupBy(counts, ({ scope_id }) => scope_id);
  const found = scopes.flatMap(({ id, modcode, hook }) =>
    (byId.get(id) ?? []).map(({ day, changes }) => ({ day, modcode, hook, changes })),
  );
  return { days: found.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)), complete };
}

async function countAs(
  queries: Queries,
  tenantId: number,
  scopes: readonly Scope[],
  filter: ChangeFilter,
  days: Days,
): Promise<Counted> {
  if (scopes.length === 0) return { counts: [], complete: true };
  if (isSearch(filter.text) || filter.state === 'waiting' || filter.state === 'failed')
    return countRows(queries, tenantId, scopes, filter, days);
  const counts = await countAll(queries, scopes, filter.named, days);
  if (filter.state === undefined) return { counts, complete: true };
  // Nearly all are done: the others are quicker to count.
  const open: Counted[] = [];
  for (const state of ['waiting', 'failed'] as const)
    open.push(await countRows(queries, tenantId, scopes, { ...filter, state }, days));
  return {
    complete: open.every(({ complete }) => complete),
    counts: subtract(
      counts,
      open.flatMap((each) => each.counts),
    ),
  };
}

/** From the tables that count them. An event that names the user both ways is one change. */
async function countAll(
  { rows }: Queries,
  scopes: readonly Scope[],
  named: Named | undefined,
  { since, until }: Days,
): Promise<Count[]> {
  const values = [scopes.map(({ id }) => id), since, until];
  if (named === undefined)
    return rows<Count>(
      'SELECT scope_id, day, changes FROM day_counts WHERE scope_id = ANY ($1::int[]) AND day BETWEEN $2 AND $3',
      values,
    );
  const { userid, usercode } = named;
  return rows<Count>(
    `SELECT scope_id, day, sum(changes)::bigint AS changes FROM user_day_counts
     WHERE scope_id = ANY ($1::int[]) AND day BETWEEN $2 AND $3
       AND ((userid <> '' AND userid = $4) OR (usercode <> '' AND usercode = $5)) GROUP BY scope_id, day`,
    [...values, plainText(userid), plainText(usercode)],
  );
}

async function countRows(
  queries: Queries,
  tenantId: number,
  scopes: readonly Scope[],
  filter: ChangeFilter,
  { since, until }: Days,
): Promise<Counted> {
  // Danish days begin one or two hours before those of UTC.
  const timed = { ...filter, since: Date.parse(since) - 2 * hour, until: Date.parse(until) + 24 * hour };
  const { text, state } = filter;
  if (state === undefined && isSearch(text)) {
    const { counts, complete } = await countText(queries, scopes, { ...timed, text });
    return { complete, counts: counts.filter(({ day }) => day >= since && day <= until) };
  }
  const { rows, complete } = await select(queries, tenantId, scopes, timed, { bounds: everything, limit: mostLooked });
  const days = Map.groupBy(
    rows.filter(({ day }) => day >= since && day <= until),
    keyOf,
  );
  const counts = Array.from(days.values(), ([first, ...more]) => first && { ...first, changes: more.length + 1 });
  return { complete, counts: counts.filter((each) => each !== undefined) };
}

async function countText(
  queries: Queries,
  scopes: readonly Scope[],
  filter: ChangeFilter & { readonly text: string },
): Promise<Counted> {
  const match = matchWords(scopes, filter.text, filter.named);
  if (match === undefined) return { counts: [], complete: true };
  const bounds = await keptBounds(queries, scopes, await narrow(queries, scopes, filter, everything));
  const counts: Count[] = [];
  let left = mostLooked;
  if (bounds.from >= bounds.before) return { counts, complete: true };
  for (const place of stretchesOf(bounds)) {
    const found = await queries.rows<Count>(
      `SELECT scope_id, day, count(*) AS changes FROM (SELECT scope_id, day FROM changes
         WHERE words @@ $1::tsquery AND event_id >= $2 AND event_id < $3 ORDER BY event_id DESC LIMIT $4) newest GROUP BY scope_id, day`,
      [match(place), bounds.from, bounds.before, left],
    );
    counts.push(...found);
    left -= found.reduce((sum, { changes }) => sum + changes, 0);
    if (left <= 0) break;
  }
  return { counts: sum(counts), complete: left > 0 };
}

const keyOf = ({ scope_id, day }: Pick<Count, 'scope_id' | 'day'>): string => `${scope_id} ${day}`;

/** One of each scope and day. */
function sum(counts: readonly Count[]): Count[] {
  const groups = Map.groupBy(counts, keyOf);
  return Array.from(groups.values(), (group) => ({
    scope_id: group[0]?.scope_id ?? 0,
    day: group[0]?.day ?? '',
    changes: group.reduce((all, { changes }) => all + changes, 0),
  }));
}

function subtract(counts: readonly Count[], others: readonly Count[]): Count[] {
  const negative = others.map((each) => ({ ...each, changes: -each.changes }));
  const days = new Set(counts.map(keyOf));
  return sum([...counts, ...negative]).filter((each) => days.has(keyOf(each)) && each.changes > 0);
}

/** Anything that is not a day counts as the end of time on its side. */
function realDay(day: string, otherwise: number): string {
  return Number.isNaN(Date.parse(day)) ? danishDay(otherwise) : day;
}
