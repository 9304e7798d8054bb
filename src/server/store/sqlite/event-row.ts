import type { EventHead } from '../../../microbizz/domain/event.ts';
import type { Parked } from '../ports/connections.ts';

/*
 * All that knows how an event lies in its row: `events`, and `parked` while its tenant is not known. A further fact of an event gets its
 * column in `factColumns`, and its place in FactRow, factsOf and headOf.
 */

/** Columns that are known for every POST, good or bad. */
export const factColumns = 'modcode, hook, received_at';
/** … and of its content: the fields of an event, or all that is known of a rejected POST. */
const content = 'fields, body, content_type, content_encoding, fault';
/** The columns that an arrival fills in either table, beside its owner's. */
export const arrivalColumns = `${factColumns}, ${content}`;

type Value = string | number | Uint8Array | null;

interface FactRow {
  modcode: string;
  hook: string;
  received_at: number;
}

function factsOf({ modcode, hook, receivedAt }: Parked): Value[] {
  return [modcode, hook, receivedAt];
}

/** For `arrivalColumns`, in their order. */
export function arrivalValues(arrival: Parked): Value[] {
  if ('fields' in arrival) return [...factsOf(arrival), JSON.stringify(arrival.fields), null, null, null, null];
  const { body, contentType, contentEncoding = null, fault } = arrival;
  return [...factsOf(arrival), null, body, contentType, contentEncoding, fault];
}

/** A question mark for each column. */
export function placesFor(columns: string): string {
  return columns.replace(/[^,\s]+/g, '?');
}

/** Of a statement that calls the event `e`: which one it is, and whose. */
export const headColumns = `e.id, e.tenant_id, ${factColumns.replace(/\w+/g, 'e.$&')}`;

export interface HeadRow extends FactRow {
  id: number;
  tenant_id: number;
}

export function headOf({ id, tenant_id: tenantId, modcode, hook, received_at: receivedAt }: HeadRow): EventHead {
  return { id, tenantId, modcode, hook, receivedAt };
}
