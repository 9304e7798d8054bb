import { appHandler, type HandlingState, type InboxStore, type WorkStep } from '../../ports/inbox.ts';
import { buildAppend } from './append.ts';
import { buildClaim } from './claim.ts';
import { buildCounters } from './count.ts';
import { buildFinish } from './finish.ts';
import { buildFollow } from './follow.ts';
import { atOnce } from './lanes.ts';
import { buildLeases } from './leases.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { buildListUnsorted } from './list-unsorted.ts';
import { buildReadClaimed } from './read-claimed.ts';
import { buildSort } from './sort.ts';
import { buildUnsortedRuns } from './unsorted.ts';

export function buildInbox(database: Database): InboxStore {
  const runs = buildUnsortedRuns(database);
  const append = buildAppend(database, runs);
  const counters = buildCounters(database);
  const sort = buildSort(database, runs, counters);
  const claim = buildClaim(database);
  const finish = buildFinish(database, counters);
  const advance = asTransaction(database, ({ now, finishes = [], sorted = [], claim: request }: WorkStep) => {
    counters.reset();
    const lost = finish(finishes, now);
    sort(sorted);
    counters.write();
    return { lost, ...(request === undefined ? { claimed: [], cut: false } : claim(request)) };
  });
  const readClaimed = buildReadClaimed(database);
  const follow = buildFollow(database, counters, finish);
  const listUnsorted = buildListUnsorted(database, runs);
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
    listUnsorted: async (limit) => listUnsorted(limit),
    countUnsorted: async (tenantId) => runs.count(tenantId),
    async advance(step) {
      const { claimed, ...done } = advance(step);
      return { ...done, claimed: readClaimed(claimed, step.claim?.lease ?? '') };
    },
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
