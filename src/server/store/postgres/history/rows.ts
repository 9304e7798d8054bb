import type { Summary } from '../../ports/descriptions.ts';
import type { Change, ChangeState } from '../../ports/history.ts';
import type { Queries } from '../database.ts';
import type { Scope } from './scopes.ts';

export interface ChangeRow {
  event_id: number;
  scope_id: number;
  object_id: string;
  received_at: number;
  day: string;
  userid: string;
  usercode: string;
  previous_id: number | null;
  gap: boolean;
  title: string;
  summary: string;
}

export const changeColumns =
  'c.event_id, c.scope_id, c.object_id, c.received_at, c.day, c.userid, c.usercode, c.previous_id, c.gap, c.title, c.summary';

/** SQL: how the change `c` of this tenant stands. */
export const stateOf = (tenantId: string): string => `CASE
  WHEN EXISTS (SELECT 1 FROM outcomes o WHERE o.event_id = c.event_id AND o.state = 'dead') THEN 'failed'
  WHEN EXISTS (SELECT 1 FROM work w WHERE w.tenant_id = ${tenantId} AND w.event_id = c.event_id) THEN 'waiting' ELSE 'done' END`;

/** The same of the rows of a page. */
export async function listStates(
  { rows }: Queries,
  tenantId: number,
  changes: readonly ChangeRow[],
): Promise<Map<number, ChangeState>> {
  if (changes.length === 0) return new Map();
  const found = await rows<{ event_id: number; state: ChangeState }>(
    `SELECT c.event_id, ${stateOf('$1')} AS state FROM unnest($2::bigint[]) AS c (event_id)`,
    [tenantId, changes.map(({ event_id }) => event_id)],
  );
  return new Map(found.map(({ event_id, state }) => [event_id, state]));
}

export function toChange(row: ChangeRow, { modcode, hook }: Scope, state: ChangeState): Change {
  return {
    modcode,
    hook,
    eventId: row.event_id,
    objectId: row.object_id,
    receivedAt: row.received_at,
    gap: row.gap,
    userid: row.userid,
    usercode: row.usercode,
    title: row.title,
    ...(JSON.parse(row.summary) as Summary),
    state,
  };
}
