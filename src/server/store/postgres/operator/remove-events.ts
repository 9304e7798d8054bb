import { appHandler } from '../../ports/inbox.ts';
import type { EventFilter, Step } from '../../ports/operator.ts';
import type { Queries, Transaction } from '../database.ts';
import { isUnsorted } from '../inbox/unsorted.ts';
import { selectEvents } from './select-events.ts';
import { walkOld } from './walk-old.ts';

/** Events looked at in one transaction. */
const stepSize = 100;

/**
 * Removes events with everything that mentions them, but for the counts per day, which are history. Events under way, or not sorted yet, are
 * never removed. An object whose last event goes has nothing left to show.
 */
const removeAll = `
  WITH chosen AS MATERIALIZED (SELECT e.id, e.tenant_id, e.modcode, e.hook,
      (SELECT object_id FROM outcomes h WHERE h.event_id = e.id AND h.forward_id = ${appHandler}) AS object_id
    FROM events e WHERE e.id = ANY ($1::bigint[])
    AND NOT ${isUnsorted('e.tenant_id', 'e.id')}
    AND NOT EXISTS (SELECT 1 FROM work w WHERE w.tenant_id = e.tenant_id AND w.event_id = e.id)),
  known AS (DELETE FROM objects o USING chosen c WHERE o.tenant_id = c.tenant_id AND o.modcode = c.modcode AND o.hook = c.hook
    AND o.object_id = c.object_id AND o.latest_id = c.id),
  handled AS (DELETE FROM outcomes h USING chosen c WHERE h.event_id = c.id),
  tried AS (DELETE FROM attempts a USING chosen c WHERE a.event_id = c.id),
  changed AS (DELETE FROM changes d USING chosen c WHERE d.event_id = c.id),
  repeated AS (DELETE FROM duplicates d USING chosen c WHERE d.tenant_id = c.tenant_id AND d.event_id = c.id)
  DELETE FROM events e USING chosen c WHERE e.id = c.id`;

export async function remove(transaction: Transaction, filter: EventFilter, after: number): Promise<Step> {
  const { from, values, next } = selectEvents(filter);
  const selected = await listIds(
    transaction,
    `SELECT e.id ${from} AND e.id > $${next} ORDER BY e.id LIMIT $${next + 1}`,
    [...values, after, stepSize],
  );
  const done = await removeIds(transaction, selected);
  return { next: selected.length < stepSize ? undefined : selected.at(-1), done, skipped: selected.length - done };
}

export async function removeHandled(
  transaction: Transaction,
  before: number,
  { after, tenantId }: { after: number; tenantId?: number | undefined },
): Promise<Step> {
  const { old, next } = await walkOld(transaction, { before, after, tenantId, stepSize });
  const chosen = old.filter(({ removable }) => removable);
  const done = await removeIds(
    transaction,
    chosen.map(({ id }) => id),
  );
  return { next, done, skipped: old.length - done };
}

export async function listIds({ rows }: Queries, sql: string, values: readonly unknown[]): Promise<number[]> {
  return (await rows<{ id: number }>(sql, values)).map(({ id }) => id);
}

async function removeIds({ run, tell }: Transaction, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0;
  tell('steps');
  return run(removeAll, [ids]);
}
