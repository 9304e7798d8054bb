import type { ForwardAttempt } from '../../ports/forwards.ts';
import type { Finish } from '../../ports/inbox.ts';
import type { Queries } from '../database.ts';
import { plainText } from '../plain-text.ts';

interface Row {
  event_id: number;
  at: number;
  attempt: number;
  status: number | null;
  ms: number | null;
  fault: string | null;
}

/** Notes attempts to forward events, within the transaction that ends them; and that a forward which took one does not fail. */
export async function noteAttempts({ run }: Queries, finishes: readonly Finish[], at: number): Promise<void> {
  const attempts = finishes.flatMap(({ claimed: { event, forwardId, attempt }, ending }) => {
    if (ending.kind === 'returned' || ending.kind === 'postponed') return [];
    const fault = ending.kind === 'handled' ? null : plainText(ending.fault);
    return [{ eventId: event.id, forwardId, attempt, fault, ...ending.posted }];
  });
  if (attempts.length === 0) return;
  await run(
    `WITH a AS (SELECT * FROM unnest($1::int[], $2::bigint[], $3::int[], $4::int[], $5::int[], $6::text[]) WITH ORDINALITY
        AS a (forward_id, event_id, attempt, status, ms, fault, place)),
      noted AS (INSERT INTO attempts (forward_id, event_id, at, attempt, status, ms, fault)
        SELECT forward_id, event_id, $7, attempt, status, ms, fault FROM a ORDER BY place)
     UPDATE forwards SET failing_since = NULL, last_failed_at = NULL, failed_days = 0
     WHERE failing_since IS NOT NULL AND id IN (SELECT forward_id FROM a WHERE fault IS NULL)`,
    [
      attempts.map(({ forwardId }) => forwardId),
      attempts.map(({ eventId }) => eventId),
      attempts.map(({ attempt }) => attempt),
      attempts.map(({ status }) => status ?? null),
      attempts.map(({ ms }) => (ms === undefined ? null : Math.round(ms))),
      attempts.map(({ fault }) => fault),
      at,
    ],
  );
}

/** Newest first. */
export async function listAttempts({ rows }: Queries, forwardId: number, limit: number): Promise<ForwardAttempt[]> {
  const found = await rows<Row>(
    'SELECT event_id, at, attempt, status, ms, fault FROM attempts WHERE forward_id = $1::bigint ORDER BY id DESC LIMIT $2',
    [forwardId, limit],
  );
  return found.map(({ event_id, at, attempt, status, ms, fault }) => ({
    eventId: event_id,
    at,
    attempt,
    ...(status !== null && { status }),
    ...(ms !== null && { ms }),
    ...(fault !== null && { fault }),
  }));
}
