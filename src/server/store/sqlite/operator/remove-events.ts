import { appHandler } from '../../ports/inbox.ts';
import type { EventFilter, Step } from '../../ports/operator.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { selectEvents } from './select-events.ts';
import { buildUnsortedRuns } from '../inbox/unsorted.ts';
import { buildMergeWords } from './merge-words.ts';
import { buildWalkOld } from './walk-old.ts';
import { openStates } from '../open-states.ts';

/** Events looked at in one transaction: some 3 ms, and as much for the index of words. */
const stepSize = 100;

/** False for an event that is under way, or not sorted yet: it stays. */
function buildRemoveOne(database: Database): (id: number) => boolean {
  const isUnderWay = database
    .prepare<[number], number>(`SELECT 1 FROM handlings WHERE event_id = ? AND state IN ${openStates} LIMIT 1`)
    .pluck();
  const unsorted = buildUnsortedRuns(database);
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
  const removeEvent = database.prepare('DELETE FROM events WHERE id = ?');

  return (id) => {
    const tenantId = tenantOf.get(id) ?? 0;
    if (unsorted.has(tenantId, id) || isUnderWay.get(id) === 1) return false;
    forgetObject.run({ id });
    removeHandlings.run(id);
    removeAttempts.run(id);
    if (removeChange.get(id) === 1) removeWords.run(id);
    else removeDuplicate.run(tenantId, id);
    removeEvent.run(id);
    return true;
  };
}

/**
 * Removes events with everything that mentions them, but for the counts per day, which are history. Events under way, or not sorted yet, are
 * never removed.
 */
export function buildRemoval(database: Database): {
  remove(filter: EventFilter, step: { after: number }): Step;
  removeHandled(before: number, step: { after: number; tenantId?: number | undefined }): Step;
} {
  const isDead = database
    .prepare<[number], number>("SELECT 1 FROM handlings WHERE event_id = ? AND state = 'dead' LIMIT 1")
    .pluck();
  const removeOne = buildRemoveOne(database);
  const mergeWords = buildMergeWords(database);
  const walkOld = buildWalkOld(database, stepSize);
  /** A walk that has removed anything ends when the words of the removed changes are out of the index too. */
  function stepOf(looked: { ids: readonly number[]; next: number | undefined; after: number }, done: number): Step {
    const { ids, next, after } = looked;
    const isMerging = (done > 0 || (next === undefined && after > 0)) && mergeWords();
    return { next: next ?? (isMerging ? (ids.at(-1) ?? after) : undefined), done, skipped: ids.length - done };
  }

  return {
    remove: asTransaction(database, (filter: EventFilter, { after }: { after: number }) => {
      const { from, values } = selectEvents(filter);
      const ids = database.prepare<unknown[], number>(`SELECT e.id ${from} AND e.id > ? ORDER BY e.id LIMIT ?`).pluck();
      const selected = ids.all(...values, after, stepSize);
      const next = selected.length < stepSize ? undefined : selected.at(-1);
      return stepOf({ ids: selected, next, after }, selected.filter(removeOne).length);
    }),
    removeHandled: asTransaction(
      database,
      (before: number, { after, tenantId }: { after: number; tenantId?: number | undefined }) => {
        const { old, next } = walkOld(before, after, tenantId);
        const done = old.filter(({ id, rejected }) => rejected === 0 && isDead.get(id) !== 1 && removeOne(id)).length;
        return stepOf({ ids: old.map(({ id }) => id), next, after }, done);
      },
    ),
  };
}
