import { mainVariable } from '../domain/catalogue.ts';
import type { Fields, StoredEvent } from '../domain/event.ts';
import { readObject } from '../domain/read-object.ts';
import type { Tenant } from '../domain/tenant.ts';

/** What is signed and sent. */
export interface Message {
  /** Equal in every attempt and every replay: the receiver's key to do a thing once. */
  readonly id: string;
  readonly body: string;
}

/** An event as a receiver gets it: `{type, timestamp, data}` after Standard Webhooks. `timestamp` is when Microbizz told us. */
export function buildBody(
  event: StoredEvent,
  previous: Fields | undefined,
  { contract, host }: Pick<Tenant, 'contract' | 'host'>,
): string {
  const { modcode, hook, receivedAt, fields } = event;
  const main = mainVariable(event);
  const others = Object.entries(fields).filter(([name]) => name !== main && !name.startsWith(`${main}[`));
  return writeBody(`${modcode}.${hook}`, receivedAt, {
    contract,
    host,
    modcode,
    hook,
    object: read(fields, main),
    ...(previous && { previous: read(previous, main) }),
    ...(others.length > 0 && { fields: Object.fromEntries(others) }),
  });
}

export function writeBody(type: string, timestamp: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(timestamp).toISOString(), data });
}

/** The object; the bare text where it is none; null where there is nothing. */
function read(fields: Fields, main: string): unknown {
  return readObject(fields, main) ?? fields[main] ?? null;
}
