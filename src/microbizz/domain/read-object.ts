import { createHash } from 'node:crypto';
import type { Fields } from './event.ts';
import { readBrackets } from './read-brackets.ts';
import { isJson, readJson } from './read-json.ts';

export type MicrobizzObject = Readonly<Record<string, unknown>>;

/**
 * The object in a field: JSON text, or PHP's bracket fields (`document[id]=7`, to any depth); undefined where there is neither.
 * Microbizz's objects are mostly undocumented and grow, so nothing of it is checked. A number that JavaScript would round is the text of its
 * digits; of a name that is there twice, the last value.
 */
export function readObject(fields: Fields, variable: string): MicrobizzObject | undefined {
  const text = fields[variable];
  if (text === undefined) return readBrackets(fields, variable);
  const value = parse(text);
  return isObject(value) ? value : undefined;
}

/**
 * The same as JSON text for others: as it came, byte for byte, if it came as JSON of any kind. Other text becomes a JSON string,
 * bracket fields are written as JSON, and a missing object is `null`.
 */
export function writeObject(fields: Fields, variable: string): string {
  const text = fields[variable];
  if (text === undefined) return JSON.stringify(readBrackets(fields, variable) ?? null);
  return !nestsTooDeeply(text) && isJson(text) ? text : JSON.stringify(text);
}

/** Undefined for text that is not JSON, or that nests too deeply to be of use to anybody. */
function parse(text: string): unknown {
  if (nestsTooDeeply(text)) return undefined;
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

/** Microbizz's own have 3 levels. */
const deepest = 50;

/**
 * JSON.parse accepts any depth, but JSON.stringify recurses, and throws at some thousands: an event of `[[[[…` would break every page and
 * handler that writes its object; and other code that walks through it may pay for each level. Only a text with enough brackets to be deep is checked.
 */
function nestsTooDeeply(text: string): boolean {
  if (!hasMany(text, '[') && !hasMany(text, '{')) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length && depth <= deepest; at += 1) {
    const token = text[at];
    if (quoted) {
      if (token === '\\') at += 1;
      else if (token === '"') quoted = false;
    } else if (token === '"') quoted = true;
    else if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
  }
  return depth > deepest;
}

function hasMany(text: string, bracket: string): boolean {
  let count = 0;
  for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
    count += 1;
    if (count > deepest / 2) return true;
  }
  return false;
}

const longestId = 255;

/** An id, a userid or a usercode: a number or a text. Empty where there is none. Long ones are distinguished by a hash. */
export function readId(object: MicrobizzObject | undefined, name: string): string {
  const value = object?.[name];
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = typeof value === 'string' ? value.trim() : '';
  if (text.length <= longestId) return text;
  return `${text.slice(0, 180)}…${createHash('sha256').update(text).digest('hex')}`;
}

function isObject(value: unknown): value is MicrobizzObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
