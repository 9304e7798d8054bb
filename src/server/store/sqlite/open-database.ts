import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Refusal } from '../../errors.ts';
import { keepPlans } from './keep-plans.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import { refuseVersion } from './survey.ts';

export type { Database } from 'better-sqlite3';

/** The write-ahead log's size, in pages of 4 KiB, at which it is copied into the file; and to which it is cut afterwards. */
export const logPages = 4000;
export const logLimit = logPages * 4096;

/** Opens the file as the server does: makes it and its folder, keeps it to its owner, and brings its tables up to date. */
export function openDatabase(path: string, options: MigrateOptions = {}): Database.Database {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Events lie in it in clear: nobody but the server's user reads it. SQLite gives its -wal and -shm the same mode.
    closeSync(openSync(path, 'a', 0o600));
    for (const name of [path, `${path}-wal`, `${path}-shm`]) makePrivate(name, 0o600);
  }
  return prepare(new Database(path), (database) => {
    migrate(database, path, options);
  });
}

/** Opens the file beside the server: never makes it, and changes no table. */
export function openBeside(path: string): Database.Database {
  return prepare(new Database(path, { fileMustExist: true }), (database) => {
    const version = database.pragma('user_version', { simple: true }) as number;
    const refusal = refuseVersion(version, path, { mayMigrate: false });
    if (refusal !== undefined) throw new Refusal('unavailable', refusal);
  });
}

function prepare(database: Database.Database, bringUp: (database: Database.Database) => void): Database.Database {
  try {
    database.pragma('journal_mode = WAL');
    // On every open, and after WAL: better-sqlite3 is compiled to fall back to NORMAL on WAL files, which loses commits with the power.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // 16 MiB instead of 4: pages that are written again and again meanwhile go to the file once.
    database.pragma(`wal_autocheckpoint = ${logPages}`);
    // A reader that takes minutes makes it grow; afterwards it is cut again.
    database.pragma(`journal_size_limit = ${logLimit}`);
    keepPlans(database);
    bringUp(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A file that was put back from elsewhere may be open to others. One that is not ours stays as it is: doctor reports it. */
export function makePrivate(path: string, mode: number): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
  } catch {
    // Not there, or another user's.
  }
}

/** One transaction, begun IMMEDIATE: it waits for the write lock at its start instead of failing in its middle. */
export function asTransaction<A extends unknown[], R>(
  database: Database.Database,
  act: (...given: A) => R,
): (...given: A) => R {
  const transaction = database.transaction(act);
  return (...given) => transaction.immediate(...given);
}
