import { mainVariable } from '../../microbizz/domain/catalogue.ts';
import type { Fields, StoredEvent } from '../../microbizz/domain/event.ts';
import { writeObject } from '../../microbizz/domain/read-object.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';

/** Works out the body of a forward; that of a large event on another thread. */
export type BuildBody = (...given: Parameters<typeof buildBody>) => Promise<string>;

/** The message that is signed and sent. */
export interface Message {
  /** Equal in every attempt and every replay: the receiver's key to do a thing once. */
  readonly id: string;
  readonly body: string;
}

/** An event as a receiver gets it: `{type, timestamp, data}` after Standard Webhooks. `timestamp` is when the event arrived. */
export function buildBody(
  event: StoredEvent,
  previous: Fields | undefined,
  { contract, host }: Pick<Tenant, 'contract' | 'host'>,
): string {
  const { modcode, hook, receivedAt, fields } = event;
  const main = mainVariable(event);
  const others = Object.entries(fields).filter(([name]) => name !== main && !name.startsWith(`${main}[`));
  // The object's own text, not JavaScript's reading of it: digits, repeated names and white space stay as the sender wrote them.
  const parts = [
    JSON.stringify({ contract, host, modcode, hook }).slice(0, -1),
    `"object":${writeObject(fields, main)}`,
    ...(previous ? [`"previous":${writeObject(previous, main)}`] : []),
    ...(others.length > 0 ? [`"fields":${JSON.stringify(Object.fromEntries(others))}`] : []),
  ];
  return writeBody(`${modcode}.${hook}`, receivedAt, `${parts.join(',')}}`);
}

/** @param data JSON text */
export function writeBody(type: string, timestamp: number, data: string): string {
  return `${JSON.stringify({ type, timestamp: new Date(timestamp).toISOString() }).slice(0, -1)},"data":${data}}`;
}
