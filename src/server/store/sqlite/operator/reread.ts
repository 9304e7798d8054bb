import type { EventFilter, OperatorStore, Reread, StoredRejection } from '../../ports/operator.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { factColumns } from '../event-row.ts';
import { selectEvents } from './select-events.ts';
import { buildUnsortedRuns } from '../inbox/unsorted.ts';

/** Rejected events of one step, and bytes of their bodies, the last event beyond it: some 10 ms to note. */
const step = { events: 100, bytes: 2 ** 20 };

interface Row {
  id: number;
  modcode: string;
  hook: string;
  content_type: string | null;
  content_encoding: string | null;
  body: Buffer | null;
}

/** Rejected events, and their result when they are read once more. */
export function buildReread(database: Database): Pick<OperatorStore, 'listRejected' | 'settleRejected'> {
  const runs = buildUnsortedRuns(database);
  // A new row: sorting and the pages walk upwards by id, and have passed the old one. An event that another process has read is not there.
  const arrive = database.prepare<[string, number], { id: number; tenant_id: number }>(
    `INSERT INTO events (tenant_id, ${factColumns}, fields)
     SELECT tenant_id, ${factColumns}, ? FROM events WHERE id = ? AND fields IS NULL RETURNING id, tenant_id`,
  );
  const remove = database.prepare('DELETE FROM events WHERE id = ?');
  const note = database.prepare('UPDATE events SET fault = ? WHERE id = ? AND fields IS NULL');

  function settleOne(outcome: Reread): boolean {
    if ('fault' in outcome) {
      note.run(outcome.fault, outcome.id);
      return false;
    }
    const arrived = arrive.get(JSON.stringify(outcome.fields), outcome.id);
    if (arrived === undefined) return false;
    runs.add(arrived.tenant_id, arrived.id, arrived.id);
    remove.run(outcome.id);
    return true;
  }
  const settle = asTransaction(database, (outcomes: readonly Reread[]) => outcomes.filter(settleOne).length);

  return {
    async listRejected(filter: EventFilter, { after }) {
      const { from, values } = selectEvents(filter);
      const select = database.prepare<unknown[], Row>(
        `SELECT e.id, e.modcode, e.hook, e.content_type, e.content_encoding, e.body ${from}
         AND e.fields IS NULL AND e.id > ? ORDER BY e.id LIMIT ${step.events}`,
      );
      const found: StoredRejection[] = [];
      let bytes = 0;
      for (const row of select.iterate(...values, after)) {
        const body = row.body ?? Buffer.alloc(0);
        found.push({
          id: row.id,
          modcode: row.modcode,
          hook: row.hook,
          contentType: row.content_type ?? '',
          contentEncoding: row.content_encoding ?? undefined,
          body,
        });
        bytes += body.length;
        if (bytes >= step.bytes) break;
      }
      return found;
    },
    settleRejected: async (outcomes) => settle(outcomes),
  };
}
