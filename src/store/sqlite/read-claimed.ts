import type { Fields } from '../../domain/event.ts';
import { messageOf } from '../../errors.ts';
import type { Claimed } from '../../inbox/inbox-store.ts';
import { openStates } from './open-states.ts';

export interface ClaimedRow {
  event_id: number;
  forward_id: number;
  tenant_id: number;
  attempt: number;
  crashes: number;
  object_id: string;
  modcode: string;
  hook: string;
  received_at: number;
  fields: string;
  previous: string | null;
  bytes: number;
  more: number;
}

export const claimedColumns = `h.event_id, h.forward_id, h.tenant_id, h.attempt, h.crashes, h.object_id, e.modcode, e.hook, e.received_at,
  e.fields, p.fields AS previous, octet_length(e.fields) + ifnull(octet_length(p.fields), 0) AS bytes,
  EXISTS (SELECT 1 FROM handlings n WHERE n.forward_id = h.forward_id AND n.lane = h.lane AND n.event_id > h.event_id
    AND n.state IN ${openStates}) AS more`;
export const claimedTables =
  'handlings h JOIN events e ON e.id = h.event_id LEFT JOIN events p ON p.id = h.previous_id';

export function readClaimed(row: ClaimedRow, lease: string): Claimed {
  const { fields, unreadable } = readFields(row.fields);
  return {
    event: {
      id: row.event_id,
      tenantId: row.tenant_id,
      modcode: row.modcode,
      hook: row.hook,
      receivedAt: row.received_at,
      fields: fields ?? {},
    },
    forwardId: row.forward_id,
    attempt: row.attempt + 1,
    lease,
    objectId: row.object_id,
    bytes: row.bytes,
    crashes: row.crashes,
    more: row.more === 1,
    previous: row.previous === null ? undefined : readFields(row.previous).fields,
    ...(unreadable !== undefined && { unreadable }),
  };
}

/** What is stored is JSON that we wrote. A disk, or somebody by hand, may have made something else of it. */
export function readFields(text: string): { fields?: Fields; unreadable?: string } {
  try {
    return { fields: JSON.parse(text) as Fields };
  } catch (error) {
    return { unreadable: `What is stored of it cannot be read: ${messageOf(error)}` };
  }
}
