import type { Fields } from '../../microbizz/domain/event.ts';
import { Refusal } from '../errors.ts';
import { maxFields } from './form-rules.ts';

/** TypeScript's library does not know them yet: https://github.com/tc39/proposal-json-parse-with-source */
interface JsonWithSource {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}
const json = JSON as unknown as JsonWithSource;

/** A field for each member: a text as it is, everything else as JSON, with the digits that came. */
export function readJson(text: string): Fields {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('bad-request', 'The JSON body must be an object with a member for each variable.');
  }
  const entries = Object.entries(value);
  if (entries.length > maxFields) throw new Refusal('bad-request', `The body has more than ${maxFields} fields.`);
  return Object.fromEntries(
    entries.map(([name, member]) => [name, typeof member === 'string' ? member : toJson(member)]),
  );
}

function parse(text: string): unknown {
  try {
    return json.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
    );
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw new Refusal('bad-request', 'The body is not JSON, though its Content-Type says so.');
  }
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw tooDeep();
  }
}

/** What nests too deeply for the parser has no meaning for anybody. */
function tooDeep(): Refusal {
  return new Refusal('bad-request', 'The JSON body is nested too deeply.');
}
