import type { Fields } from '../../microbizz/domain/event.ts';
import { Refusal } from '../errors.ts';
import { collectFields } from './collect-fields.ts';
import { decodeText, type Reading } from './decode-text.ts';
import { parameter } from './form-rules.ts';
import { partName } from './part-name.ts';

const [tab, lineFeed, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];

/**
 * Cuts the parts from a body that is in memory anyhow, by the rules of PHP (main/rfc1867.c): lines end with CRLF or LF, the last boundary
 * may be missing. `@fastify/multipart` streams, for files of any size, and costs more than storing the event does (bench/README.md). Two
 * things more than PHP: a file is kept as text too, where no field has its name, and behind a part without a name is read on.
 */
export function readMultipart(body: Buffer, boundary: string | undefined, reading: Reading): Fields {
  if (boundary === undefined) throw broken('its Content-Type names no boundary');
  const inside = Buffer.from(`\n--${boundary}`);
  const { charset } = reading;
  const collector = collectFields();
  const plain: [string, string][] = [];
  let parts = 0;
  for (let at = findPart(body, 0, inside); at !== -1;) {
    parts += 1;
    const start = findValue(body, at);
    if (start === -1) break;
    // An empty value may lack the line end of its own.
    const found = body.indexOf(inside, start - 1);
    const end = valueEnd(body, found === -1 ? withoutHalfBoundary(body, inside) : found);
    const headers = decodeText(body.subarray(at, start), reading);
    const named = partName(headers);
    if (named !== undefined) {
      reading.charset = charsetOf(headers) ?? charset;
      const value = decodeText(body.subarray(start, Math.max(start, end)), reading);
      if (named.isFile) collector.add(named.name, value);
      else plain.push([named.name, value]);
    }
    at = found === -1 ? -1 : findPart(body, found + 1, inside);
  }
  if (parts === 0 && !body.includes(inside.subarray(1))) throw broken('its boundary does not occur in it');
  for (const [name, value] of plain) collector.add(name, value);
  return collector.fields();
}

/** Behind the next line that is the boundary and nothing else; -1 where there is none. `at` is the beginning of a line. */
function findPart(body: Buffer, at: number, inside: Buffer): number {
  const opens = inside.subarray(1);
  for (let line = at; ;) {
    const starts = line === 0 && body.subarray(0, opens.length).equals(opens);
    const found = starts ? 0 : body.indexOf(inside, Math.max(0, line - 1)) + 1;
    if (!starts && found === 0) return -1;
    let end = found + opens.length;
    while (body[end] === space || body[end] === tab) end += 1;
    if (body[end] === carriageReturn) end += 1;
    if (body[end] === lineFeed) return end + 1;
    line = body.indexOf(lineFeed, end) + 1;
    if (line === 0) return -1;
  }
}

/** Behind the empty line that ends the headers. */
function findValue(body: Buffer, at: number): number {
  for (let line = at; ;) {
    const end = body.indexOf(lineFeed, line);
    if (end === -1) return -1;
    if (end === line || (end === line + 1 && body[line] === carriageReturn)) return end + 1;
    line = end + 1;
  }
}

function valueEnd(body: Buffer, end: number): number {
  return body[end - 1] === carriageReturn ? end - 1 : end;
}

/** The end of a body without its last boundary: before the part of it that is there, even if that is only the line end. */
function withoutHalfBoundary(body: Buffer, inside: Buffer): number {
  for (let length = inside.length - 1; length > 0; length -= 1) {
    const from = body.length - length;
    if (from >= 0 && body.subarray(from).equals(inside.subarray(0, length))) return from;
  }
  return body.length;
}

function charsetOf(headers: string): string | undefined {
  const found = /^content-type:[^\r\n]*/im.exec(headers);
  return found === null ? undefined : parameter(found[0], 'charset');
}

function broken(what: string): Refusal {
  return new Refusal('bad-request', `The multipart body cannot be read: ${what}.`);
}
