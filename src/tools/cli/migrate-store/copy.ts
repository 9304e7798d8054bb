import type { Database as Sqlite } from 'better-sqlite3';
import type { Database } from '../../../server/store/postgres/database.ts';
import { kinds, sizeOf, type Row, type Value } from './columns.ts';
import { placeOf, readRows } from './read-source.ts';
import { parts, type Part } from './tables.ts';
import { advance, type Progress } from './target.ts';

/** What one transaction takes at most; of bytes, the last row beyond it. */
export interface BatchSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Bytes of a row that goes alone: as parameters of its own it is sent as it is, and in an array written out again, in ten times the time. */
const large = 64 * 1024;

/**
 * Copies what is not there yet, batch by batch: each is one transaction, which also notes how far it is. Whatever interrupts it, it goes on
 * from there. `tell` is awaited after each.
 */
export async function copyAll(
  { source, target, size }: { source: Sqlite; target: Database; size: BatchSize },
  begun: Progress,
  tell: (done: Progress) => Promise<void>,
): Promise<void> {
  let at = begun;
  const first = parts.findIndex(({ table }) => table === begun.part);
  for (const part of parts.slice(Math.max(0, first))) {
    const [one, many] = [insertOne(part), insertMany(part)];
    const after = part.table === begun.part ? begun.after : undefined;
    for (const { rows, last } of batches(part, readRows(source, part, after), size)) {
      const from = at;
      const to = { part: part.table, after: placeOf(part, last), rows: from.rows + rows.length };
      await target.checking(async (queries) => {
        await advance(queries, from, to);
        if (rows.length === 1) await queries.run(one, rows[0]);
        else
          await queries.run(
            many,
            part.columns.map((_, column) => rows.map((row) => row[column])),
          );
      });
      at = to;
      await tell(at);
    }
  }
}

interface Batch {
  readonly rows: readonly (readonly Value[])[];
  readonly last: Row;
}

function* batches({ columns }: Part, source: Iterable<Row>, most: BatchSize): Generator<Batch> {
  let [rows, bytes, last]: [Value[][], number, Row | undefined] = [[], 0, undefined];
  for (const row of source) {
    const values = columns.map((column) => column.of(row));
    const size = sizeOf(values);
    const isFull = rows.length >= most.rows || bytes >= most.bytes || (rows.length === 1 && bytes >= large);
    if (last !== undefined && (isFull || size >= large)) {
      yield { rows, last };
      [rows, bytes] = [[], 0];
    }
    rows.push(values);
    bytes += size;
    last = row;
  }
  if (last !== undefined) yield { rows, last };
}

const insertOne = (part: Part): string =>
  insertFrom(
    part,
    `(SELECT ${part.columns.map(({ name, kind }, at) => `$${at + 1}::${kinds[kind].type} AS ${name}`).join(', ')})`,
  );
const insertMany = (part: Part): string =>
  insertFrom(part, `unnest(${part.columns.map(({ kind }, at) => `$${at + 1}::${kinds[kind].type}[]`).join(', ')})`);

/** Ids stay what they are, also where the target would give its own. */
function insertFrom({ table, columns }: Part, given: string): string {
  const names = columns.map(({ name }) => name).join(', ');
  const stored = columns.map(({ name, kind }) => kinds[kind].stored(name)).join(', ');
  return `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE SELECT ${stored} FROM ${given} AS given (${names})`;
}
