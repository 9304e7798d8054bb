import { z } from 'zod';
import { readList } from '../../../domain/php-list.ts';
import { nameWire, show, wireNameOf } from './basic.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** The values that Microbizz's database writes for nothing. They come in objects that are read, and go back as they came. */
const nothing = new Set<unknown>([null, '', '0000-00-00', undefined]);

/** The known fields of each complex type, by the documentation's name of it. For who describes commands. */
export const typeFields = new Map<string, z.ZodObject>();

/**
 * A complex type: its documented fields, all of which may be left out. Unknown fields pass untouched, both ways: new ones
 * may come at any time (docs/protocol.md §4), and an object that was read can be changed and written.
 */
export function set<S extends Shape>(name: string, shape: S) {
  const fields = z.looseObject(optional(shape));
  typeFields.set(name, fields);
  type Fields = z.output<typeof fields>;
  const codec = z.codec(z.unknown(), z.custom<Fields>(), {
    decode: (raw) => (isSet(raw) ? z.decode(fields, raw as z.input<typeof fields>) : (raw as Fields)),
    encode: (value, context) => {
      if (!isSet(value)) {
        context.issues.push({ code: 'custom', message: `expected a set of fields, got ${show(value)}`, input: value });
        return z.NEVER;
      }
      const filled = Object.fromEntries(Object.entries(value).filter(([, field]) => !nothing.has(field)));
      const encoded = z.safeEncode(fields, filled as Fields);
      // Spread over the given one, so that the fields keep their order.
      if (encoded.success) return { ...value, ...encoded.data };
      pushAll(context.issues, [], encoded.error);
      return z.NEVER;
    },
  });
  return nameWire(codec, name);
}

/** A list of values of one type. PHP writes an empty one in several ways. */
export function collection<T extends z.ZodType>(item: T) {
  type Items = z.output<T>[];
  const codec = z.codec(z.unknown(), z.custom<Items>(), {
    decode: (raw) => {
      const list = readList(raw);
      if (list !== undefined) return list.map((each) => z.decode(item, each as z.input<T>));
      return raw === undefined || raw === null || raw === '' ? [] : (raw as Items);
    },
    encode: (value, context) => {
      if (!Array.isArray(value)) {
        context.issues.push({ code: 'custom', message: `expected a list, got ${show(value)}`, input: value });
        return z.NEVER;
      }
      return value.map((each, at) => {
        const encoded = z.safeEncode(item, each);
        if (encoded.success) return encoded.data;
        pushAll(context.issues, [at], encoded.error);
        return undefined;
      });
    },
  });
  const name = wireNameOf(item);
  return nameWire(codec, name === undefined || name === 'unknown' ? 'collection' : `collection[${name}]`);
}

type Issues = { push(issue: { code: 'custom'; message: string; path: PropertyKey[]; input: unknown }): unknown };

function pushAll(issues: Issues, path: PropertyKey[], error: z.ZodError): void {
  for (const issue of error.issues) {
    issues.push({ code: 'custom', message: issue.message, path: [...path, ...issue.path], input: undefined });
  }
}

type Optional<S extends Shape> = { -readonly [K in keyof S]: z.ZodOptional<S[K]> };

function optional<S extends Shape>(shape: S): Optional<S> {
  return Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.optional()])) as Optional<S>;
}

export function isSet(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
