import { isSet } from './json-set.ts';
import type { FieldType } from './object-types.ts';

/** A value of a basic type as the sandbox keeps it, or what it must be. */
export function readBasic(type: FieldType, value: unknown): { readonly value: unknown } | { readonly fault: string } {
  const read = readers[type as keyof typeof readers](value);
  if (read === undefined) return { fault: `must be ${called[type] ?? `a ${type}`}` };
  const most = type in mostCharacters ? mostCharacters[type as keyof typeof mostCharacters] : Infinity;
  // Whether Microbizz counts bytes, UTF-16 units or characters is undocumented: characters.
  const long = typeof read === 'string' && read.length > most && Array.from(read).length > most;
  return long ? { fault: `must have at most ${most} characters` } : { value: read };
}

const mostCharacters = { string: 255, email: 255, lstring: 16_777_215 };

const called: Readonly<Record<string, string>> = {
  boolean: 'a boolean (1 or 0)',
  binary: 'base64',
  date: 'a date such as 2011-08-05',
  time: 'a time such as 18:45:00',
  lstring: 'a string',
  email: 'an e-mail address',
};

/** The forms of Ventu's page "Basic types" when sending to the API. Undefined: not of the type. */
const readers = {
  number: (value: unknown) => (Number.isSafeInteger(value) ? value : undefined),
  float: (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  string: (value: unknown) => (typeof value === 'string' ? value : undefined),
  lstring: (value: unknown) => (typeof value === 'string' ? value : undefined),
  email: (value: unknown) => (typeof value === 'string' && /^$|^[^@\s]+@[^@\s]+$/.test(value) ? value : undefined),
  boolean: (value: unknown) => (isIn(yes, value) ? 1 : isIn(no, value) ? 0 : undefined),
  date: readDate,
  time: readTime,
  binary: (value: unknown) =>
    // One class and a length: a group repeated by the million overflows the stack of V8's expressions, at 3.3 MB of a file.
    typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? value : undefined,
  set: (value: unknown) => (isSet(value) ? value : undefined),
};

const yes = [true, 1, '1', 'true', 'yes'];
const no = [false, 0, '0', 'false', 'no'];

function isIn(list: readonly unknown[], value: unknown): boolean {
  return list.includes(value);
}

/** 2011-08-05, 05-08-2011, 5-8-2011 or 05/08/2011; an empty text means no date, as in objects whose date is not set. */
function readDate(value: unknown): string | undefined {
  if (value === '') return '';
  if (typeof value !== 'string') return undefined;
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  const danish = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/.exec(value);
  const [year = '', month = '', day = ''] = iso?.slice(1) ?? danish?.slice(1).reverse() ?? [];
  const spelled = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${spelled}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(spelled) ? spelled : undefined;
}

/** 18:45:00, 18:45 or 18.45. */
function readTime(value: unknown): string | undefined {
  if (value === '') return '';
  const parts = typeof value === 'string' ? /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$/.exec(value) : null;
  const [hours = '', minutes = '', seconds = '00'] = parts?.slice(1) ?? [];
  const valid = parts !== null && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
  return valid ? `${hours.padStart(2, '0')}:${minutes}:${seconds}` : undefined;
}
