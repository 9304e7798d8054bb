import type { Database, Queries } from '../../../server/store/postgres/database.ts';
import { movingTable } from '../../../server/store/postgres/half-moved.ts';

/** Of a partitioned table, and so of all its parts. */
const listIndexes = `
  SELECT c.oid::regclass::text AS name, replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') AS sql
  FROM pg_class c JOIN pg_am a ON a.oid = c.relam
  WHERE a.amname = 'gin' AND c.relnamespace = current_schema::regnamespace AND NOT c.relispartition`;

/**
 * Takes the indexes of words away, and notes how to make them: row by row they take more time than all the rest, the more the larger
 * they are, and at once a fraction of it.
 */
export async function dropWordIndexes({ rows, run }: Queries): Promise<void> {
  const indexes = await rows<{ name: string; sql: string }>(listIndexes);
  await run(`UPDATE ${movingTable} SET indexes = $1`, [indexes.map(({ sql }) => sql)]);
  for (const { name } of indexes) await run(`DROP INDEX ${name}`);
}

/** All of them or none; none that is there again. */
export async function makeWordIndexes(target: Database): Promise<void> {
  await target.checking(async ({ row, run }) => {
    const noted = await row<{ indexes: string[] }>(`SELECT indexes FROM ${movingTable}`);
    await run("SET LOCAL maintenance_work_mem = '256MB'");
    for (const sql of noted?.indexes ?? []) await run(sql);
    await run(`UPDATE ${movingTable} SET indexes = '{}'`);
  });
}
