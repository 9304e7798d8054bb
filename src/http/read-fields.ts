import type { Fields } from '../domain/event.ts';
import { Refusal } from '../errors.ts';
import { asBytes, decodeText } from './decode-text.ts';
import { maxFields, parameter } from './form-rules.ts';
import { readMultipart } from './read-multipart.ts';
import { readUrlencoded } from './read-urlencoded.ts';

/**
 * The fields of a POST, whole and as they came: urlencoded, multipart or JSON. A name that comes twice keeps its last value, as in PHP.
 * Throws a Refusal that says what is wrong with the body.
 */
export function readFields(contentType: string, body: Buffer, charset?: typeof asBytes): Fields {
  const semicolon = contentType.indexOf(';');
  const media = (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  switch (media) {
    case 'application/x-www-form-urlencoded':
      return readUrlencoded(body, charset ?? parameter(contentType, 'charset'));
    case 'multipart/form-data':
      return readMultipart(body, parameter(contentType, 'boundary'), charset);
    case 'application/json':
      return readJson(decodeText(body, parameter(contentType, 'charset')));
    default:
      throw new Refusal(
        'unknown-media',
        'The body must be urlencoded, multipart/form-data or JSON, and its Content-Type must say so.',
      );
  }
}

/** The bytes of one field as they came, whatever text they are or are not; a JSON string's are UTF-8. Undefined when there is no such field. */
export function readFieldBytes(contentType: string, body: Buffer, name: string): Buffer | undefined {
  const isJson = /^\s*application\/json\s*(;|$)/i.test(contentType);
  const value = readFields(contentType, body, asBytes)[name];
  return value === undefined ? undefined : Buffer.from(value, isJson ? 'utf8' : 'latin1');
}

function readJson(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('bad-request', 'The body is not JSON, though its Content-Type says so.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('bad-request', 'The JSON body must be an object with a member for each variable.');
  }
  const entries = Object.entries(value);
  if (entries.length > maxFields) throw new Refusal('bad-request', `The body has more than ${maxFields} fields.`);
  return Object.fromEntries(
    entries.map(([name, member]) => [name, typeof member === 'string' ? member : toJson(member)]),
  );
}

/** JSON.parse takes any depth, JSON.stringify recurses: what nests too deeply for it has no meaning for anybody. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new Refusal('bad-request', 'The JSON body is nested too deeply.');
  }
}
