import { statSync } from 'node:fs';
import { logLimit, type Database } from './open-database.ts';

/**
 * SQLite cuts the write-ahead log to its limit at the next write after all of it was copied into the file. If no write comes, it keeps the
 * size that a long reader let it grow to (sqlite.org/wal.html, "Avoiding Excessively Large WAL Files"): this cuts it then, unless the reader
 * goes on.
 */
export function buildTidyLog(database: Database): () => void {
  const file = `${database.name}-wal`;
  return () => {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > logLimit) database.pragma('wal_checkpoint(TRUNCATE)');
  };
}
