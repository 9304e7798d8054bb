import { hash } from 'node:crypto';
import type { Fields, StoredEvent } from '../domain/event.ts';
import { danishDay } from '../domain/danish-day.ts';
import { mainVariable } from '../domain/catalogue.ts';
import { readId, readObject, type MicrobizzObject } from '../domain/read-object.ts';
import type { SortedEvent } from './inbox-store.ts';

/** Works out what the store needs to put an event into its lane. Reads loosely: nothing in an event can make it throw. */
export function sortEvent(
  event: StoredEvent & { rejected: boolean },
  hasHandler: (event: StoredEvent) => boolean,
): SortedEvent {
  const { id, tenantId, modcode, hook, receivedAt, rejected, fields } = event;
  const object = readObject(fields, mainVariable(event));
  const objectId = readId(object, 'id');
  return {
    id,
    tenantId,
    modcode,
    hook,
    receivedAt,
    rejected,
    objectId,
    // All hooks of a module tell of the same objects: one lane. Events that name no object keep their order within their hook.
    lane: objectId === '' ? `${tenantId}/${modcode}/${hook}` : `${tenantId}/${modcode}#${objectId}`,
    hash: contentHash(fields),
    userid: readUser(object),
    usercode: readId(object, 'usercode'),
    day: danishDay(receivedAt),
    handler: hasHandler(event),
  };
}

/** 128 bits are enough to tell one content from the next. Field order does not matter: another URL may send them otherwise. */
function contentHash(fields: Fields): Uint8Array {
  const names = Object.keys(fields).sort();
  // With its lengths, so that no value can pass for another field.
  const parts = names.map((name) => {
    const value = fields[name] ?? '';
    return `${name.length},${value.length}:${name}${value}`;
  });
  return hash('sha256', parts.join(''), 'buffer').subarray(0, 16);
}

/** 0 is nobody, like an empty one. */
function readUser(object: MicrobizzObject | undefined): string {
  const userid = readId(object, 'userid');
  return userid === '0' ? '' : userid;
}
