import { statfsSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../../server/config.ts';
import type { Places } from '../../server/places.js';
import { checkIntegrity } from '../../server/store/sqlite/check-integrity.ts';
import { megabytes } from '../../server/store/sqlite/save-copy.ts';
import type { Finding } from './finding.ts';

const mega = 1024 * 1024;

/** Whether the database is whole, how large its files are, and who may read them. */
export function* examineFiles({ APP_KEY }: Config, places: Places, full: boolean): Generator<Finding> {
  yield examineIntegrity(places.database, full);
  const log = statOf(`${places.database}-wal`)?.size ?? 0;
  const size = statOf(places.database)?.size ?? 0;
  const { bavail, bsize } = statfsSync(dirname(places.database));
  const room = bavail * bsize;
  yield {
    state: 'good',
    says: `The database takes ${megabytes(size)}, its write-ahead log ${megabytes(log)}; ${megabytes(room)} are free.`,
  };
  if (log > 100 * mega)
    yield {
      state: 'wrong',
      says: `The write-ahead log has grown to ${megabytes(log)}.`,
      cure: 'Another program has been reading the database for a long time: end it. Then the log shrinks within a minute, while the server runs.',
    };
  if (room < Math.max(200 * mega, size / 20))
    yield {
      state: 'wrong',
      says: `Only ${megabytes(room)} are free beside the database.`,
      cure: 'Make room: without it events are refused. RETENTION_DAYS says how long they are kept.',
    };
  yield* examineModes(places, APP_KEY === undefined);
}

function examineIntegrity(database: string, full: boolean): Finding {
  const { fault, whole } = checkIntegrity(database, full);
  if (fault !== undefined)
    return {
      state: 'wrong',
      says: `The database is damaged: ${fault}`,
      cure: 'Stop the server, keep a copy of all of its files, and restore a backup ("restore FILE"; docs/operate.md).',
    };
  const says = whole
    ? 'The database is whole.'
    : 'The tables that the server needs are whole; "doctor --full" checks the whole database.';
  return { state: 'good', says };
}

function* examineModes({ database, key }: Places, hasKeyFile: boolean): Generator<Finding> {
  const files = [database, `${database}-wal`, `${database}-shm`, ...(hasKeyFile ? [key] : [])];
  for (const file of files)
    if (((statOf(file)?.mode ?? 0) & 0o077) !== 0)
      yield { state: 'wrong', says: `Others on this machine may read ${file}.`, cure: `chmod 600 ${file}` };
  const folder = dirname(database);
  const mode = statOf(folder)?.mode ?? 0;
  if ((mode & 0o022) !== 0)
    yield {
      state: 'wrong',
      says: `Others on this machine may write in ${folder}, and put another database or key there.`,
      cure: `chmod 700 ${folder}`,
    };
  else if ((mode & 0o055) !== 0)
    yield { state: 'note', says: `Others on this machine may look into ${folder}.`, cure: `chmod 700 ${folder}` };
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
