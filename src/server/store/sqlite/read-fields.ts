import { readFields, type Fields } from '../../../microbizz/domain/event.ts';
import type { Database } from './open-database.ts';
import { buildReadText } from './read-text.ts';

/** The fields of an event; undefined when it is not kept, when it cannot be read, and for a rejected POST, which has none. */
export function buildReadFields(database: Database): (eventId: number) => Fields | undefined {
  const readText = buildReadText(database);
  return (eventId) => {
    const { text } = readText(eventId) ?? {};
    return text === undefined ? undefined : readFields(text).fields;
  };
}
