import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { Refusal } from '../../../server/errors.ts';
import { refuseVersion, surveyDatabase, type Survey } from '../../../server/store/sqlite/survey.ts';

export interface Source {
  readonly database: Database;
  readonly survey: Survey;
  /** Another one when anything was written since. */
  readonly fingerprint: string;
}

/**
 * Opens the file for reading, and keeps everybody else out until it is closed: nothing of it can change meanwhile. Refuses one that
 * somebody has open, that was not closed in order, or that has another version.
 */
export function openSource(path: string): Source {
  refuseLog(path);
  const survey = surveyDatabase(path);
  if (survey === undefined) throw new Refusal('not-found', `There is no database ${path}.`);
  const refusal = refuseVersion(survey.version, path, { mayMigrate: false });
  if (refusal !== undefined) throw new Refusal('unavailable', refusal);
  const database = holdAlone(path);
  return { database, survey, fingerprint: fingerprintOf(path, database) };
}

/** What lies in the log is taken over into the file by whoever closes it last: here that would be us. */
function refuseLog(path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new Refusal(
      'unavailable',
      `${path} is in use, or was when its server was killed (${path}-wal is not empty): stop the server; where none runs, start it once and stop it again.`,
    );
}

/**
 * In this mode SQLite takes the lock of the whole file, which it gets only when nobody else has it open; the transaction without any
 * statement takes it. A handle that may only read cannot lock, so this one is made to refuse to write.
 */
function holdAlone(path: string): Database {
  const database = new Sqlite(path, { fileMustExist: true, timeout: 1000 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    database.pragma('query_only = ON');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code)))
      throw new Refusal(
        'unavailable',
        `${path} is in use: first stop the server and every other program that has it open.`,
      );
    throw error;
  }
}

/** Whoever writes changes the time or the size of the file, and every start of a server the mark in the names of events. */
function fingerprintOf(path: string, database: Database): string {
  const { mtimeMs, size } = statSync(path);
  const mark = database.prepare<[], string>('SELECT mark FROM epochs ORDER BY first_id DESC LIMIT 1').pluck().get();
  return `${size} bytes, written ${new Date(mtimeMs).toISOString()}, mark ${mark ?? 'none'}`;
}
