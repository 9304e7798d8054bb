import { unreadable } from '../../../microbizz/domain/event.ts';
import type { Database } from './open-database.ts';

/** An event's stored text: JSON that we wrote, unless it was damaged on disk or by hand. */
export type StoredText =
  | { readonly text: string; readonly unreadable?: undefined }
  | { readonly text?: undefined; readonly unreadable: string };

/** A fault of a place on the disk, not of the moment: the next read may be good. */
const damage = new Set(['SQLITE_IOERR_READ', 'SQLITE_IOERR_SHORT_READ', 'SQLITE_IOERR_DATA', 'SQLITE_IOERR_CORRUPTFS']);

/**
 * One event at a time: in a statement that reads the texts of many, a damaged one makes all fail. Undefined for a rejected POST,
 * and for an event that is not kept.
 */
export function buildReadText(database: Database): (eventId: number) => StoredText | undefined {
  const find = database.prepare<[number], string | null>('SELECT fields FROM events WHERE id = ?').pluck();
  return (eventId) => {
    try {
      const text = find.get(eventId);
      return text == null ? undefined : { text };
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { unreadable: unreadable(error) };
    }
  };
}

/**
 * Many reads in one transaction: outside of one each of them takes and releases the lock, 16 µs where the read takes 2. A transaction that
 * has met a damaged page cannot be ended well, so then each is read by itself.
 */
export function asReading<A extends unknown[], R>(database: Database, read: (...given: A) => R): (...given: A) => R {
  const transaction = database.transaction(read);
  return (...given) => {
    try {
      return transaction.deferred(...given);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return read(...given);
    }
  };
}

function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error && 'code' in error)) return false;
  const code = String(error.code);
  return code.startsWith('SQLITE_CORRUPT') || damage.has(code);
}
