import { isSet, type JsonSet } from '../json-set.ts';
import { PlainText } from './go-answer.ts';
import type { GoObject } from './go-objects.ts';
import type { GoRecord } from './go-state.ts';

/** `status` 400 with bare text is the framework's; that a wrong name in `fields` is a 500 too. */
export type Listed =
  | { readonly records: readonly GoRecord[]; readonly names: readonly string[] | undefined }
  | { readonly status: 400 | 500; readonly document: PlainText };

type Test = (record: GoRecord) => boolean;

/** The parameters of a list: query, limit (from 1), start (from 0), sort or rsort, fields. Others are passed over. */
export function listRecords({ fields = {} }: GoObject, all: readonly GoRecord[], query: JsonSet): Listed {
  const text = (name: string): string | undefined =>
    typeof query[name] === 'string' && query[name] !== '' ? query[name] : undefined;
  try {
    const asked = text('query');
    const test = asked === undefined ? () => true : readCondition(fields, parse(asked));
    const sorting = text('rsort') ?? text('sort');
    if (sorting !== undefined) checkName(fields, sorting);
    const start = readNumber('start', text('start') ?? '0', 0);
    const limit = readNumber('limit', text('limit') ?? String(all.length + 1), 1);
    const found = all.filter(test);
    if (sorting !== undefined) found.sort((one, other) => compare(one[sorting], other[sorting]));
    const ordered = text('rsort') === undefined ? found : found.toReversed();
    const names = text('fields')?.split(',');
    const strange = names?.find((name) => !Object.hasOwn(fields, name));
    if (strange !== undefined) return { status: 500, document: new PlainText(`No such field: ${strange}`) };
    return { records: ordered.slice(start, start + limit), names };
  } catch (error) {
    if (error instanceof BadQuery) return { status: 400, document: new PlainText(error.message) };
    throw error;
  }
}

class BadQuery extends Error {}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadQuery('Invalid query JSON');
  }
}

function readNumber(name: string, text: string, least: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new BadQuery(`Invalid ${name}`);
  return Number(text);
}

function checkName(fields: NonNullable<GoObject['fields']>, name: unknown): string {
  if (typeof name === 'string' && Object.hasOwn(fields, name)) return name;
  throw new BadQuery(`There was problems with your query: no field ${String(name)}`);
}

/** The conditions of Ventu's REST page: {type, fieldname, value}, AND and OR with condition1 and condition2, NOT with condition. */
function readCondition(fields: NonNullable<GoObject['fields']>, condition: unknown, depth = 0): Test {
  if (!isSet(condition) || depth > 100) throw new BadQuery('Invalid query JSON');
  const inner = (name: string): Test => readCondition(fields, condition[name], depth + 1);
  const { type, value } = condition;
  if (type === 'NOT') {
    const test = inner('condition');
    return (record) => !test(record);
  }
  if (type === 'AND' || type === 'OR') {
    const [one, other] = [inner('condition1'), inner('condition2')];
    return (record) => (type === 'AND' ? one(record) && other(record) : one(record) || other(record));
  }
  const name = checkName(fields, condition['fieldname']);
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  const test = typeof type === 'string' && Object.hasOwn(operators, type) ? operators[type] : undefined;
  if (test === undefined) throw new BadQuery(`There was problems with your query: no condition ${String(type)}`);
  return (record) => test(record[name] ?? null, values);
}

/** MySQL compares texts without regard to case; that the framework's tables are made so is a guess. */
const operators: Readonly<Record<string, (field: unknown, values: readonly unknown[]) => boolean>> = {
  Greater: (field, [value]) => field !== null && compare(field, value) > 0,
  GreaterEqual: (field, [value]) => field !== null && compare(field, value) >= 0,
  Lesser: (field, [value]) => field !== null && compare(field, value) < 0,
  LesserEqual: (field, [value]) => field !== null && compare(field, value) <= 0,
  Like: (field, [value]) => spell(field).includes(spell(value)),
  Match: (field, [value]) => spell(field) === spell(value),
  OneOf: (field, values) => values.some((value) => spell(field) === spell(value)),
};

function spell(value: unknown): string {
  if (typeof value === 'boolean') return String(Number(value));
  return (
    typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
  ).toLowerCase();
}

function compare(one: unknown, other: unknown): number {
  const [left, right] = [spell(one), spell(other)];
  const numeric = left !== '' && right !== '' && !Number.isNaN(Number(left)) && !Number.isNaN(Number(right));
  if (numeric) return Number(left) - Number(right);
  return left < right ? -1 : Number(left > right);
}
