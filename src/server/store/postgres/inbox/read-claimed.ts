import { eventName, readFields } from '../../../../microbizz/domain/event.ts';
import type { Claimed } from '../../ports/inbox.ts';
import { headColumns, headOf, type HeadRow } from '../event-row.ts';
import { markOf } from '../event-names.ts';

export interface ClaimedRow extends HeadRow {
  forward_id: number;
  attempt: number;
  crashes: number;
  object_id: string;
  bytes: number;
  more: boolean;
  fields: string;
  previous: string | null;
  mark: string;
}

/** SQL: claims under the lease `$1` the events that `picked` names by its columns tenant_id, event_id and forward_id, and reads them. */
export function claimSql(picked: string): string {
  return `WITH picked AS MATERIALIZED (${picked}),
    taken AS (UPDATE work w SET lease = $1 FROM picked p
      WHERE w.tenant_id = p.tenant_id AND w.event_id = p.event_id AND w.forward_id = p.forward_id RETURNING w.*)
    SELECT ${headColumns}, t.forward_id, t.attempt, t.crashes, t.object_id, e.fields,
      p.fields AS previous, octet_length(e.fields) + coalesce(octet_length(p.fields), 0) AS bytes, ${markOf('t.event_id')} AS mark,
      EXISTS (SELECT 1 FROM work n WHERE n.forward_id = t.forward_id AND n.lane = t.lane AND n.event_id > t.event_id) AS more
    FROM taken t JOIN events e ON e.id = t.event_id LEFT JOIN events p ON p.id = t.previous_id`;
}

export function readClaimed(row: ClaimedRow, lease: string): Claimed {
  const { fields = {}, unreadable } = readFields(row.fields);
  return {
    event: { ...headOf(row), fields },
    name: eventName(row.id, row.mark),
    forwardId: row.forward_id,
    attempt: row.attempt + 1,
    lease,
    objectId: row.object_id,
    bytes: row.bytes,
    crashes: row.crashes,
    more: row.more,
    previous: row.previous === null ? undefined : readFields(row.previous).fields,
    ...(unreadable !== undefined && { unreadable }),
  };
}
