import type { Finish, InboxStore } from '../../ports/inbox.ts';
import type { Transaction } from '../database.ts';
import { newCounters } from './count.ts';
import { finishAll } from './finish.ts';
import { claimSql, readClaimed, type ClaimedRow } from './read-claimed.ts';

/** The lane's head: finishing has made it ready, or held when its forward was paused. */
const claimHead = claimSql(
  `SELECT h.tenant_id, h.event_id, h.forward_id FROM handlings d, LATERAL (
     SELECT * FROM work w WHERE w.forward_id = d.forward_id AND w.lane = d.lane ORDER BY w.event_id LIMIT 1) h
   WHERE d.tenant_id = $2 AND d.event_id = $3 AND d.forward_id = $4
     AND h.state = 'ready' AND h.lease IS NULL AND h.crashes = 0 AND h.due_at = 0`,
);

/** From one event of a lane to the next. */
export async function follow(transaction: Transaction, finish: Finish, now: number): ReturnType<InboxStore['follow']> {
  const counters = newCounters();
  const lost = await finishAll(transaction, counters, [finish], now);
  if (lost.length > 0) return { lost: true, next: undefined };
  await counters.write(transaction);
  transaction.tell('steps');
  const { event, forwardId, lease } = finish.claimed;
  const next = await transaction.row<ClaimedRow>(claimHead, [lease, event.tenantId, event.id, forwardId]);
  return { lost: false, next: next && readClaimed(next, lease) };
}
