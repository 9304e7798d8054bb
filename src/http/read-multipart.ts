import type { Fields } from '../domain/event.ts';
import { Refusal } from '../errors.ts';
import { decodeText } from './decode-text.ts';
import { maxFields, parameter } from './form-rules.ts';

const endOfHeaders = Buffer.from('\r\n\r\n');

/**
 * Cuts the parts from a body that is in memory anyhow (1 MiB at most), by RFC 7578. `@fastify/multipart` streams, for files of any size,
 * and costs more than storing the event does (0.43 of a bare server against 0.79, prototypes on Node 20). Every part is kept as text.
 */
export function readMultipart(body: Buffer, boundary: string | undefined, charset?: string): Fields {
  if (boundary === undefined || boundary.length > 70) throw broken('its Content-Type names no boundary');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields = Object.create(null) as Record<string, string>;
  let at = skipPreamble(body, delimiter);
  for (let count = 0; ; count += 1) {
    if (count > maxFields) throw new Refusal('bad-request', `The body has more than ${maxFields} fields.`);
    if (body[at] === 0x2d && body[at + 1] === 0x2d) return fields;
    // RFC 2046 allows blanks between the boundary and the end of its line.
    while (body[at] === 0x20 || body[at] === 0x09) at += 1;
    if (body[at] !== 0x0d || body[at + 1] !== 0x0a) throw broken('a boundary is not followed by a new line');
    // From here, so that a part without any header (an empty line at once) is seen too.
    const headersEnd = body.indexOf(endOfHeaders, at);
    const valueEnd = headersEnd === -1 ? -1 : body.indexOf(delimiter, headersEnd + 2);
    if (valueEnd === -1) throw broken('it ends in the middle of a part');
    const headers = decodeText(body.subarray(at, headersEnd));
    const name = partName(headers);
    if (name === undefined) throw broken('a part has no name');
    fields[name] = decodeText(
      body.subarray(headersEnd + 4, Math.max(valueEnd, headersEnd + 4)),
      charset ?? charsetOf(headers),
    );
    at = valueEnd + delimiter.length;
  }
}

function skipPreamble(body: Buffer, delimiter: Buffer): number {
  const opening = delimiter.subarray(2);
  if (body.subarray(0, opening.length).equals(opening)) return opening.length;
  const found = body.indexOf(delimiter);
  if (found === -1) throw broken('its boundary does not occur in it');
  return found + delimiter.length;
}

/** curl writes a quote in a name as `\"` or, since 7.81, as `%22`; browsers as `%22`, and a backslash as it is. Read as PHP does. */
function partName(headers: string): string | undefined {
  const found = /^content-disposition:[^\r\n]*?[;\s]name=(?:"((?:\\.|[^"\\])*)"|([^\s;]+))/im.exec(headers);
  return found?.[1]?.replaceAll(/\\(["\\])/g, '$1').replaceAll('%22', '"') ?? found?.[2];
}

function charsetOf(headers: string): string | undefined {
  const found = /^content-type:[^\r\n]*/im.exec(headers);
  return found === null ? undefined : parameter(found[0], 'charset');
}

function broken(what: string): Refusal {
  return new Refusal('bad-request', `The multipart body cannot be read: ${what}.`);
}
