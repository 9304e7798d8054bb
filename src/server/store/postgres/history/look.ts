import { placeOf } from '../../mark-words.ts';
import type { Queries } from '../database.ts';
import { plainText } from '../plain-text.ts';
import { newValues, type Add } from '../values.ts';
import type { Asked, Source } from './candidates.ts';
import { changeColumns, stateOf, type ChangeRow } from './rows.ts';

export interface Looked {
  readonly rows: ChangeRow[];
  readonly looked: number;
  /** False when it ended before it had looked at all. */
  readonly complete: boolean;
  /** The oldest that it looked at. */
  readonly last: number | undefined;
}

/** The tsquery of a stretch of ids. */
export type Match = (place: number) => string;

type Row = (ChangeRow | { event_id: null }) & { looked: number; last: number | null };

/** The rows of a source that match all terms of the filter but the text: of `most` rows. */
export async function look({ rows }: Queries, asked: Asked, source: Source, most: number): Promise<Looked> {
  const { values, add } = newValues();
  const candidates = source(add, asked, most);
  const found = await rows<Row>(lookAt(candidates, termsOf(add, asked), add(asked.limit)), values);
  return toLooked(found, asked, most);
}

/** The same, and the text: asked of each row. Where it lies says in which stretch its words are marked. */
export async function lookForWords(
  { rows }: Queries,
  asked: Asked,
  source: Source,
  { match, most }: { match: Match; most: number },
): Promise<Looked> {
  const first = newValues();
  const ids = (await rows<{ event_id: number }>(source(first.add, asked, most), first.values)).map(
    (row) => row.event_id,
  );
  const places = [...new Set(ids.map(placeOf))];
  const { values, add } = newValues();
  const candidates = `SELECT * FROM unnest(${add(ids)}::bigint[], ${add(ids.map((id) => places.indexOf(placeOf(id)) + 1))}::int[])
    AS k (event_id, place)`;
  const terms = `${termsOf(add, asked)} AND c.words @@ (${add(places.map(match))}::tsquery[])[k.place]`;
  return toLooked(await rows<Row>(lookAt(candidates, terms, add(asked.limit)), values), asked, most);
}

function lookAt(candidates: string, terms: string, limit: string): string {
  return `WITH candidates AS MATERIALIZED (${candidates}),
      chosen AS (SELECT ${changeColumns} FROM candidates k JOIN changes c ON c.event_id = k.event_id
        WHERE ${terms} ORDER BY c.event_id DESC LIMIT ${limit})
    SELECT s.looked, s.last, chosen.* FROM (SELECT count(*) AS looked, min(event_id) AS last FROM candidates) s
    LEFT JOIN chosen ON true ORDER BY chosen.event_id DESC`;
}

function termsOf(add: Add, { tenantId, scopes, filter }: Asked): string {
  const { since, until, named, state } = filter;
  const terms = [`c.scope_id = ANY (${add(scopes.map(({ id }) => id))}::int[])`];
  if (since !== undefined) terms.push(`c.received_at >= ${add(since)}`);
  if (until !== undefined) terms.push(`c.received_at < ${add(until)}`);
  if (named !== undefined) {
    const names = [named.userid, named.usercode].map((name) => add(plainText(name)));
    const [userid = '', usercode = ''] = names;
    terms.push(`((c.userid <> '' AND c.userid = ${userid}) OR (c.usercode <> '' AND c.usercode = ${usercode}))`);
  }
  if (state !== undefined) terms.push(`${stateOf(add(tenantId))} = ${add(state)}`);
  return terms.join(' AND ');
}

function toLooked(found: readonly Row[], { limit }: Asked, most: number): Looked {
  const rows = found.filter((row): row is ChangeRow & { looked: number; last: number | null } => row.event_id !== null);
  const { looked = 0, last } = found[0] ?? {};
  return { rows, looked, last: last ?? undefined, complete: looked < most && rows.length < limit };
}
