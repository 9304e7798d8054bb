import { appHandler } from '../../inbox/inbox-store.ts';
import type { EventFilter, Step } from '../../inbox/operator-store.ts';
import { asTransaction, type Database } from './open-database.ts';
import { buildScopes } from './history-scopes.ts';
import { selectEvents } from './select-events.ts';

interface Looked {
  id: number;
  received_at: number;
  rejected: number;
}

/** Events looked at in one transaction: some 3 ms. */
const stepSize = 100;

/**
 * Takes events away with all that tells of them, but for the counts a day, which are history. What is under way, or not sorted yet, is
 * never taken.
 */
export function buildRemoval(database: Database): {
  remove(filter: EventFilter, step: { after: number }): Step;
  removeHandled(before: number, step: { after: number; tenantId?: number | undefined }): Step;
} {
  const isUnderWay = database
    .prepare<[number], number>(
      "SELECT 1 FROM handlings WHERE event_id = ? AND state IN ('ready', 'queued', 'held') LIMIT 1",
    )
    .pluck();
  const isDead = database
    .prepare<[number], number>("SELECT 1 FROM handlings WHERE event_id = ? AND state = 'dead' LIMIT 1")
    .pluck();
  const sortedUpTo = database.prepare<[], number>('SELECT after_id FROM sorting').pluck();
  const next = database.prepare<[number, number], Looked>(
    'SELECT id, received_at, fields IS NULL AS rejected FROM events WHERE id > ? ORDER BY id LIMIT ?',
  );
  // An object whose last event goes has nothing left to show.
  const forgetObject = database.prepare(
    `DELETE FROM objects WHERE latest_id = :id AND (tenant_id, modcode, hook, object_id) =
       (SELECT e.tenant_id, e.modcode, e.hook, h.object_id FROM events e
        JOIN handlings h ON h.event_id = e.id AND h.forward_id = ${appHandler} WHERE e.id = :id)`,
  );
  const removeHandlings = database.prepare('DELETE FROM handlings WHERE event_id = ?');
  const removeAttempts = database.prepare('DELETE FROM attempts WHERE event_id = ?');
  const removeChange = database.prepare<[number], number>('DELETE FROM changes WHERE event_id = ? RETURNING 1').pluck();
  const removeWords = database.prepare('DELETE FROM words WHERE rowid = ?');
  const removeDuplicate = database.prepare('DELETE FROM duplicates WHERE tenant_id = ? AND event_id = ?');
  const tenantOf = database.prepare<[number], number>('SELECT tenant_id FROM events WHERE id = ?').pluck();
  const listOfTenant = buildListOfTenant(database);
  const removeEvent = database.prepare('DELETE FROM events WHERE id = ?');

  function removeOne(id: number): boolean {
    if (id > (sortedUpTo.get() ?? 0) || isUnderWay.get(id) === 1) return false;
    forgetObject.run({ id });
    removeHandlings.run(id);
    removeAttempts.run(id);
    if (removeChange.get(id) === 1) removeWords.run(id);
    else removeDuplicate.run(tenantOf.get(id), id);
    removeEvent.run(id);
    return true;
  }
  function stepOf(selected: readonly number[], done: number): Step {
    return { next: selected.length < stepSize ? undefined : selected.at(-1), done, skipped: selected.length - done };
  }

  return {
    remove: asTransaction(database, (filter: EventFilter, { after }: { after: number }) => {
      const { from, values } = selectEvents(filter);
      const ids = database.prepare<unknown[], number>(`SELECT e.id ${from} AND e.id > ? ORDER BY e.id LIMIT ?`).pluck();
      const selected = ids.all(...values, after, stepSize);
      return stepOf(selected, selected.filter(removeOne).length);
    }),
    removeHandled: asTransaction(
      database,
      (before: number, { after, tenantId }: { after: number; tenantId?: number | undefined }) => {
        // Times rise with the ids: the first young one ends the walk, and no index on the time is needed.
        const looked = tenantId === undefined ? next.all(after, stepSize) : listOfTenant(tenantId, after);
        const young = looked.findIndex(({ received_at }) => received_at >= before);
        const selected = young === -1 ? looked : looked.slice(0, young);
        const done = selected.filter(
          ({ id, rejected }) => rejected === 0 && isDead.get(id) !== 1 && removeOne(id),
        ).length;
        const ids = selected.map(({ id }) => id);
        return stepOf(ids, done);
      },
    ),
  };
}

/** The next events of one tenant, its changes and its duplicates, without a look at those of the others. Rejected ones are not among them. */
function buildListOfTenant(database: Database): (tenantId: number, after: number) => Looked[] {
  const scopes = buildScopes(database);
  const changes = database.prepare<[number, number, number], Looked>(
    `SELECT event_id AS id, received_at, 0 AS rejected FROM changes INDEXED BY changes_scope
     WHERE scope_id = ? AND event_id > ? ORDER BY event_id LIMIT ?`,
  );
  const duplicates = database.prepare<[number, number, number], Looked>(
    'SELECT event_id AS id, received_at, 0 AS rejected FROM duplicates WHERE tenant_id = ? AND event_id > ? ORDER BY event_id LIMIT ?',
  );
  return (tenantId, after) =>
    [
      ...scopes.of(tenantId).flatMap(({ id }) => changes.all(id, after, stepSize)),
      ...duplicates.all(tenantId, after, stepSize),
    ]
      .sort((a, b) => a.id - b.id)
      .slice(0, stepSize);
}
