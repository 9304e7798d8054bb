import type { EventHead } from '../../../microbizz/domain/event.ts';
import type { Parked } from '../ports/connections.ts';
import { plainText } from './plain-text.ts';

/*
 * All that knows how an event lies in its row: `events`, and `parked` while its tenant is not known. A further fact of an event gets its
 * place in `facts`, FactRow and headOf.
 */

/** One column, and an arrival's value in it. */
export interface Column<Of> {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'bigint' | 'bytea';
  readonly of: (arrival: Of) => string | number | Buffer | null;
}

/** Columns that are known for every POST, good or bad. */
const facts: readonly Column<Parked>[] = [
  { name: 'modcode', type: 'text', of: ({ modcode }) => modcode },
  { name: 'hook', type: 'text', of: ({ hook }) => hook },
  { name: 'received_at', type: 'bigint', of: ({ receivedAt }) => receivedAt },
];

/** Columns of every arrival that could be read. */
export const readable: readonly Column<Parked>[] = [
  ...facts,
  { name: 'fields', type: 'text', of: (arrival) => ('fields' in arrival ? JSON.stringify(arrival.fields) : null) },
];

/** … and all that is known of a rejected POST instead of its fields. */
export const arrivalColumns: readonly Column<Parked>[] = [
  ...readable,
  { name: 'body', type: 'bytea', of: (arrival) => ('body' in arrival ? Buffer.from(arrival.body) : null) },
  { name: 'content_type', type: 'text', of: (arrival) => ('body' in arrival ? plainText(arrival.contentType) : null) },
  {
    name: 'content_encoding',
    type: 'text',
    of: (arrival) => ('body' in arrival ? (arrival.contentEncoding ?? null) : null),
  },
  { name: 'fault', type: 'text', of: (arrival) => ('body' in arrival ? plainText(arrival.fault) : null) },
];

export const namesOf = (columns: readonly { readonly name: string }[]): string =>
  columns.map(({ name }) => name).join(', ');

/** Of a statement that calls the event `e`: which one it is, and whose. */
export const headColumns = `e.id, e.tenant_id, ${facts.map(({ name }) => `e.${name}`).join(', ')}`;

interface FactRow {
  modcode: string;
  hook: string;
  received_at: number;
}

export interface HeadRow extends FactRow {
  id: number;
  tenant_id: number;
}

export function headOf({ id, tenant_id: tenantId, modcode, hook, received_at: receivedAt }: HeadRow): EventHead {
  return { id, tenantId, modcode, hook, receivedAt };
}
