import { readFields } from '../../../../microbizz/domain/event.ts';
import { headOf, type HeadRow } from '../event-row.ts';
import { appHandler, type HandlingState } from '../../ports/inbox.ts';
import type { EventDetail, EventState, EventSummary, OperatorStore } from '../../ports/operator.ts';
import type { Database, Queries } from '../database.ts';
import { firstUnsorted } from '../inbox/unsorted.ts';
import { remove, removeHandled } from './remove-events.ts';
import { replay } from './replay.ts';
import { buildReread } from './reread.ts';
import { selectEvents } from './select-events.ts';

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

/** One look-up for each tenant that has any open. */
const firstOpen = `(WITH RECURSIVE busy (tenant_id, event_id) AS (
    (SELECT tenant_id, event_id FROM work ORDER BY tenant_id, event_id LIMIT 1) UNION ALL
    SELECT n.tenant_id, n.event_id FROM busy b, LATERAL (
      SELECT tenant_id, event_id FROM work w WHERE w.tenant_id > b.tenant_id ORDER BY tenant_id, event_id LIMIT 1) n)
  SELECT min(event_id) FROM busy)`;

export function buildOperator(database: Database): OperatorStore {
  const { row, rows } = database;
  return {
    async listEvents(filter, { limit, before = Number.MAX_SAFE_INTEGER }) {
      const { columns, from, values, next } = selectEvents(filter);
      const found = await rows<Row>(
        `SELECT ${columns} ${from} AND e.id < $${next} ORDER BY e.id DESC LIMIT $${next + 1}`,
        [...values, before, limit],
      );
      return found.map(summary);
    },
    findEvent: (id) => database.reading((queries) => findEvent(queries, id)),
    async countEvents(filter) {
      const { from, values } = selectEvents(filter);
      return (await row<{ n: number }>(`SELECT count(*) AS n ${from}`, values))?.n ?? 0;
    },
    replay: (filter, { after }) => database.stepping((transaction) => replay(transaction, filter, after)),
    ...buildReread(database),
    remove: (filter, { after }) => database.stepping((transaction) => remove(transaction, filter, after), 'changes'),
    removeHandled: (before, step) =>
      database.stepping((transaction) => removeHandled(transaction, before, step), 'changes'),
    async lastSeen() {
      return (await row<{ seen_at: number | null }>('SELECT seen_at FROM clock'))?.seen_at ?? undefined;
    },
    async noteSeen(time) {
      await database.run('UPDATE clock SET seen_at = $1', [time]);
    },
    counters: () =>
      rows<{ tenantId: number; name: string; value: number }>(
        'SELECT tenant_id AS "tenantId", name, value FROM counters ORDER BY tenant_id, name COLLATE "C"',
      ),
    async oldestUnhandled() {
      const oldest = await row<{ received_at: number }>(
        `SELECT received_at FROM events WHERE id = least(${firstOpen}, ${firstUnsorted})`,
      );
      return oldest?.received_at;
    },
  };
}

async function findEvent({ row, rows }: Queries, id: number): Promise<EventDetail | undefined> {
  const { columns, from, values } = selectEvents({ ids: [id] });
  const found = await row<Row & Content>(
    `SELECT ${columns}, e.fields, e.content_type, e.content_encoding, e.body ${from}`,
    values,
  );
  if (found === undefined) return undefined;
  const handlings = await rows<HandlingRow>(
    `SELECT forward_id, state, attempt, due_at, fault FROM handlings
     WHERE tenant_id = $1 AND event_id = $2 AND forward_id <> ${appHandler} ORDER BY forward_id`,
    [found.tenant_id, id],
  );
  return detail(found, handlings);
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

function detail(row: Row & Content, forwards: readonly HandlingRow[]): EventDetail {
  return {
    ...summary(row),
    fields: row.fields === null ? undefined : readFields(row.fields).fields,
    contentType: row.content_type ?? undefined,
    contentEncoding: row.content_encoding ?? undefined,
    body: row.body?.toString('utf8'),
    forwards: forwards.map((handling) => ({
      forwardId: handling.forward_id,
      state: handling.state,
      attempt: handling.attempt,
      dueAt: handling.due_at ?? undefined,
      fault: handling.fault ?? undefined,
    })),
  };
}
