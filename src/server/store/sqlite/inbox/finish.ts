import type { Finish } from '../../ports/inbox.ts';
import { appHandler } from '../../ports/inbox.ts';
import { buildNoteAttempt } from '../forwards/attempts.ts';
import type { Counters } from './count.ts';
import { atOnce, buildLanes } from './lanes.ts';
import type { Database } from '../open-database.ts';

/** It came to an end of its own, so it did not end an earlier process. An attempt counts now, not when it is claimed. */
const survived = 'crashes = 0, alone = 0';
const counted = `attempt = attempt + 1, ${survived}`;

/** Ends, postpones or gives back claimed events. The lease is checked in the statement that writes: a stale one changes no row. */
export function buildFinish(
  database: Database,
  counters: Counters,
): (finishes: readonly Finish[], now: number) => Finish[] {
  const end = database
    .prepare<[string, string | null, number, number, string], string>(
      `UPDATE handlings SET state = ?, fault = ?, ${counted}, lease = NULL, due_at = NULL WHERE event_id = ? AND forward_id = ? AND lease = ? RETURNING lane`,
    )
    .pluck();
  const retry = database.prepare(
    `UPDATE handlings SET due_at = ?, pause = ?, fault = ?, ${counted}, lease = NULL WHERE event_id = ? AND forward_id = ? AND lease = ?`,
  );
  const postpone = database.prepare(
    `UPDATE handlings SET due_at = ?, pause = ?, fault = ?, ${survived}, lease = NULL WHERE event_id = ? AND forward_id = ? AND lease = ?`,
  );
  const giveBack = database.prepare(
    `UPDATE handlings SET due_at = ${atOnce}, pause = 0, lease = NULL WHERE event_id = ? AND forward_id = ? AND lease = ?`,
  );
  const askAgain = database.prepare(
    'UPDATE objects SET hash = NULL WHERE tenant_id = ? AND modcode = ? AND hook = ? AND object_id = ? AND latest_id = ?',
  );
  const noteAttempt = buildNoteAttempt(database);
  const lanes = buildLanes(database);

  /** False when its lease was lost: then nothing is noted of it. */
  function finishOne(finish: Finish, now: number): boolean {
    const held = endOne(finish);
    if (held && finish.claimed.forwardId !== appHandler) noteAttempt(finish, now);
    return held;
  }

  function endOne({ claimed, ending }: Finish): boolean {
    const { event, forwardId, lease, objectId } = claimed;
    const row = [event.id, forwardId, lease] as const;
    if (ending.kind === 'returned') return giveBack.run(...row).changes === 1;
    if (ending.kind === 'postponed')
      return postpone.run(ending.dueAt, ending.pause, ending.fault, ...row).changes === 1;
    // Pausing has made it `held`; if it was resumed since, it is `ready` again, and due at once.
    if (ending.kind === 'held') return retry.run(atOnce, 0, ending.fault, ...row).changes === 1;
    if (ending.kind === 'retry') {
      if (retry.run(ending.dueAt, ending.pause, ending.fault, ...row).changes === 0) return false;
      counters.add(event.tenantId, 'retried');
      return true;
    }
    const fault = ending.kind === 'dead' ? ending.fault : (ending.refusal ?? null);
    const lane = end.get(ending.kind, fault, event.id, forwardId, lease);
    if (lane === undefined) return false;
    lanes.promote(forwardId, lane);
    const done = forwardId === appHandler ? 'handled' : 'forwarded';
    counters.add(event.tenantId, ending.kind === 'dead' ? 'dead' : done);
    if (ending.kind === 'handled' && ending.refusal !== undefined) {
      askAgain.run(event.tenantId, event.modcode, event.hook, objectId, event.id);
    }
    return true;
  }

  return (finishes, now) => finishes.filter((finish) => !finishOne(finish, now));
}
