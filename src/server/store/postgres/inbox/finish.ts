import type { Ending, Finish } from '../../ports/inbox.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Queries } from '../database.ts';
import { noteAttempts } from '../forwards/attempts.ts';
import { plainText } from '../plain-text.ts';
import type { Counters } from './count.ts';
import { atOnce, endHandlings } from './lanes.ts';

const keyOf = (eventId: number, forwardId: number): string => `${eventId}/${forwardId}`;

/** Ends, postpones or gives back claimed events. The lease is checked by the statement that writes: a stale one changes no row. Answers the lost ones. */
export async function finishAll(
  queries: Queries,
  counters: Counters,
  finishes: readonly Finish[],
  now: number,
): Promise<Finish[]> {
  if (finishes.length === 0) return [];
  const isOver = ({ ending: { kind } }: Finish): boolean => kind === 'handled' || kind === 'dead';
  const noted = new Set([
    ...(await end(queries, finishes.filter(isOver))),
    ...(await wait(
      queries,
      finishes.filter((each) => !isOver(each)),
    )),
  ]);
  const [kept, lost]: [Finish[], Finish[]] = [[], []];
  for (const finish of finishes) {
    const { event, forwardId } = finish.claimed;
    // Of two for the same one, the second finds its lease lost.
    (noted.delete(keyOf(event.id, forwardId)) ? kept : lost).push(finish);
  }
  for (const finish of kept) count(counters, finish);
  await askAgain(queries, kept);
  await noteAttempts(
    queries,
    kept.filter(({ claimed }) => claimed.forwardId !== appHandler),
    now,
  );
  return lost;
}

function faultOf(ending: Ending): string | null {
  if (ending.kind === 'returned') return null;
  const fault = ending.kind === 'handled' ? ending.refusal : ending.fault;
  return fault === undefined ? null : plainText(fault);
}

async function end(queries: Queries, finishes: readonly Finish[]): Promise<string[]> {
  const ended = await endHandlings(
    queries,
    finishes.map(({ claimed: { event, forwardId, lease }, ending }) => ({
      tenantId: event.tenantId,
      eventId: event.id,
      forwardId,
      lease,
      state: ending.kind === 'dead' ? 'dead' : 'handled',
      fault: faultOf(ending),
      crashes: undefined,
    })),
  );
  return ended.map(({ event_id, forward_id }) => keyOf(event_id, forward_id));
}

/** An event that came to an end of its own did not end an earlier process. One that is given back stays as it was. */
async function wait({ rows }: Queries, finishes: readonly Finish[]): Promise<string[]> {
  if (finishes.length === 0) return [];
  const waited = await rows<{ event_id: number; forward_id: number }>(
    `UPDATE work w SET lease = NULL, due_at = f.due_at, pause = f.pause,
       attempt = w.attempt + CASE WHEN f.kind IN ('retry', 'held') THEN 1 ELSE 0 END,
       fault = CASE WHEN f.kind = 'returned' THEN w.fault ELSE f.fault END,
       crashes = CASE WHEN f.kind = 'returned' THEN w.crashes ELSE 0 END,
       alone = CASE WHEN f.kind = 'returned' THEN w.alone ELSE 0 END
     FROM unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
       AS f (tenant_id, event_id, forward_id, lease, kind, due_at, pause, fault)
     WHERE w.tenant_id = f.tenant_id AND w.event_id = f.event_id AND w.forward_id = f.forward_id AND w.lease = f.lease
     RETURNING w.event_id, w.forward_id`,
    [
      finishes.map(({ claimed }) => claimed.event.tenantId),
      finishes.map(({ claimed }) => claimed.event.id),
      finishes.map(({ claimed }) => claimed.forwardId),
      finishes.map(({ claimed }) => claimed.lease),
      finishes.map(({ ending }) => ending.kind),
      // Pausing has made one `held`; if it was resumed since, it is `ready` again, and due at once.
      finishes.map(({ ending }) => ('dueAt' in ending ? ending.dueAt : atOnce)),
      finishes.map(({ ending }) => ('pause' in ending ? ending.pause : 0)),
      finishes.map(({ ending }) => faultOf(ending)),
    ],
  );
  return waited.map(({ event_id, forward_id }) => keyOf(event_id, forward_id));
}

function count(counters: Counters, { claimed: { event, forwardId }, ending }: Finish): void {
  if (ending.kind === 'retry') counters.add(event.tenantId, 'retried');
  if (ending.kind === 'dead') counters.add(event.tenantId, 'dead');
  if (ending.kind === 'handled') counters.add(event.tenantId, forwardId === appHandler ? 'handled' : 'forwarded');
}

/** When an event that a handler refused is reported again, it is handled again, unless something came after it. */
async function askAgain({ run }: Queries, kept: readonly Finish[]): Promise<void> {
  for (const { claimed, ending } of kept) {
    if (ending.kind !== 'handled' || ending.refusal === undefined) continue;
    const { event, objectId } = claimed;
    await run(
      'UPDATE objects SET hash = NULL WHERE tenant_id = $1 AND modcode = $2 AND hook = $3 AND object_id = $4 AND latest_id = $5',
      [event.tenantId, event.modcode, event.hook, objectId, event.id],
    );
  }
}
