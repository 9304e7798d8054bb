import { checkKey } from '../../../server/open-on-postgres.ts';
import { Refusal } from '../../../server/errors.ts';
import type { Keyring } from '../../../server/keys/keyring.ts';
import type { Database, Queries } from '../../../server/store/postgres/database.ts';
import { movingTable } from '../../../server/store/postgres/half-moved.ts';
import { migrate } from '../../../server/store/postgres/migrate.ts';
import { buildKeyCheck } from '../../../server/store/postgres/open-postgres-store.ts';
import type { Place } from './read-source.ts';
import { parts } from './tables.ts';
import { dropWordIndexes } from './word-indexes.ts';

/** Up to where everything is in the target; before the first row: of no part. */
export interface Progress {
  readonly part: string;
  readonly after: Place | undefined;
  readonly rows: number;
}

/** What has its one row as soon as there are tables: that of the source takes its place. */
const ofOneRow = new Set(['describing', 'clock']);

/**
 * Makes the tables where they are not, and answers how far the move is. Refuses a database that holds something else, that was begun
 * from another source, or with another key.
 */
export async function beginTarget(
  target: Database,
  { fingerprint, keyring, name }: { fingerprint: string; keyring: Keyring; name: string },
): Promise<Progress> {
  await refuseForeign(target, name);
  await migrate(target);
  const found = await target.writing(async (queries) => {
    await queries.run(
      `CREATE TABLE IF NOT EXISTS ${movingTable} (source text NOT NULL, part text NOT NULL, after text, rows bigint NOT NULL,
        indexes text[] NOT NULL DEFAULT '{}')`,
    );
    const moving = await queries.row<{ source: string; part: string; after: string | null; rows: string }>(
      `SELECT * FROM ${movingTable}`,
    );
    if (moving === undefined) await beginEmpty(queries, fingerprint, name);
    return moving;
  }, 'migrations');
  if (found !== undefined && found.source !== fingerprint)
    throw new Refusal(
      'unavailable',
      `The source is not the one that the move to ${name} was begun with (${found.source}; now ${fingerprint}). Empty ${name}, and begin again.`,
    );
  await checkKey(keyring, buildKeyCheck(target), { database: name, mayWrite: true });
  return {
    part: found?.part ?? '',
    after: found?.after == null ? undefined : (JSON.parse(found.after) as Place),
    rows: Number(found?.rows ?? 0),
  };
}

/** A database with tables, none of which are ours. */
async function refuseForeign({ row }: Queries, name: string): Promise<void> {
  const found = await row<{ table: string | null }>(
    `SELECT min(relname) AS table FROM pg_class WHERE relnamespace = current_schema::regnamespace AND relkind IN ('r', 'p')
     AND to_regclass('schema_version') IS NULL`,
  );
  if (found?.table != null) throw holdsMore(name, found.table);
}

async function beginEmpty(queries: Queries, fingerprint: string, name: string): Promise<void> {
  const { row, run } = queries;
  for (const { table } of parts.filter((part) => !ofOneRow.has(part.table)))
    if ((await row(`SELECT 1 FROM ${table} LIMIT 1`)) !== undefined) throw holdsMore(name, table);
  for (const table of ofOneRow) await run(`DELETE FROM ${table}`);
  await run(`INSERT INTO ${movingTable} VALUES ($1, '', NULL, 0)`, [fingerprint]);
  await dropWordIndexes(queries);
}

function holdsMore(name: string, table: string): Refusal {
  return new Refusal(
    'already-used',
    `${name} holds something already, in its table ${table}: name a database that is empty, and that no server was started with.`,
  );
}

/** Within the transaction that stores what is between the two. */
export async function advance({ run }: Queries, from: Progress, to: Progress): Promise<void> {
  const textOf = ({ after }: Progress): string | null => (after === undefined ? null : JSON.stringify(after));
  const moved = await run(
    `UPDATE ${movingTable} SET part = $1, after = $2, rows = $3 WHERE part = $4 AND after IS NOT DISTINCT FROM $5`,
    [to.part, textOf(to), to.rows, from.part, textOf(from)],
  );
  if (moved === 0) throw new Refusal('unavailable', 'Another "migrate-store" moves the same: let it come to its end.');
}

/** From now on a server may be started with it. */
export async function endTarget(target: Database): Promise<void> {
  await target.run(`DROP TABLE ${movingTable}`);
}
