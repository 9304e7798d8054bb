import { GoError } from './go-error.ts';
import type { Id } from './objects.ts';

/** Fields that every object is read with, and none is written with. */
const readOnly: ReadonlySet<string> = new Set(['__api_generated', 'create_date', 'change_date', 'related_object']);

/**
 * An update without read-only fields, so that an object just read can be written back: Ventu's framework refuses the whole update for one
 * read-only field (platform4php, Endpoint::updateObject; that GO runs on it is inferred). A file as it was read, without an action, is
 * one of these. The key must be that of the object which is written.
 */
export function dropReadOnly(key: string, id: Id, fields: object): object {
  const given = (fields as Readonly<Record<string, Id | undefined>>)[key];
  if (given !== undefined && String(given) !== String(id))
    throw new GoError('input', `${key}: is ${JSON.stringify(given)}, but the object that is written is ${id}.`);
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => name !== key && !readOnly.has(name) && !isReadFile(value)),
  );
}

/** {filename, mimetype}, or with its bytes in base64. A caller that writes one has bytes, and an action. */
function isReadFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('filename' in value) || !('mimetype' in value)) return false;
  return !('action' in value) && !('binary' in value && value.binary instanceof Uint8Array);
}
