import type { ForwardAttempt } from '../../ports/forwards.ts';
import type { Finish } from '../../ports/inbox.ts';
import type { Database } from '../open-database.ts';

interface Row {
  event_id: number;
  at: number;
  attempt: number;
  status: number | null;
  ms: number | null;
  fault: string | null;
}

/** Notes an attempt to forward an event, within the transaction that ends it; and that a forward which took one does not fail. */
export function buildNoteAttempt(database: Database): (finish: Finish, at: number) => void {
  const insert = database.prepare(
    'INSERT INTO attempts (forward_id, event_id, at, attempt, status, ms, fault) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const beginAnew = database.prepare(
    'UPDATE forwards SET failing_since = NULL, last_failed_at = NULL, failed_days = 0 WHERE id = ? AND failing_since IS NOT NULL',
  );
  return ({ claimed: { event, forwardId, attempt }, ending }, at) => {
    if (ending.kind === 'returned' || ending.kind === 'postponed') return;
    const fault = ending.kind === 'handled' ? null : ending.fault;
    const { status, ms } = ending.posted ?? {};
    insert.run(forwardId, event.id, at, attempt, status ?? null, ms ?? null, fault);
    if (fault === null) beginAnew.run(forwardId);
  };
}

/** Newest first. */
export function buildListAttempts(database: Database): (forwardId: number, limit: number) => ForwardAttempt[] {
  const list = database.prepare<[number, number], Row>(
    'SELECT event_id, at, attempt, status, ms, fault FROM attempts WHERE forward_id = ? ORDER BY id DESC LIMIT ?',
  );
  return (forwardId, limit) =>
    list.all(forwardId, limit).map(({ event_id, at, attempt, status, ms, fault }) => ({
      eventId: event_id,
      at,
      attempt,
      ...(status !== null && { status }),
      ...(ms !== null && { ms }),
      ...(fault !== null && { fault }),
    }));
}
