import { appHandler, type HandlingState } from '../../ports/inbox.ts';
import type { EventFilter, Step } from '../../ports/operator.ts';
import { atOnce, buildLanes } from '../inbox/lanes.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { selectEvents } from './select-events.ts';
import { openStates } from '../open-states.ts';

/** Events put back in one transaction, at most. */
const stepSize = 200;

interface Target {
  lane: string;
  state: HandlingState;
  lease: string | null;
}

/** Puts events back into their lanes. An event that waits for a later attempt is tried now; one that is being tried is left alone. */
export function buildReplay(database: Database): (filter: EventFilter, step: { after: number }) => Step {
  const find = database.prepare<[number, number], Target>(
    'SELECT lane, state, lease FROM handlings WHERE event_id = ? AND forward_id = ?',
  );
  // A forward never gets another tenant's events, whatever the selection; a removed forward gets none.
  const copy = database.prepare(
    `INSERT INTO handlings (event_id, forward_id, tenant_id, lane, object_id, previous_id, state)
     SELECT event_id, ?, tenant_id, lane, object_id, previous_id, 'handled' FROM handlings
     WHERE event_id = ? AND forward_id = ${appHandler} AND tenant_id = ? ON CONFLICT DO NOTHING`,
  );
  const requeue = database.prepare(
    "UPDATE handlings SET state = 'queued', attempt = 0, alone = 0, fault = NULL, due_at = NULL WHERE event_id = ? AND forward_id = ?",
  );
  const tryNow = database.prepare(
    `UPDATE handlings SET due_at = ${atOnce}, pause = 0, attempt = 0, alone = 0 WHERE event_id = ? AND forward_id = ?`,
  );
  const hasHead = database
    .prepare<[number, string], number>(
      `SELECT 1 FROM handlings WHERE forward_id = ? AND lane = ? AND state IN ${openStates} AND state <> 'queued' LIMIT 1`,
    )
    .pluck();
  const ownerOf = database.prepare<[number], number>('SELECT tenant_id FROM forwards WHERE id = ?').pluck();
  const lanes = buildLanes(database);

  function replayOne(eventId: number, forwardId: number): boolean {
    if (forwardId !== appHandler) copy.run(forwardId, eventId, ownerOf.get(forwardId) ?? null);
    const target = find.get(eventId, forwardId);
    if (target === undefined || (forwardId !== appHandler && ownerOf.get(forwardId) === undefined)) return false;
    if (target.state === 'queued' || target.state === 'held' || target.lease !== null) return true;
    if (target.state === 'ready') tryNow.run(eventId, forwardId);
    else {
      requeue.run(eventId, forwardId);
      if (hasHead.get(forwardId, target.lane) !== 1) lanes.promote(forwardId, target.lane);
    }
    return true;
  }

  return asTransaction(database, (filter: EventFilter, { after }: { after: number }): Step => {
    const { forwardId = appHandler } = filter;
    const { from, values } = selectEvents(filter);
    // Without a forward, rejected ones are read once more (reread.ts); with one they are left alone.
    const replayable = filter.forwardId === undefined ? 'e.fields IS NOT NULL' : 'true';
    const ids = database
      .prepare<unknown[], number>(`SELECT e.id ${from} AND ${replayable} AND e.id > ? ORDER BY e.id LIMIT ?`)
      .pluck();
    const selected = ids.all(...values, after, stepSize);
    const done = selected.filter((id) => replayOne(id, forwardId)).length;
    return { next: selected.length < stepSize ? undefined : selected.at(-1), done, skipped: selected.length - done };
  });
}
