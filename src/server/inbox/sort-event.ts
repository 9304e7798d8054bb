import { hash } from 'node:crypto';
import { parseFields, type Fields } from '../../microbizz/domain/event.ts';
import { contentText } from '../../microbizz/domain/content-text.ts';
import { mainVariable } from '../../microbizz/domain/catalogue.ts';
import { readId, readObject, type MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import type { SortedEvent, Unsorted } from '../store/ports/inbox.ts';

/** Finds the data with which the store puts an event into its lane. Reads loosely, so that no event makes it throw. */
export function sortEvent(event: Unsorted): Omit<SortedEvent, 'handler'> {
  const { id, tenantId, modcode, hook, receivedAt, gapAfter } = event;
  const fields = event.fields === undefined ? {} : parseFields(event.fields);
  const main = mainVariable(event);
  const object = readObject(fields, main);
  const objectId = readId(object, 'id');
  return {
    id,
    tenantId,
    modcode,
    hook,
    receivedAt,
    rejected: event.fields === undefined,
    objectId,
    // All hooks of a module report the same objects: one lane. Events that name no object keep their order within their hook.
    lane: objectId === '' ? `${tenantId}/${modcode}/${hook}` : `${tenantId}/${modcode}#${objectId}`,
    hash: contentHash(fields, main, object),
    ...(gapAfter !== undefined && { gapAfter }),
  };
}

/** 128 bits are enough to distinguish contents. Field order does not matter: another URL may send them in another order. */
function contentHash(fields: Fields, main: string, object: MicrobizzObject | undefined): Uint8Array {
  const names = Object.keys(fields).sort();
  // With its lengths, so that no value can pass for another field.
  const parts = names.map((name) => {
    const text = fields[name] ?? '';
    const value = name === main && object !== undefined ? contentText(text) : text;
    return `${name.length},${value.length}:${name}${value}`;
  });
  return hash('sha256', parts.join(''), 'buffer').subarray(0, 16);
}
