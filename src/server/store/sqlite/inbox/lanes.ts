import { appHandler, type HandlingState, type SortedEvent } from '../../ports/inbox.ts';
import type { Database } from '../open-database.ts';
import { openStates } from '../open-states.ts';

/** `due_at` of an event that need not wait: a time could lie in the future of a clock that is set back. */
export const atOnce = 0;

export interface Lanes {
  /** A row for an event that needs no handling any more, or can have none. */
  record(
    event: SortedEvent,
    forwardId: number,
    previousId: number | undefined,
    state: 'handled' | 'duplicate' | 'dead',
    fault?: string,
  ): void;
  /** At the end of its lane; an empty lane's first event is ready at once, or held while the forward is paused. */
  enqueue(event: SortedEvent, forwardId: number, previousId: number | undefined): void;
  /** The head has ended: the next of the lane comes in its place. */
  promote(forwardId: number, lane: string): void;
}

/** The order within a lane is kept by letting only its head be `ready`: a claim then needs no look at the lane. */
export function buildLanes(database: Database): Lanes {
  const insert = database.prepare(
    'INSERT INTO handlings (event_id, forward_id, tenant_id, lane, object_id, previous_id, state, due_at, fault) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const isOpen = database
    .prepare<[number, string], number>(
      `SELECT 1 FROM handlings WHERE forward_id = ? AND lane = ? AND state IN ${openStates} LIMIT 1`,
    )
    .pluck();
  const isPaused = database.prepare<[number], number>('SELECT paused IS NOT NULL FROM forwards WHERE id = ?').pluck();
  const first = database.prepare<[number, string], { event_id: number; state: HandlingState }>(
    `SELECT event_id, state FROM handlings
     WHERE forward_id = ? AND lane = ? AND state IN ${openStates} ORDER BY event_id LIMIT 1`,
  );
  const head = database.prepare('UPDATE handlings SET state = ?, due_at = ? WHERE event_id = ? AND forward_id = ?');

  function add(
    event: SortedEvent,
    forwardId: number,
    previousId: number | undefined,
    state: HandlingState,
    dueAt: number | null,
    fault: string | null = null,
  ): void {
    const { id, tenantId, lane, objectId } = event;
    insert.run(id, forwardId, tenantId, lane, objectId, previousId ?? null, state, dueAt, fault);
  }
  const headState = (forwardId: number) =>
    forwardId !== appHandler && isPaused.get(forwardId) === 1 ? 'held' : 'ready';

  return {
    record(event, forwardId, previousId, state, fault) {
      add(event, forwardId, previousId, state, null, fault);
    },
    enqueue(event, forwardId, previousId) {
      if (isOpen.get(forwardId, event.lane) === 1) add(event, forwardId, previousId, 'queued', null);
      else add(event, forwardId, previousId, headState(forwardId), atOnce);
    },
    promote(forwardId, lane) {
      const next = first.get(forwardId, lane);
      if (next?.state === 'queued') head.run(headState(forwardId), atOnce, next.event_id, forwardId);
    },
  };
}
