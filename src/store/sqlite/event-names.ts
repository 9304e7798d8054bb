import { eventName } from '../../domain/event.ts';
import type { Database } from './open-database.ts';

/**
 * From now on events get another mark in their names. At each start of the server, whatever happened before it: a database that was
 * restored, copied or put back by hand gives the ids behind its last event again, and a receiver that had them would throw the new events
 * away as repetitions. An event keeps the name that it had: no mark is ever changed under one.
 */
export function beginEpoch(database: Database): void {
  database
    .prepare(
      `INSERT OR REPLACE INTO epochs
       SELECT coalesce(max(seq), 0) + 1, lower(hex(randomblob(5))) FROM sqlite_sequence WHERE name = 'events'`,
    )
    .run();
}

/** How an event is named outside. Read anew each time, since another process may have begun an epoch. Takes 2 µs. */
export function buildNameOf(database: Database): (id: number) => string {
  const find = database
    .prepare<[number], string>('SELECT mark FROM epochs WHERE first_id <= ? ORDER BY first_id DESC LIMIT 1')
    .pluck();
  return (id) => eventName(id, find.get(id) ?? '');
}
