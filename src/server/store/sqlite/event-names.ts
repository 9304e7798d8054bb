import { eventName } from '../../../microbizz/domain/event.ts';
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

interface Epoch {
  first: number;
  last: number;
  mark: string;
}

/**
 * An event's name outside. Another process may have begun an epoch meanwhile, but only behind the last event that there was: up to
 * that one, the epochs that were read stay true.
 */
export function buildNameOf(database: Database): (id: number) => string {
  const find = database.prepare<[number], Epoch>(
    `SELECT e.first_id AS first, e.mark, min(ifnull((SELECT min(n.first_id) - 1 FROM epochs n WHERE n.first_id > e.first_id), s.seq), s.seq) AS last
     FROM epochs e, sqlite_sequence s WHERE s.name = 'events' AND e.first_id <= ? ORDER BY e.first_id DESC LIMIT 1`,
  );
  let known: Epoch | undefined;
  return (id) => {
    if (known === undefined || id < known.first || id > known.last) known = find.get(id);
    return eventName(id, known?.mark ?? '');
  };
}
