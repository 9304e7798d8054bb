import type { JsonSet } from '../json-set.ts';
import { checkFile } from './go-files.ts';
import type { GoObject } from './go-objects.ts';
import type { GoState } from './go-state.ts';

/** Every reason why an object cannot be written, in the words of Ventu's framework (platform4php, Endpoint::updateObject). */
export function checkFields(go: GoState, { fields = {} }: GoObject, body: JsonSet, isNew: boolean): string[] {
  const reasons = Object.entries(body).flatMap(([name, value]) => {
    const type = Object.hasOwn(fields, name) ? fields[name]?.replace('!', '') : undefined;
    if (type === undefined) return [`Tried to update non-existing field ${name}`];
    // Which other fields are read-only is not public.
    if (type === 'key' || type === 'time') return [`Tried to update read-only field ${name}`];
    const fault = checkValue(go, name, type, value);
    return fault === undefined ? [] : [`Error updating field ${name}: ${fault}`];
  });
  const missing = Object.entries(fields).filter(([name, type]) => type.endsWith('!') && (body[name] ?? null) === null);
  return isNew ? [...reasons, ...missing.map(([name]) => `Required field ${name} is missing`)] : reasons;
}

/** The faults' words are ours. How strictly the framework takes types has changed: a number as text is taken here, as it does now. */
function checkValue(go: GoState, name: string, type: string, value: unknown): string | undefined {
  if (value === null) return undefined;
  switch (type) {
    case 'text':
      return ['string', 'number'].includes(typeof value) ? undefined : 'must be a text';
    case 'boolean':
      return [true, false, 1, 0, '1', '0'].includes(value as never) ? undefined : 'must be a boolean';
    case 'file':
      return checkFile(value);
    case 'reference':
      return isKnown(go, name.replace(/_ref$/, ''), value) ? undefined : 'refers to nothing';
    default:
      return 'cannot be written like this';
  }
}

function isKnown(go: GoState, object: string, id: unknown): boolean {
  const records = go.records[object] ?? [];
  return records.some((record) => record[`${object}_id`] === (typeof id === 'string' ? Number(id) : id));
}
