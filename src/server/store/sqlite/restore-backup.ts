import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Refusal } from '../../errors.ts';
import { messageOf } from '../../../microbizz/domain/message-of.ts';
import { beginEpoch } from './event-names.ts';
import { migrations } from './migrations.ts';
import { saveCopy } from './save-copy.ts';
import { refuseVersion, surveyDatabase } from './survey.ts';

/**
 * Puts a backup in the database's place. The database that was there stays beside it, under the name that is answered; no write-ahead log
 * of it survives, because SQLite would replay it into the restored file. A refusal has changed nothing.
 */
export function restoreBackup(path: string, file: string, now: number): { aside: string | undefined } {
  const version = examineBackup(file);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.restoring`;
  rmSync(draft, { force: true });
  copyBackup(file, draft);
  try {
    if (version === migrations.length) renewNames(draft);
    return { aside: replace(path, draft, `${path}.before-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`) };
  } finally {
    rmSync(draft, { force: true });
  }
}

function examineBackup(file: string): number {
  const survey = surveyDatabase(file);
  if (survey === undefined) throw new Refusal('not-found', `There is no backup ${file}.`);
  if (survey.version === 0) throw new Refusal('bad-request', `${file} is no backup of this server’s database.`);
  const refusal = refuseVersion(survey.version, file, { mayMigrate: true });
  if (refusal !== undefined) throw new Refusal('unavailable', refusal);
  return survey.version;
}

/** Through SQLite, and checked: the backup's own write-ahead log beside it belongs to it. */
function copyBackup(file: string, draft: string): void {
  const backup = new Sqlite(file, { readonly: true });
  try {
    saveCopy(backup, draft);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('unavailable', `${file} cannot be read as a whole: ${messageOf(error)}.`, { cause: error });
  } finally {
    backup.close();
  }
}

/** The server does so at its start too; a command before that may add events. */
function renewNames(draft: string): void {
  const database = new Sqlite(draft);
  beginEpoch(database);
  database.close();
}

function replace(path: string, draft: string, aside: string): string | undefined {
  if (!existsSync(path)) {
    moveLogs(path, aside);
    renameSync(draft, path);
    return undefined;
  }
  const held = holdAlone(path);
  try {
    moveLogs(path, aside);
    linkSync(path, aside);
    // In one step: whenever this is interrupted, the old or the restored database is in its place.
    renameSync(draft, path);
    return aside;
  } finally {
    held?.close();
  }
}

function moveLogs(path: string, aside: string): void {
  for (const end of ['-wal', '-shm', '-journal']) if (existsSync(path + end)) renameSync(path + end, aside + end);
}

/**
 * SQLite leaves WAL mode only for a connection that is alone, so this finds every other program that has the database open, and copies the
 * log into the file. Undefined for a file that is not a database any more: restores are for such files.
 */
function holdAlone(path: string): Sqlite.Database | undefined {
  const database = new Sqlite(path, { timeout: 1000 });
  try {
    const mode: unknown = database.pragma('journal_mode = DELETE', { simple: true });
    if (mode !== 'delete') throw inUse(path);
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Refusal) throw error;
    if (error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code)))
      throw inUse(path);
    return undefined;
  }
}

function inUse(path: string): Refusal {
  return new Refusal(
    'unavailable',
    `${path} is in use: first stop the server and every other program that has it open.`,
  );
}
