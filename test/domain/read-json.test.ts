import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExact } from '../../src/microbizz/domain/exact-number.ts';
import { readJson } from '../../src/microbizz/domain/read-json.ts';

test.each([
  ['-0', '-0'],
  ['[-0,1]', ['-0', 1]],
  ['{"a":-0.00}', { a: '-0.00' }],
  ['{"a": -0 }', { a: '-0' }],
  ['1234567890123456789', '1234567890123456789'],
  ['[123456789012345,1234567890123456789]', [123456789012345, '1234567890123456789']],
  ['{"a":0.12345678901234567}', { a: '0.12345678901234567' }],
  ['{"a":-1e400}', { a: '-1e400' }],
  ['{"a":1.5E-3,"b":1e5}', { a: 0.0015, b: 1e5 }],
  ['[1,\n\t9007199254740993]', [1, '9007199254740993']],
  [String.raw`{"a":"\u00e5 1e5","b":"1234567890123456789"}`, { a: 'å 1e5', b: '1234567890123456789' }],
])('%s keeps its digits, wherever a number can stand', (text, value) => {
  expect(readJson(text)).toEqual(value);
});

test('a text that PHP has escaped is parsed as quickly as any: no number of it needs its digits', () => {
  // As PHP writes "Måned, 3-faset æøå".
  const text = String.raw`{"text":"M\u00e5ned, 3-faset \u00e6\u00f8\u00e5","count":-1.5}`;
  const seen: unknown[] = [];
  const parse = JSON.parse;
  JSON.parse = (given: string, reviver?: Parameters<typeof parse>[1]) => {
    seen.push(reviver);
    return parse(given, reviver) as unknown;
  };
  try {
    readJson(text);
  } finally {
    JSON.parse = parse;
  }
  expect(seen).toEqual([undefined]);
});

/** JSON text, and what it is when no number is rounded. */
interface Written {
  readonly json: string;
  readonly value: unknown;
}

test('whatever JSON a number stands in, it keeps its digits, and nothing else is changed', () => {
  const number = fc
    .oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.constantFrom('-0', '1e5', '1.50', '1E-7', '-0.0', '123456789012345678', '1e400', '0.1', '7'),
    )
    .map((json): Written => ({ json, value: isExact(json) ? Number(json) : json }));
  const text = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('1e5', '"', '\\', '\\"1e5', ' 1E-7,', '-0', '\n', '\\u', 'år', '__proto__'),
    )
    .map((value) => ({ json: JSON.stringify(value), value }));
  const { any } = fc.letrec<{ any: Written }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      number,
      text,
      fc
        .array(tie('any'), { maxLength: 4 })
        .map((all) => ({ json: `[ ${all.map(({ json }) => json).join(' ,')}]`, value: all.map(({ value }) => value) })),
      fc.array(fc.tuple(text, tie('any')), { maxLength: 4 }).map((all) => ({
        json: `{${all.map(([name, { json }]) => `${name.json} :${json}`).join(',\n')}}`,
        value: Object.fromEntries(all.map(([name, { value }]) => [name.value, value])),
      })),
    ),
  }));
  fc.assert(
    fc.property(any, ({ json, value }) => {
      expect(readJson(json)).toEqual(value);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['{"h":1,"\\\\u":0}', '{"h":1,"\\u00e5r":2}', 'år'],
  ['{"h":1,"\\\\":0}', '{"h":1,"\\"":2}', '"'],
  ['{"h":1,"a\\\\":0}', '{"h":1,"a\\n":2}', 'a\n'],
])('after %s, the name in %s is the one that stands there', (one, other, name) => {
  // V8 remembers what an object became that began alike; the first times teach it.
  for (let turn = 0; turn < 10; turn += 1) {
    readJson(one);
    expect(Object.keys(readJson(other) as object)).toEqual(['h', name]);
  }
});
