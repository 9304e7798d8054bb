import { inspect } from 'node:util';
import { z } from 'zod';
import { isExact, rawNumber } from '../../../domain/exact-number.ts';
import { formatDate, formatTime } from './dates.ts';

/** The documentation's word for the type: `number`, `collection[customer]`. Read by the list of commands and by the test against the documentation. */
const names = z.registry<{ wire: string }>();

/** The documentation's name for a type of the protocol, and its requirements; undefined for any other schema. */
export function wireNameOf(schema: z.ZodType): string | undefined {
  return (
    names.get(schema)?.wire ?? (schema instanceof z.ZodOptional ? wireNameOf(schema.unwrap() as z.ZodType) : undefined)
  );
}

export function nameWire<T extends z.ZodType>(schema: T, wire: string): T {
  names.add(schema, { wire });
  return schema;
}

/** How a value that was refused is shown: short, and a text in quotes. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * A basic type (docs/protocol.md §4), both ways. Sending refuses invalid values; reading keeps them as they came: most fields are not
 * documented, and one odd value must not cost the whole answer.
 */
function basic<T>(
  name: string,
  {
    expected,
    read,
    send,
  }: { expected: string; read: (raw: unknown) => T | undefined; send: (value: unknown) => unknown },
) {
  const codec = z.codec(z.unknown(), z.custom<T>(), {
    decode: (raw) => read(raw) ?? (raw as T),
    encode: (value, context) => {
      const sent = send(value);
      if (sent !== undefined) return sent;
      context.issues.push({ code: 'custom', message: `expected ${expected}, got ${show(value)}`, input: value });
      return z.NEVER;
    },
  });
  return nameWire(codec, name);
}

function text(name: string, limit: number, least = 0) {
  const codec = z.codec(z.unknown(), z.custom<string>(), {
    decode: (raw) => readText(raw) ?? (raw as string),
    encode: (value, context) => {
      const sent = readText(value);
      if (sent !== undefined && sent.length >= least && sent.length <= limit) return sent;
      const bound = sent?.length === 0 ? `at least ${least}` : `at most ${limit}`;
      // Only values that are not text are shown: a text may be a token.
      const fault = sent === undefined ? `a text, got ${show(value)}` : `${bound} characters, got ${sent.length}`;
      context.issues.push({ code: 'custom', message: `expected ${fault}`, input: value });
      return z.NEVER;
    },
  });
  return nameWire(codec, name);
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) return undefined;
  // A number that JavaScript would round stays the text that it was.
  return isExact(value) ? Number(value) : undefined;
}

/** Digits that came as text, because JavaScript would round them, go back as the number that they were. */
function sendNumber(value: unknown): unknown {
  const number = readNumber(value);
  if (number !== undefined || typeof value !== 'string') return number;
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(value) ? rawNumber(value) : undefined;
}

const truths = new Map<unknown, boolean>([
  ...[true, 1, '1'].map((value) => [value, true] as const),
  ...[false, 0, '0'].map((value) => [value, false] as const),
]);
const words = new Map<unknown, 1 | 0>([
  ...[true, 1, '1', 'true', 'yes'].map((value) => [value, 1] as const),
  ...[false, 0, '0', 'false', 'no'].map((value) => [value, 0] as const),
]);

export const string = text('string', 255);
/** The token that Microbizz puts into the address of a page. Its length is not documented, so it may be longer than other strings. */
export const sessiontoken = text('string', 4096, 1);
export const lstring = text('lstring', 16_777_215);
/** A type whose name is lost on Ventu's page "Basic types": it is checked as a string is. */
export const email = text('email', 255);
/** The documentation says integer, and leaves the unit of money open: a fraction is not refused, it may be one that Microbizz sent. */
export const number = basic('number', { expected: 'a number', read: readNumber, send: sendNumber });
export const float = basic('float', { expected: 'a number', read: readNumber, send: sendNumber });
/** Sent as 1 or 0. */
export const boolean = basic('boolean', {
  expected: 'true or false',
  read: (raw) => truths.get(raw),
  send: (value) => words.get(value),
});
/** `YYYY-MM-DD`, as text: a day has no time zone. The other forms of Ventu's page (5-8-2011, 05/08/2011: the day first) are sent as it. */
export const date = basic('date', { expected: 'a date such as 2011-08-05', read: formatDate, send: formatDate });
/** `HH:MM:SS`; 18:45 and 18.45 are sent as it. */
export const time = basic('time', { expected: 'a time such as 18:45', read: formatTime, send: formatTime });
/** Base64 in the message. A text is assumed to be base64 already. */
export const binary = basic<Uint8Array>('binary', {
  expected: 'bytes (Uint8Array or base64)',
  read: (raw) => {
    const base64 = readBase64(raw);
    return base64 === undefined ? undefined : new Uint8Array(Buffer.from(base64, 'base64'));
  },
  send: (value) =>
    value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : readBase64(value),
});
/** A value whose type the documentation does not state. */
export const unstated = basic<unknown>('unknown', { expected: 'a value', read: (raw) => raw, send: (value) => value });

function readBase64(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const base64 = value.replace(/\s/g, '');
  return base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64) ? base64 : undefined;
}
