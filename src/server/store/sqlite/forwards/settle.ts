import { atOnce } from '../inbox/lanes.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { openStates } from '../open-states.ts';

/** Steps in which many handlings of one forward change with it: each one transaction, convergent even if others do the same. */
export function buildSettle(database: Database): {
  settle(id: number, limit: number): number;
  removeSome(id: number, limit: number): boolean;
} {
  const find = database.prepare<[number], { tenant_id: number; paused: string | null }>(
    'SELECT tenant_id, paused FROM forwards WHERE id = ?',
  );
  // A leased event goes on being tried: its lease stays, and with it when it falls due again.
  const hold = database.prepare(
    `UPDATE handlings SET state = 'held' WHERE (event_id, forward_id) IN
       (SELECT event_id, forward_id FROM handlings WHERE state = 'ready' AND tenant_id = ? AND forward_id = ? LIMIT ?)`,
  );
  const release = database.prepare(
    `UPDATE handlings SET state = 'ready', due_at = ${atOnce}, pause = 0, attempt = iif(lease IS NULL, 0, attempt)
     WHERE (event_id, forward_id) IN
       (SELECT event_id, forward_id FROM handlings WHERE state = 'held' AND forward_id = ? LIMIT ?)`,
  );
  const removeOpen = database.prepare(
    `DELETE FROM handlings WHERE (event_id, forward_id) IN
       (SELECT event_id, forward_id FROM handlings WHERE forward_id = ? AND state IN ${openStates} LIMIT ?)`,
  );
  const removeAttempts = database.prepare(
    'DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE forward_id = ? LIMIT ?)',
  );
  const remove = database.prepare('DELETE FROM forwards WHERE id = ?');

  return {
    settle: asTransaction(database, (id: number, limit: number) => {
      const forward = find.get(id);
      if (forward === undefined) return 0;
      const paused = forward.paused !== null;
      return (paused ? hold.run(forward.tenant_id, id, limit) : release.run(id, limit)).changes;
    }),
    removeSome: asTransaction(database, (id: number, limit: number) => {
      if (removeOpen.run(id, limit).changes === limit) return false;
      if (removeAttempts.run(id, limit).changes === limit) return false;
      remove.run(id);
      return true;
    }),
  };
}
