import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { migrations } from './migrations.ts';

export type { Database } from 'better-sqlite3';

/** Opens the file, makes its folder, and brings its tables up to date. */
export function openDatabase(path: string): Database.Database {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true });
    // Events lie in it in clear: nobody but the server's user reads it. SQLite gives its -wal and -shm the same mode.
    closeSync(openSync(path, 'a', 0o600));
  }
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    // On every open, and after WAL: better-sqlite3 is compiled to fall back to NORMAL on WAL files, which loses commits with the power.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // 16 MiB instead of 4: pages that are written again and again meanwhile go to the file once.
    database.pragma('wal_autocheckpoint = 4000');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Each step and its number are one transaction, taken IMMEDIATE: of two processes that start together, one does it. */
function migrate(database: Database.Database): void {
  const step = database.transaction((): boolean => {
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version > migrations.length) {
      throw new Error(
        `The database is newer (version ${version}) than this program (${migrations.length}). Start the newer program, or restore an older backup.`,
      );
    }
    const sql = migrations[version];
    if (sql === undefined) return false;
    database.exec(sql);
    database.pragma(`user_version = ${version + 1}`);
    return true;
  });
  while (step.immediate());
}

/** One transaction, taken IMMEDIATE: it waits for the write lock at its start instead of failing in its middle. */
export function asTransaction<A extends unknown[], R>(
  database: Database.Database,
  act: (...given: A) => R,
): (...given: A) => R {
  const transaction = database.transaction(act);
  return (...given) => transaction.immediate(...given);
}
