import { closeSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { Refusal } from '../../errors.ts';

/**
 * The whole database in one snapshot, as a file of its own for its owner alone; nothing is overwritten. VACUUM INTO reads in one
 * transaction, so it ends however much is written meanwhile; SQLite's backup in steps begins again at each foreign write
 * (sqlite.org/c3ref/backup_finish.html). A half-written copy never has the name of the file.
 */
export function saveCopy(database: Database, file: string): { bytes: number; version: number } {
  checkRoom(database, dirname(file));
  const part = `${file}.${randomBytes(4).toString('hex')}.part`;
  reserve(file);
  try {
    closeSync(openSync(part, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(part);
    const version = checkCopy(part);
    flush(part);
    renameSync(part, file);
    flush(dirname(file));
    return { bytes: statSync(file).size, version };
  } catch (error) {
    rmSync(part, { force: true });
    rmSync(file);
    throw error;
  }
}

function checkRoom(database: Database, folder: string): void {
  const count = (name: string): number => database.pragma(name, { simple: true }) as number;
  const needed = (count('page_count') - count('freelist_count')) * count('page_size');
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < needed)
    throw new Refusal(
      'unavailable',
      `The copy needs ${megabytes(needed)}, and ${folder} has room for ${megabytes(bavail * bsize)}.`,
    );
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`;
}

function reserve(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Refusal('already-used', `${file} is there already: nothing is overwritten.`);
  }
}

/** Its version. Throws when it is not whole. */
export function checkCopy(file: string): number {
  const copy = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    const said = copy.pragma('integrity_check(1)', { simple: true });
    if (said !== 'ok') throw new Refusal('unavailable', `${file} is damaged: ${String(said)}`);
    return copy.pragma('user_version', { simple: true }) as number;
  } finally {
    copy.close();
  }
}

function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
