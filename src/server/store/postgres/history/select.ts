import { isSearch, stretchesOf } from '../../mark-words.ts';
import type { ChangeFilter } from '../../ports/history.ts';
import type { Queries } from '../database.ts';
import { plainText } from '../plain-text.ts';
import { keptBounds, narrow, type Bounds } from './bounds.ts';
import { allOfScopes, failed, ofUser, waiting, withWords, type Asked } from './candidates.ts';
import { look, lookForWords, type Looked, type Match } from './look.ts';
import type { ChangeRow } from './rows.ts';
import { scopesNamed, type Scope } from './scopes.ts';
import { matchWords } from './words.ts';

/** Rows that do not match and are looked at all the same. */
export const mostLooked = 10_000;
/** So few with a state are each looked at, before anything else is asked. */
const few = 1000;
/** Of a search, the newest changes are looked at one by one first: a common word is found there, and an index would answer all that have it. */
const newest = [200, 1000];

export type Selected = Omit<Looked, 'looked'>;
const nothing: Selected = { rows: [], complete: true, last: undefined };

/** The rows that a filter matches, newest first: the answers of the narrowest index, checked. */
export async function select(
  queries: Queries,
  tenantId: number,
  all: readonly Scope[],
  filter: ChangeFilter,
  { bounds, limit }: { bounds: Bounds; limit: number },
): Promise<Selected> {
  const scopes = scopesNamed(all, filter.hook);
  const match = isSearch(filter.text) ? matchWords(scopes, filter.text, filter.named) : undefined;
  if (scopes.length === 0 || (isSearch(filter.text) && match === undefined)) return nothing;
  const asked = { tenantId, scopes, filter, limit, bounds: await narrow(queries, scopes, filter, bounds) };
  if (asked.bounds.from >= asked.bounds.before) return nothing;
  const { named, state } = filter;
  const isPlain = state === undefined && filter.since === undefined && filter.until === undefined;
  const most = isPlain ? limit : limit + mostLooked;
  if (state === 'waiting' || state === 'failed') {
    const source = state === 'waiting' ? waiting : failed;
    if (match === undefined && named === undefined) return look(queries, asked, source, most);
    const rare =
      match === undefined
        ? await look(queries, asked, source, few + 1)
        : await lookForWords(queries, asked, source, { match, most: few + 1 });
    if (rare.looked <= few) return rare;
  }
  if (match !== undefined) return search(queries, asked, match);
  if (named === undefined) return look(queries, asked, allOfScopes, most);
  const user = { userid: plainText(named.userid), usercode: plainText(named.usercode) };
  return look(queries, asked, ofUser(user), most);
}

/** The newest first, one by one; then the answers of the index of words, stretch by stretch. */
async function search(queries: Queries, asked: Asked, match: Match): Promise<Selected> {
  const rows: ChangeRow[] = [];
  let last: number | undefined = asked.bounds.before;
  for (const most of newest) {
    const left = { ...asked, bounds: { ...asked.bounds, before: last ?? 0 }, limit: asked.limit - rows.length };
    const found = await lookForWords(queries, left, allOfScopes, { match, most });
    rows.push(...found.rows);
    if (found.complete || rows.length >= asked.limit) return { rows, complete: found.complete, last: found.last };
    last = found.last;
  }
  const bounds = await keptBounds(queries, asked.scopes, { ...asked.bounds, before: last ?? 0 });
  let missed = 0;
  if (bounds.from >= bounds.before) return { rows, complete: true, last };
  for (const place of stretchesOf(bounds)) {
    const limit = asked.limit - rows.length;
    const most = limit + mostLooked - missed;
    const found = await look(queries, { ...asked, bounds, limit }, withWords(match(place)), most);
    rows.push(...found.rows);
    if (!found.complete) return { rows, complete: false, last: found.last };
    missed += found.looked - found.rows.length;
  }
  return { rows, complete: true, last };
}
