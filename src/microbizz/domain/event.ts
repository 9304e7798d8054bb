import { messageOf } from './message-of.ts';
import type { HookName } from './hook.ts';
import { parseJson } from './parse-json.ts';

/** The fields of an event's POST as they came: every name, whole values. An object is JSON text inside its field. */
export type Fields = Readonly<Record<string, string>>;

/** Fields as they are stored. Throws when the text is anything else. */
export function parseFields(json: string): Fields {
  const fields = parseJson(json);
  if (typeof fields !== 'object' || fields === null || !Object.values(fields).every((each) => typeof each === 'string'))
    throw new Error('it is no record of texts.');
  return fields as Fields;
}

/** The same, or why it cannot be read. */
export function readFields(json: string): { readonly fields?: Fields; readonly unreadable?: string } {
  try {
    return { fields: parseFields(json) };
  } catch (error) {
    return { unreadable: unreadable(error) };
  }
}

export function unreadable(error: unknown): string {
  return `What is stored of it cannot be read: ${messageOf(error)}`;
}

/** An event as it arrives, before it is stored. */
export interface Arrival extends HookName {
  readonly tenantId: number;
  readonly receivedAt: number;
  readonly fields: Fields;
  /** Of an event that the gap filler made: the last event that there was when Microbizz was asked. */
  readonly gapAfter?: number;
}

/** A POST with a good key and bad content: kept with its body, so that an operator can look. */
export interface Rejection extends HookName {
  readonly tenantId: number;
  readonly receivedAt: number;
  readonly contentType: string;
  /** Of a body that is kept packed, because it could not be unpacked. */
  readonly contentEncoding?: string;
  readonly body: Uint8Array;
  /** The fault, as it was answered to Microbizz. */
  readonly fault: string;
}

/**
 * How an event is named outside: in a handler, in a forward, on pages and in the log. Never given to two events, also not by a restored
 * database or another one: `mark` is random (store.nameOf). Events of before version 3 have none.
 */
export function eventName(id: number, mark: string): string {
  return mark === '' ? `evt_${id}` : `evt_${mark}_${id}`;
}

export interface StoredEvent extends Arrival {
  /** Rises with each arrival, and is never given twice. */
  readonly id: number;
}

/** Which event it is, and whose, without its contents. */
export type EventHead = Omit<StoredEvent, 'fields' | 'gapAfter'>;
