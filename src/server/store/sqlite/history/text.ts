import { mainVariable } from '../../../../microbizz/domain/catalogue.ts';
import { readObject } from '../../../../microbizz/domain/read-object.ts';
import { hasTyped, readTyped, readWords } from '../../read-words.ts';
import type { Scope } from './scopes.ts';
import { placeOf } from '../../mark-words.ts';
import { matchWords } from './words.ts';
import type { Database } from '../open-database.ts';
import { buildReadFields } from '../read-fields.ts';

/** Bytes of an event up to which its words are read again; for a larger one the index is asked, which walks through others: up to 4 ms. */
const small = 16 * 1024;
/** Bytes that are read for one list, some 20 ms. */
const mostRead = 1024 * 1024;

export interface FindText {
  isFound(row: { readonly event_id: number; readonly object_id: string }, scope: Scope): boolean;
  /** So much was read that the list ends here. */
  isSpent(): boolean;
}

/** Whether an event has the words of a search, for events that were chosen by something else. */
export function buildFindText(database: Database): (text: string) => FindText {
  const sizeOf = database
    .prepare<[number], number | null>('SELECT octet_length(fields) FROM events WHERE id = ?')
    .pluck();
  const readFields = buildReadFields(database);
  // A range, and a check of the result: with `rowid = ?` FTS5 answered an event that has not the word (SQLite of better-sqlite3 13.2, detail = none).
  const isIndexed = database
    .prepare<[string, number, number], number>(
      'SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid <= ?',
    )
    .pluck();

  return (text) => {
    const typed = readTyped(text);
    let read = 0;
    return {
      isSpent: () => read >= mostRead,
      isFound({ event_id, object_id }, scope) {
        const size = sizeOf.get(event_id) ?? 0;
        read += Math.min(size, small);
        if (size > small) {
          const match = matchWords([scope], text, undefined);
          return match !== undefined && isIndexed.get(match(placeOf(event_id)), event_id, event_id) === event_id;
        }
        const fields = readFields(event_id) ?? {};
        return hasTyped(readWords([object_id, readObject(fields, mainVariable(scope)) ?? fields]), typed);
      },
    };
  };
}
