import type { Database } from 'better-sqlite3';
import type { Row } from './columns.ts';
import type { Part } from './tables.ts';

/** The values of a row's key: where it is in its table. */
export type Place = readonly (string | number | null)[];

export function placeOf({ key }: Part, row: Row): Place {
  return key.map((name) => row[name] as string | number | null);
}

/** The rows of a part in the order of its key, one at a time, from behind a place. */
export function* readRows(database: Database, { from, where, key }: Part, after: Place | undefined): Generator<Row> {
  const names = key.join(', ');
  const behind = after === undefined ? '' : `AND (${names}) > (${key.map(() => '?').join(', ')})`;
  const select = database.prepare<(string | number | null)[], Row>(
    `SELECT * FROM ${from} WHERE ${where} ${behind} ORDER BY ${names}`,
  );
  yield* select.iterate(...(after ?? []));
}

export function countRows(database: Database, { from, where }: Part): number {
  return database.prepare<[], number>(`SELECT count(*) FROM ${from} WHERE ${where}`).pluck().get() ?? 0;
}
