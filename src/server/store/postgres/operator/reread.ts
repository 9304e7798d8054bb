import type { EventFilter, OperatorStore, Reread, StoredRejection } from '../../ports/operator.ts';
import type { Database, Transaction } from '../database.ts';
import { addRun } from '../inbox/unsorted.ts';
import { plainText } from '../plain-text.ts';
import { selectEvents } from './select-events.ts';

/** Rejected events of one step, and bytes of their bodies, the last event beyond it. */
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
  return {
    async listRejected(filter: EventFilter, { after }) {
      const { from, values, next } = selectEvents(filter);
      // Of those whose bodies together are within the bytes, and the one after them.
      const rows = await database.rows<Row>(
        `SELECT e.id, e.modcode, e.hook, e.content_type, e.content_encoding, e.body FROM (
           SELECT id, coalesce(sum(bytes) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM (
             SELECT e.id, octet_length(e.body) AS bytes ${from} AND e.fields IS NULL AND e.id > $${next} ORDER BY e.id LIMIT ${step.events}
           ) first) s JOIN events e ON e.id = s.id WHERE s.before < ${step.bytes} ORDER BY e.id`,
        [...values, after],
      );
      return rows.map(toRejection);
    },
    settleRejected: (outcomes) =>
      database.writing(async (transaction) => {
        let arrived = 0;
        for (const outcome of outcomes) arrived += await settleOne(transaction, outcome);
        return arrived;
      }, 'events'),
  };
}

function toRejection({ id, modcode, hook, content_type, content_encoding, body }: Row): StoredRejection {
  return {
    id,
    modcode,
    hook,
    contentType: content_type ?? '',
    contentEncoding: content_encoding ?? undefined,
    body: body ?? Buffer.alloc(0),
  };
}

/** A row of its own: sorting and the pages walk upwards by id, and have passed the old one. An event that another process has read is not there. */
async function settleOne(transaction: Transaction, outcome: Reread): Promise<number> {
  if ('fault' in outcome) {
    await transaction.run('UPDATE events SET fault = $1 WHERE id = $2 AND fields IS NULL', [
      plainText(outcome.fault),
      outcome.id,
    ]);
    return 0;
  }
  const arrived = await transaction.row<{ id: number; tenant_id: number }>(
    `WITH old AS (DELETE FROM events WHERE id = $1 AND fields IS NULL RETURNING *)
     INSERT INTO events (tenant_id, modcode, hook, received_at, fields)
     SELECT tenant_id, modcode, hook, received_at, $2 FROM old RETURNING id, tenant_id`,
    [outcome.id, JSON.stringify(outcome.fields)],
  );
  if (arrived === undefined) return 0;
  await addRun(transaction, { tenantId: arrived.tenant_id, first: arrived.id, last: arrived.id });
  return 1;
}
