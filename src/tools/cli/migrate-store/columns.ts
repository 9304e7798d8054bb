import { hash } from 'node:crypto';
import { plainText } from '../../../server/store/postgres/plain-text.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Value = number | string | Buffer | null;

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** What goes into the target, of a row of the source. */
  readonly of: (row: Row) => Value;
}

/** How the values of a column travel, and how both sides write them as a text that is compared. `name` stands for the column. */
interface KindOf {
  readonly type: 'bigint' | 'text' | 'bytea';
  /** SQL: what is stored, of what was sent. */
  readonly stored: (name: string) => string;
  /** SQL: the text of what is stored. */
  readonly text: (name: string) => string;
}

const same = (name: string): string => name;
/** Ordered by their bytes, as `wordsText` has them. */
const lexemes = (name: string): string =>
  `array_to_string(ARRAY(SELECT w FROM unnest(tsvector_to_array(${name})) AS w ORDER BY w COLLATE "C"), ' ')`;

export const kinds = {
  number: { type: 'bigint', stored: same, text: (name) => `${name}::text` },
  text: { type: 'text', stored: same, text: same },
  bytes: { type: 'bytea', stored: same, text: (name) => `encode(sha256(${name}), 'hex')` },
  /** 0 or 1 in the source. */
  flag: { type: 'bigint', stored: (name) => `${name} <> 0`, text: (name) => `${name}::int::text` },
  /** A JSON array of texts in the source. */
  list: {
    type: 'text',
    stored: (name) => `ARRAY(SELECT json_array_elements_text(${name}::json))`,
    text: (name) => `array_to_json(${name})::text`,
  },
  /** Separated by blanks. */
  words: { type: 'text', stored: (name) => `array_to_tsvector(string_to_array(${name}, ' '))`, text: lexemes },
} as const satisfies Readonly<Record<string, KindOf>>;
export type Kind = keyof typeof kinds;

/** Names with their kinds, `name:kind`, where that is not `number`; in the source they have the same names. */
export function columnsOf(names: string): Column[] {
  return names
    .trim()
    .split(/\s+/)
    .map((each) => {
      const [name = '', kind = 'number'] = each.split(':');
      return { name, kind: kind as Kind, of: (row) => sent(row[name]) };
    });
}

function sent(value: unknown): Value {
  if (typeof value === 'string') return plainText(value);
  if (value === null || typeof value === 'number' || Buffer.isBuffer(value)) return value;
  throw new Error(`A ${typeof value} cannot be moved.`);
}

/** As `text` of the kind writes it in the target. */
export function textOf(value: Value): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : hash('sha256', value, 'hex');
}

/** Words as the target has them: ordered by their bytes. */
export function wordsText(words: readonly string[]): string {
  // Where no character takes two places, JavaScript's order is that of the bytes.
  const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const plain = !words.some((word) => /[\uD800-\uDFFF]/.test(word));
  return (plain ? words.toSorted() : words.toSorted(byBytes)).join(' ');
}

/** Bytes that a row takes on its way, nearly. */
export function sizeOf(values: readonly Value[]): number {
  return values.reduce<number>(
    (sum, value) => sum + (value === null || typeof value === 'number' ? 8 : value.length),
    0,
  );
}
