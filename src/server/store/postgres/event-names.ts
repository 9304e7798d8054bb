import { randomBytes } from 'node:crypto';
import { eventName } from '../../../microbizz/domain/event.ts';
import type { Database } from './database.ts';

/** SQL: the mark in an event's name. */
export const markOf = (eventId: string): string =>
  `coalesce((SELECT mark FROM epochs WHERE first_id <= ${eventId} ORDER BY first_id DESC LIMIT 1), '')`;

/**
 * From now on events get another mark in their names. At each start of the server, whatever happened before it: a database that was
 * restored, or whose standby took over, gives the ids behind its last event again, and a receiver that had them would throw the new
 * events away as repetitions. Under the lock, so that no event has the name already: no mark is ever changed under one.
 */
export async function beginEpoch(database: Database): Promise<void> {
  await database.writing(async ({ run }) => {
    await run(
      `INSERT INTO epochs SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END, $1 FROM event_ids
       ON CONFLICT (first_id) DO UPDATE SET mark = excluded.mark`,
      [randomBytes(5).toString('hex')],
    );
  }, 'events');
}

/** How an event is named outside. */
export async function nameOf({ row }: Database, eventId: number): Promise<string> {
  const found = await row<{ mark: string }>(`SELECT ${markOf('$1')} AS mark`, [eventId]);
  return eventName(eventId, found?.mark ?? '');
}
