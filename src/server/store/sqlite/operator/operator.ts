import { readFields } from '../../../../microbizz/domain/event.ts';
import { appHandler, type HandlingState } from '../../ports/inbox.ts';
import type { Counters, EventDetail, EventState, EventSummary, OperatorStore } from '../../ports/operator.ts';
import { headOf, type HeadRow } from '../event-row.ts';
import type { Database } from '../open-database.ts';
import { buildRemoval } from './remove-events.ts';
import { buildReplay } from './replay.ts';
import { buildReread } from './reread.ts';
import { selectEvents } from './select-events.ts';
import { openStates } from '../open-states.ts';
import { firstUnsorted } from '../inbox/unsorted.ts';

interface Row extends HeadRow {
  object_id: string;
  state: EventState;
  attempt: number;
  fault: string | null;
}
interface HandlingRow {
  forward_id: number;
  state: HandlingState;
  attempt: number;
  due_at: number | null;
  fault: string | null;
}
interface Content {
  fields: string | null;
  content_type: string | null;
  content_encoding: string | null;
  body: Buffer | null;
}

export function buildOperator(database: Database): OperatorStore {
  const content = database.prepare<[number], Content>(
    'SELECT fields, content_type, content_encoding, body FROM events WHERE id = ?',
  );
  const handlings = database.prepare<[number, number], HandlingRow>(
    'SELECT forward_id, state, attempt, due_at, fault FROM handlings WHERE event_id = ? AND forward_id <> ? ORDER BY forward_id',
  );
  const counters = database.prepare<[], { tenantId: number; name: string; value: number }>(
    'SELECT tenant_id AS tenantId, name, value FROM counters ORDER BY tenant_id, name',
  );
  // The open ones are few, and each has a row in the partial index.
  const oldest = database
    .prepare<[], number | null>(
      `SELECT received_at FROM events WHERE id = (SELECT min(id) FROM (
         SELECT min(event_id) AS id FROM handlings WHERE state IN ${openStates} UNION ALL SELECT ${firstUnsorted}))`,
    )
    .pluck();
  const lastSeen = database.prepare<[], number | null>('SELECT seen_at FROM clock').pluck();
  const noteSeen = database.prepare('UPDATE clock SET seen_at = ?');
  const replay = buildReplay(database);
  const removal = buildRemoval(database);

  return {
    async listEvents(filter, { limit, before = Number.MAX_SAFE_INTEGER }) {
      const { columns, from, values } = selectEvents(filter);
      const statement = database.prepare<unknown[], Row>(
        `SELECT ${columns} ${from} AND e.id < ? ORDER BY e.id DESC LIMIT ?`,
      );
      return statement.all(...values, before, limit).map(summary);
    },
    async findEvent(id) {
      const { columns, from, values } = selectEvents({ ids: [id] });
      const row = database.prepare<unknown[], Row>(`SELECT ${columns} ${from}`).get(...values);
      const kept = row && content.get(id);
      return kept && detail(row, kept, handlings.all(id, appHandler));
    },
    async countEvents(filter) {
      const { from, values } = selectEvents(filter);
      return (
        database
          .prepare<unknown[], number>(`SELECT count(*) ${from}`)
          .pluck()
          .get(...values) ?? 0
      );
    },
    replay: async (filter, step) => replay(filter, step),
    ...buildReread(database),
    remove: async (filter, step) => removal.remove(filter, step),
    removeHandled: async (before, step) => removal.removeHandled(before, step),
    lastSeen: async () => lastSeen.get() ?? undefined,
    async noteSeen(time) {
      noteSeen.run(time);
    },
    counters: async (): Promise<Counters> => counters.all(),
    oldestUnhandled: async () => oldest.get() ?? undefined,
  };
}

function summary(row: Row): EventSummary {
  return {
    ...headOf(row),
    objectId: row.object_id,
    state: row.state,
    attempt: row.attempt,
    fault: row.fault ?? undefined,
  };
}

function detail(row: Row, kept: Content, forwards: readonly HandlingRow[]): EventDetail {
  return {
    ...summary(row),
    fields: kept.fields === null ? undefined : readFields(kept.fields).fields,
    contentType: kept.content_type ?? undefined,
    contentEncoding: kept.content_encoding ?? undefined,
    body: kept.body?.toString('utf8'),
    forwards: forwards.map((handling) => ({
      forwardId: handling.forward_id,
      state: handling.state,
      attempt: handling.attempt,
      dueAt: handling.due_at ?? undefined,
      fault: handling.fault ?? undefined,
    })),
  };
}
