import type { Fields } from '../../domain/event.ts';
import type { Database } from './open-database.ts';

/** The fields of an event; undefined when it is not kept, and for a rejected POST, which has none. */
export function buildReadFields(database: Database): (eventId: number) => Fields | undefined {
  const find = database.prepare<[number], string | null>('SELECT fields FROM events WHERE id = ?').pluck();
  return (eventId) => {
    const fields = find.get(eventId);
    return fields == null ? undefined : (JSON.parse(fields) as Fields);
  };
}
