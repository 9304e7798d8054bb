import { expect, test } from 'vitest';
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
