import type { Fields } from '../../microbizz/domain/event.ts';
import { Refusal } from '../errors.ts';
import { decodeText, type Reading } from './decode-text.ts';
import { parameter } from './form-rules.ts';
import { readJson } from './read-json.ts';
import { readMultipart } from './read-multipart.ts';
import { readUrlencoded } from './read-urlencoded.ts';

const mark = Buffer.from('\ufeff');
const json = 'application/json';

/**
 * The fields of a POST: urlencoded and multipart as PHP has them in $_POST (collect-fields), or the members of JSON. Throws a Refusal that
 * names the body's fault.
 *
 * @param options.onLegacy gets the charset that was used, when a text is not UTF-8
 */
export function readFields(
  contentType: string,
  body: Buffer,
  { onLegacy }: { onLegacy?: (charset: string) => void } = {},
): Fields {
  const reading: Reading = { charset: parameter(contentType, 'charset') };
  const fields = read(contentType, body, reading);
  if (reading.legacy !== undefined) onLegacy?.(reading.legacy);
  return fields;
}

/** The bytes of one field as they came, even if they are not text; a JSON string's are UTF-8. Undefined when there is no such field. */
export function readFieldBytes(contentType: string, body: Buffer, name: string): Buffer | undefined {
  const isJson = mediaOf(contentType) === json;
  const value = read(contentType, body, { asBytes: !isJson })[name];
  return value === undefined ? undefined : Buffer.from(value, isJson ? 'utf8' : 'latin1');
}

function read(contentType: string, marked: Buffer, reading: Reading): Fields {
  const body = marked.subarray(0, mark.length).equals(mark) ? marked.subarray(mark.length) : marked;
  switch (mediaOf(contentType)) {
    case 'application/x-www-form-urlencoded':
      return readUrlencoded(body, reading);
    case 'multipart/form-data':
      return readMultipart(body, parameter(contentType, 'boundary'), reading);
    case json:
      return readJson(decodeText(body, reading));
    default:
      throw new Refusal(
        'unknown-media',
        'The body must be urlencoded, multipart/form-data or JSON, and its Content-Type must say so.',
      );
  }
}

function mediaOf(contentType: string): string | undefined {
  return /^\s*([^;,\s]*)/.exec(contentType)?.[1]?.toLowerCase();
}
