import type { Queries } from '../database.ts';

/** `due_at` of an event that need not wait: a time could lie in the future of a clock that is set back. */
export const atOnce = 0;

/** SQL: the state of the head of a lane of this forward. */
export const headState = (forwardId: string): string =>
  `CASE WHEN EXISTS (SELECT 1 FROM forwards f WHERE f.id = ${forwardId} AND f.paused IS NOT NULL) THEN 'held' ELSE 'ready' END`;

export interface Lane {
  readonly forward_id: number;
  readonly lane: string;
}

/**
 * The first of each of these lanes that has no head comes in its place. The order within a lane is kept by letting only its head be
 * `ready`: a claim then need not read the lane.
 */
export async function promote({ run }: Queries, lanes: readonly Lane[]): Promise<void> {
  if (lanes.length === 0) return;
  await run(
    `WITH lanes AS (SELECT DISTINCT * FROM unnest($1::int[], $2::text[]) AS l (forward_id, lane)),
      heads AS MATERIALIZED (
        SELECT n.tenant_id, n.event_id, n.forward_id, n.state FROM lanes l, LATERAL (
          SELECT tenant_id, event_id, forward_id, state FROM work w WHERE w.forward_id = l.forward_id AND w.lane = l.lane
          ORDER BY event_id LIMIT 1) n
        WHERE NOT EXISTS (SELECT 1 FROM work o WHERE o.forward_id = l.forward_id AND o.lane = l.lane AND o.state <> 'queued'))
     UPDATE work w SET state = ${headState('w.forward_id')}, due_at = ${atOnce} FROM heads h
     WHERE w.tenant_id = h.tenant_id AND w.event_id = h.event_id AND w.forward_id = h.forward_id`,
    [lanes.map(({ forward_id }) => forward_id), lanes.map(({ lane }) => lane)],
  );
}

/** The result of one handling. */
export interface Over {
  readonly tenantId: number;
  readonly eventId: number;
  readonly forwardId: number;
  readonly lease: string;
  readonly state: 'handled' | 'dead';
  readonly fault: string | null;
  /** Whether this try counts as an attempt: it came to an end of its own, and was no crash. Else the crashes that there were. */
  readonly crashes: number | undefined;
}

export interface Ended extends Lane {
  readonly event_id: number;
}

/** Ends handlings whose lease is still held, and lets the next of each lane come. Answers which it has ended. */
export async function endHandlings(queries: Queries, over: readonly Over[]): Promise<Ended[]> {
  if (over.length === 0) return [];
  const ended = await queries.rows<Ended>(
    `WITH o AS (SELECT * FROM unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::int[])
        AS o (tenant_id, event_id, forward_id, lease, state, fault, crashes)),
      gone AS (DELETE FROM work w USING o
        WHERE w.tenant_id = o.tenant_id AND w.event_id = o.event_id AND w.forward_id = o.forward_id AND w.lease = o.lease
        RETURNING w.*, o.state AS came_to, o.fault AS says, o.crashes AS crashed)
     INSERT INTO outcomes (event_id, forward_id, tenant_id, lane, object_id, previous_id, state, attempt, crashes, fault)
     SELECT event_id, forward_id, tenant_id, lane, object_id, previous_id, came_to,
       CASE WHEN crashed IS NULL THEN attempt + 1 ELSE attempt END, coalesce(crashed, 0), says FROM gone
     RETURNING event_id, forward_id, lane`,
    [
      over.map(({ tenantId }) => tenantId),
      over.map(({ eventId }) => eventId),
      over.map(({ forwardId }) => forwardId),
      over.map(({ lease }) => lease),
      over.map(({ state }) => state),
      over.map(({ fault }) => fault),
      over.map(({ crashes }) => crashes ?? null),
    ],
  );
  await promote(queries, ended);
  return ended;
}
