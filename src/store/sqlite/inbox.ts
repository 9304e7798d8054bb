import {
  appHandler,
  type HandlingState,
  type InboxStore,
  type Unsorted,
  type WorkStep,
  type WorkDone,
} from '../../inbox/inbox-store.ts';
import { buildAppend } from './append.ts';
import { buildClaim } from './claim.ts';
import { buildCounters } from './count.ts';
import { buildFinish } from './finish.ts';
import { buildFollow } from './follow.ts';
import { atOnce } from './lanes.ts';
import { buildLeases } from './leases.ts';
import { asTransaction, type Database } from './open-database.ts';
import { buildSort } from './sort.ts';

interface EventRow {
  id: number;
  tenant_id: number;
  modcode: string;
  hook: string;
  received_at: number;
  fields: string | null;
  gap_after: number | null;
}

/** Characters of events that are sorted in one step, the last event beyond it. */
const mostAtOnce = 1024 * 1024;

export function buildInbox(database: Database): InboxStore {
  const append = buildAppend(database);
  const counters = buildCounters(database);
  const sort = buildSort(database, counters);
  const claim = buildClaim(database);
  const finish = buildFinish(database, counters);
  const advance = asTransaction(database, ({ now, finishes = [], sorted, claim: request }: WorkStep): WorkDone => {
    counters.reset();
    const lost = finish(finishes, now);
    if (sorted !== undefined) sort(sorted.after, sorted.events);
    counters.write();
    return { lost, ...(request === undefined ? { claimed: [], cut: false } : claim(request)) };
  });
  const follow = buildFollow(database, counters, finish);
  const after = database.prepare<[], number>('SELECT after_id FROM sorting').pluck();
  const listUnsorted = database.prepare<[number, number], EventRow>(
    'SELECT id, tenant_id, modcode, hook, received_at, fields, gap_after FROM events WHERE id > ? ORDER BY id LIMIT ?',
  );
  const nextDue = database
    .prepare<[number], number | null>(
      "SELECT min(due_at) FROM handlings WHERE state = 'ready' AND lease IS NULL AND due_at > 0 AND due_at > ?",
    )
    .pluck();
  // Later than its own pause from now: it was noted by a clock that was ahead.
  const setBack = database.prepare(
    `UPDATE handlings SET due_at = iif(due_at - @back > @now + pause, ${atOnce}, max(due_at - @back, ${atOnce}))
     WHERE state = 'ready' AND lease IS NULL AND due_at > 0 AND due_at > @now`,
  );
  const findHandling = database.prepare<[number], { state: HandlingState; attempt: number; fault: string | null }>(
    `SELECT state, attempt, fault FROM handlings WHERE event_id = ? AND forward_id = ${appHandler}`,
  );

  return {
    append: async (arrivals) => append(arrivals),
    async listUnsorted(limit) {
      const place = after.get() ?? 0;
      const events: Unsorted[] = [];
      let size = 0;
      for (const row of listUnsorted.iterate(place, limit)) {
        events.push(readUnsorted(row));
        size += row.fields?.length ?? 0;
        if (size >= mostAtOnce) break;
      }
      return { after: place, events };
    },
    advance: async (step) => advance(step),
    nextDue: async (later = 0) => nextDue.get(later) ?? undefined,
    follow: async (one, now) => follow(one, now),
    ...buildLeases(database, counters),
    async setBack(now, back) {
      setBack.run({ now, back });
    },
    async findHandling(eventId) {
      const row = findHandling.get(eventId);
      return row && { ...row, fault: row.fault ?? undefined };
    },
  };
}

function readUnsorted(row: EventRow): Unsorted {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    modcode: row.modcode,
    hook: row.hook,
    receivedAt: row.received_at,
    fields: row.fields ?? undefined,
    ...(row.gap_after !== null && { gapAfter: row.gap_after }),
  };
}
