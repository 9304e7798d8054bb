import { existsSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Refusal } from '../../errors.ts';
import { refuseVersion, surveyDatabase } from './survey.ts';
import { saveCopy } from './save-copy.ts';

/** A copy of the database in one snapshot, beside a running server too; `keys` go into a file of their own, `file` with `.key`. */
export function saveBackup(path: string, file: string, keys: string | undefined): { bytes: number; events: number } {
  const survey = surveyDatabase(path);
  if (survey === undefined) throw new Refusal('not-found', `There is no database ${path}.`);
  const refusal = refuseVersion(survey.version, path, { mayMigrate: false });
  if (refusal !== undefined) throw new Refusal('unavailable', refusal);
  if (keys !== undefined && existsSync(`${file}.key`))
    throw new Refusal('already-used', `${file}.key is there already: nothing is overwritten.`);
  const database = new Database(path, { readonly: true });
  try {
    const { bytes } = saveCopy(database, file);
    if (keys !== undefined) writeFileSync(`${file}.key`, `${keys}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return { bytes, events: countEvents(file) };
  } finally {
    database.close();
  }
}

function countEvents(file: string): number {
  const copy = new Database(file, { readonly: true });
  try {
    return copy.prepare<[], number>('SELECT count(*) FROM events').pluck().get() ?? 0;
  } finally {
    copy.close();
  }
}
