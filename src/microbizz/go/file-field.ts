import { GoError } from './go-error.ts';

/** The value to write into a file field: a new file, or none (docs/protocol.md §6). Bytes are bytes here and base64 in the message. */
export type FileField =
  | { readonly action: 'add'; readonly filename: string; readonly mimetype: string; readonly binary: Uint8Array }
  | { readonly action: 'remove' };

/** The value as it is sent: bytes anywhere in it become base64, everything else stays as it is. */
export function encodeFiles(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(encodeFiles);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, encodeFiles(each)]));
}

/**
 * The bytes of a file field that was read with `binary: true`. Its shape then is not documented: base64 text is accepted, alone or as
 * `binary` of an object. Undefined for a value without bytes: an internal ID, null.
 */
export function readFile(field: unknown): Uint8Array | undefined {
  const text = typeof field === 'object' && field !== null && 'binary' in field ? field.binary : field;
  if (typeof text !== 'string' || text === '') return undefined;
  const bare = text.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare) || bare.length % 4 !== 0)
    throw new GoError('answer', 'The file field does not hold base64.');
  return new Uint8Array(Buffer.from(bare, 'base64'));
}
