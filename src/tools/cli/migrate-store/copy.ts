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
    const insert = insertSql(part);
    const after = part.table === begun.part ? begun.after : undefined;
    for (const { rows, last } of batches(part, readRows(source, part, after), size)) {
      const from = at;
      const to = { part: part.table, after: placeOf(part, last), rows: from.rows + rows.length };
      await target.checking(async (queries) => {
        await advance(queries, from, to);
        const columns = part.columns.map((_, column) => rows.map((row) => row[column]));
        await queries.run(insert, columns);
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

function* batches({ columns }: Part, source: Iterable<Row>, size: BatchSize): Generator<Batch> {
  let rows: Value[][] = [];
  let bytes = 0;
  let last: Row | undefined;
  for (const row of source) {
    const values = columns.map((column) => column.of(row));
    rows.push(values);
    bytes += sizeOf(values);
    last = row;
    if (rows.length < size.rows && bytes < size.bytes) continue;
    yield { rows, last };
    [rows, bytes, last] = [[], 0, undefined];
  }
  if (last !== undefined) yield { rows, last };
}

/** Ids stay what they are, also where the target would give its own. */
function insertSql({ table, columns }: Part): string {
  const names = columns.map(({ name }) => name).join(', ');
  const arrays = columns.map(({ kind }, at) => `$${at + 1}::${kinds[kind].type}[]`).join(', ');
  const stored = columns.map(({ name, kind }) => kinds[kind].stored(name)).join(', ');
  return `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE SELECT ${stored} FROM unnest(${arrays}) AS given (${names})`;
}
