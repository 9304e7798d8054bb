import { appHandler, type HandlingState, type InboxStore, type WorkDone, type WorkStep } from '../../ports/inbox.ts';
import type { Database, Transaction } from '../database.ts';
import { buildClaim, type Claim } from './claim.ts';
import { newCounters } from './count.ts';
import { finishAll } from './finish.ts';
import { follow } from './follow.ts';
import { atOnce } from './lanes.ts';
import { releaseLeases } from './leases.ts';
import { buildListUnsorted } from './list-unsorted.ts';
import { sortAll } from './sort.ts';
import { countUnsorted } from './unsorted.ts';

/** @param append which `append` of the port is (append.ts). */
export function buildInbox(database: Database, append: InboxStore['append']): InboxStore {
  const claim = buildClaim();
  return {
    append,
    listUnsorted: buildListUnsorted(database),
    countUnsorted: (tenantId) => countUnsorted(database, tenantId),
    advance: (step) => database.stepping((transaction) => advance(transaction, claim, step)),
    follow: (one, now) => database.stepping((transaction) => follow(transaction, one, now)),
    async nextDue(after = 0) {
      const found = await database.row<{ due: number | null }>(
        "SELECT min(due_at) AS due FROM work WHERE state = 'ready' AND lease IS NULL AND due_at > 0 AND due_at > $1",
        [after],
      );
      return found?.due ?? undefined;
    },
    async listLeases() {
      const found = await database.rows<{ lease: string }>('SELECT DISTINCT lease FROM work WHERE lease IS NOT NULL');
      return found.map(({ lease }) => lease);
    },
    releaseLeases: (leases, crash) => database.stepping((transaction) => releaseLeases(transaction, leases, crash)),
    async setBack(now, back) {
      // Later than its own pause from now: it was noted by a clock that was ahead.
      await database.stepping(({ run }) =>
        run(
          `UPDATE work SET due_at = CASE WHEN due_at - $2 > $1 + pause THEN ${atOnce} ELSE greatest(due_at - $2, ${atOnce}) END
           WHERE state = 'ready' AND lease IS NULL AND due_at > 0 AND due_at > $1`,
          [now, back],
        ),
      );
    },
    async findHandling(eventId) {
      const row = await database.row<{ state: HandlingState; attempt: number; fault: string | null }>(
        `SELECT h.state, h.attempt, h.fault FROM events e JOIN handlings h ON h.tenant_id = e.tenant_id AND h.event_id = e.id
         WHERE e.id = $1 AND h.forward_id = ${appHandler}`,
        [eventId],
      );
      return row && { ...row, fault: row.fault ?? undefined };
    },
  };
}

async function advance(transaction: Transaction, claim: Claim, step: WorkStep): Promise<WorkDone> {
  const { now, finishes = [], sorted = [], claim: request } = step;
  const counters = newCounters();
  const lost = await finishAll(transaction, counters, finishes, now);
  await sortAll(transaction, counters, sorted);
  await counters.write(transaction);
  const { claimed, cut } = request === undefined ? { claimed: [], cut: false } : await claim(transaction, request);
  if (finishes.length + sorted.length + claimed.length > 0) transaction.tell('steps');
  return { lost, claimed, cut };
}
