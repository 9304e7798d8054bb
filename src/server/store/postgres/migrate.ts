import { Refusal } from '../../errors.ts';
import type { Database } from './database.ts';
import { take } from './locks.ts';
import { migrations } from './migrations.ts';

/**
 * All missing steps and their number in one transaction. Of two that start together one does it, and the other waits and finds it done:
 * both may take longer than any other statement, so `database` is one without limits (open-pools.ts).
 */
export async function migrate(database: Database): Promise<void> {
  // Looked at first: nearly every start finds nothing to do, and needs no lock.
  if ((await versionOf(database)) === migrations.length) return;
  await database.writing(async (transaction) => {
    // Before the lock: waiting for another's step may take as long as the step.
    await transaction.run('SET LOCAL statement_timeout = 0');
    await transaction.run(`SELECT ${take('migrations')}`);
    const version = await versionOf(transaction);
    if (version > migrations.length) throw new Refusal('unavailable', newer(version));
    for (const sql of migrations.slice(version)) await transaction.run(sql);
    await transaction.run('UPDATE schema_version SET version = $1', [migrations.length]);
  });
}

/** For a program that only uses existing tables. */
export async function checkVersion(database: Database): Promise<void> {
  const version = await versionOf(database);
  if (version > migrations.length) throw new Refusal('unavailable', newer(version));
  if (version < migrations.length)
    throw new Refusal(
      'unavailable',
      `The database is version ${version}, this program needs version ${migrations.length}: start the server first, which brings it up to date.`,
    );
}

function newer(version: number): string {
  return `The database is newer (version ${version}) than this program (version ${migrations.length}). Use the newer program, or restore an older backup.`;
}

/** 0 where there are no tables yet. */
async function versionOf(queries: Pick<Database, 'row'>): Promise<number> {
  const there = await queries.row<{ found: string | null }>("SELECT to_regclass('schema_version')::text AS found");
  if (there?.found == null) return 0;
  return (await queries.row<{ version: number }>('SELECT version FROM schema_version'))?.version ?? 0;
}
