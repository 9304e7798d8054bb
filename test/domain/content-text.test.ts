import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentText } from '../../src/microbizz/domain/content-text.ts';

test.each([
  ['{"a":1,"b":2}', '{"b":2,"a":1}'],
  ['{"a":{"x":1,"y":[{"p":1,"q":2}]},"b":{}}', ' { "b":{ } ,\n"a":{"y":[ {"q":2,\t"p":1}],"x":1}}\r\n'],
  ['{"":1,"\\"":2,"\\\\":"\\\\\\""}', '{"\\\\":"\\\\\\"","\\"":2,"":1}'],
])('%s is the same content as %s', (a, b) => {
  expect(contentText(a)).toBe(contentText(b));
});

test.each([
  ['{"a":1}', '{"a":1,"a":1}'],
  ['{"a":1,"a":2}', '{"a":2,"a":1}'],
  ['{"a":[],"a":{}}', '{"a":{},"a":[]}'],
  ['{"a":{"b":1},"b":2}', '{"a":{"b":2},"b":1}'],
  ['{"a":"x y"}', '{"a":"xy"}'],
  ['{"a":["1,2"]}', '{"a":["1","2"]}'],
  ['{"a":[1,2]}', '{"a":[2,1]}'],
  ['{"a":"#0"}', '{"a":{}}'],
  ['{"a":{},"b":[]}', '{"b":{},"a":[]}'],
])('%s is another content than %s', (a, b) => {
  expect(contentText(a)).not.toBe(contentText(b));
});

test('two objects have one text only if they are equal, whatever the order and the white space', () => {
  const object = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('a', 'b', '__proto__', '"', ':')),
    fc.jsonValue(),
    {
      noNullPrototype: false,
    },
  );
  fc.assert(
    fc.property(object, object, (a, b) => {
      const text = contentText(JSON.stringify(a));
      expect(contentText(JSON.stringify(turned(a), null, 3))).toBe(text);
      expect(contentText(JSON.stringify(b)) === text).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      expect(JSON.stringify(sorted(JSON.parse(text)))).toBe(JSON.stringify(sorted(a)));
    }),
  );
});

test('what was sorted before changes nothing', () => {
  const members = ['"b":1', '"a":2', '"aa":3', '"a\\"":4'];
  const set = (order: readonly number[]): string => `{${order.map((at) => members[at]).join(',')}}`;
  const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
  fc.assert(
    fc.property(orders, (order) => {
      expect(contentText(set(order))).toBe('{"a":2,"a\\"":4,"aa":3,"b":1}');
    }),
  );
  for (const repeated of ['{"b":1,"a":2,"b":1,"c":3}', '{"b":2,"a":2,"b":1,"c":3}', '{"b":1,"b":1,"b":1,"b":1}'])
    expect([contentText(repeated), contentText(repeated)]).toEqual([repeated, repeated]);
});

test('depth does not matter', () => {
  const deep = `${'{"b":1,"a":['.repeat(100_000)}${']}'.repeat(100_000)}`;
  expect(contentText(deep)).toHaveLength(deep.length);
});

function turned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  return fromEntries(Object.entries(value).toReversed());
}

function fromEntries(entries: [string, unknown][]): object {
  return Object.fromEntries(entries.map(([name, inner]) => [name, turned(inner)]));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  // Inside an object, or {} would pass for [].
  return {
    fields: Object.entries(value)
      .map(([name, inner]) => [name, sorted(inner)])
      .toSorted(byName),
  };
}

function byName([a = '']: unknown[], [b = '']: unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
