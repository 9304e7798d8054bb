import { appHandler } from '../../ports/inbox.ts';
import type { EventFilter, Step } from '../../ports/operator.ts';
import type { Transaction } from '../database.ts';
import { atOnce, promote, type Lane } from '../inbox/lanes.ts';
import { listIds } from './remove-events.ts';
import { selectEvents } from './select-events.ts';

/** Events put back in one transaction, at most. */
const stepSize = 200;

/** Ended events, of the target or, for a forward, of the app: a forward never gets another tenant's events, whatever the selection. */
const putBack = `
  WITH chosen AS (SELECT unnest($1::bigint[]) AS event_id),
    over AS MATERIALIZED (SELECT o.* FROM chosen c JOIN outcomes o ON o.event_id = c.event_id AND o.forward_id = $2),
    gone AS (DELETE FROM outcomes o USING over WHERE o.event_id = over.event_id AND o.forward_id = over.forward_id)
  INSERT INTO work (tenant_id, event_id, forward_id, lane, object_id, previous_id, state, crashes)
  SELECT tenant_id, event_id, $2, lane, object_id, previous_id, 'queued', crashes FROM over
  RETURNING forward_id, lane`;
const copy = `
  WITH chosen AS (SELECT unnest($1::bigint[]) AS event_id),
    sorted AS (
      SELECT h.* FROM chosen c JOIN events e ON e.id = c.event_id
        JOIN handlings h ON h.tenant_id = e.tenant_id AND h.event_id = e.id AND h.forward_id = ${appHandler}
        JOIN forwards f ON f.id = $2 AND f.tenant_id = h.tenant_id)
  INSERT INTO work (tenant_id, event_id, forward_id, lane, object_id, previous_id, state)
  SELECT tenant_id, event_id, $2, lane, object_id, previous_id, 'queued' FROM sorted s
  WHERE NOT EXISTS (SELECT 1 FROM work w WHERE w.tenant_id = s.tenant_id AND w.event_id = s.event_id AND w.forward_id = $2)
    AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.event_id = s.event_id AND o.forward_id = $2)
  RETURNING forward_id, lane`;
/** An event that waits for a later attempt is tried now; one that is being tried is left alone. */
const tryNow = `
  UPDATE work w SET due_at = ${atOnce}, pause = 0, attempt = 0, alone = 0 FROM events e
  WHERE e.id = ANY ($1::bigint[]) AND w.tenant_id = e.tenant_id AND w.event_id = e.id AND w.forward_id = $2
    AND w.state = 'ready' AND w.lease IS NULL`;
const countThere = `
  SELECT count(*) AS n FROM events e JOIN work w ON w.tenant_id = e.tenant_id AND w.event_id = e.id AND w.forward_id = $2
  WHERE e.id = ANY ($1::bigint[])`;

/** Puts events back into their lanes. */
export async function replay(transaction: Transaction, filter: EventFilter, after: number): Promise<Step> {
  const { forwardId = appHandler } = filter;
  const { from, values, next } = selectEvents(filter);
  // Without a forward, rejected ones are read once more (reread.ts); with one they are left alone.
  const replayable = filter.forwardId === undefined ? 'e.fields IS NOT NULL' : 'true';
  const selected = await listIds(
    transaction,
    `SELECT e.id ${from} AND ${replayable} AND e.id > $${next} ORDER BY e.id LIMIT $${next + 1}`,
    [...values, after, stepSize],
  );
  const done = selected.length === 0 ? 0 : await putIntoLanes(transaction, selected, forwardId);
  return { next: selected.length < stepSize ? undefined : selected.at(-1), done, skipped: selected.length - done };
}

async function putIntoLanes(transaction: Transaction, ids: readonly number[], forwardId: number): Promise<number> {
  const { rows, row, run, tell } = transaction;
  tell('steps');
  const target = [ids, forwardId];
  if (
    forwardId !== appHandler &&
    (await row('SELECT 1 FROM forwards WHERE id = $1::bigint', [forwardId])) === undefined
  )
    return 0;
  await run(tryNow, target);
  const back = await rows<Lane>(putBack, target);
  if (forwardId !== appHandler) back.push(...(await rows<Lane>(copy, target)));
  await promote(transaction, back);
  return (await row<{ n: number }>(countThere, target))?.n ?? 0;
}
