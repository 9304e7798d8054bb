import { expect, test } from 'vitest';
import { readId, readObject, writeObject } from '../../src/microbizz/domain/read-object.ts';

test.each<[string, Record<string, string>, unknown]>([
  ['JSON', { object: '{"id":1,"x":[{"y":"]"}]}' }, { id: 1, x: [{ y: ']' }] }],
  [
    'digits that JavaScript would round',
    { object: '{"id":357012345678901234,"a":[-0,1e400,0.10000000000000001,1042.50,1e2]}' },
    { id: '357012345678901234', a: ['-0', '1e400', '0.10000000000000001', 1042.5, 100] },
  ],
  ['brackets', { 'object[id]': '7', 'object[a][b]': '1', other: '2' }, { id: '7', a: { b: '1' } }],
  ['lists in brackets', { 'object[a][0][b]': '1', 'object[a][1][b]': '2' }, { a: [{ b: '1' }, { b: '2' }] }],
  ['a list with a gap', { 'object[a][0]': '1', 'object[a][2]': '2' }, { a: { 0: '1', 2: '2' } }],
  ['a list alone', { 'object[0]': '1', 'object[1]': '2' }, { 0: '1', 1: '2' }],
  ['names of JavaScript’s own', { 'object[__proto__][x]': '1' }, JSON.parse('{"__proto__":{"x":"1"}}')],
  ['a number', { object: '5' }, undefined],
  ['a list', { object: '[1]' }, undefined],
  ['null', { object: 'null' }, undefined],
  ['no JSON', { object: '{' }, undefined],
  ['nothing', { other: '{}' }, undefined],
])('reads %s', (_what, fields, object) => {
  expect(readObject(fields, 'object')).toEqual(object);
});

const nested = (depth: number, more = '') => `{"id":1,"x":${'['.repeat(depth)}${more}${']'.repeat(depth)}}`;

test('reads what nests 50 deep, brackets in texts not counted; nothing deeper', () => {
  expect(readObject({ object: nested(49) }, 'object')).toBeDefined();
  expect(readObject({ object: nested(49, `"${'[\\"'.repeat(1000)}"`) }, 'object')).toBeDefined();
  expect(readObject({ object: nested(50) }, 'object')).toBeUndefined();
});

test('is done with a hostile megabyte at once', () => {
  const started = performance.now();
  for (const text of ['"\\'.repeat(500_000), '"'.repeat(1_000_000), `"${'\\'.repeat(1_000_000)}`, nested(500_000)]) {
    expect(readObject({ object: text }, 'object')).toBeUndefined();
  }
  expect(performance.now() - started).toBeLessThan(3000);
});

test.each<[unknown, string]>([
  [12, '12'],
  [' 12 ', '12'],
  ['', ''],
  [null, ''],
  [true, ''],
  [{}, ''],
  [Number.NaN, ''],
  ['x'.repeat(255), 'x'.repeat(255)],
])('the id %j is %j', (value, id) => {
  expect(readId({ id: value }, 'id')).toBe(id);
  expect(readId(undefined, 'id')).toBe('');
});

test('long ids stay different, and short enough for an index', () => {
  const ids = ['a', 'b'].map((end) => readId({ id: 'x'.repeat(300) + end }, 'id'));
  expect(new Set(ids).size).toBe(2);
  expect(ids.every((id) => id.length <= 255)).toBe(true);
});

test.each<[string, Record<string, string>, string]>([
  ['an object', { object: ' {"a" : 1.10,"a":-0}\n' }, ' {"a" : 1.10,"a":-0}\n'],
  ['a list', { object: '[]' }, '[]'],
  ['null', { object: 'null' }, 'null'],
  ['JSON of JSON', { object: '"{\\"id\\":7}"' }, '"{\\"id\\":7}"'],
  ['no JSON', { object: '{"a"' }, '"{\\"a\\""'],
  ['what nests too deeply', { object: '['.repeat(501) + ']'.repeat(501) }, `"${'['.repeat(501)}${']'.repeat(501)}"`],
  ['brackets', { 'object[id]': '7' }, '{"id":"7"}'],
  ['nothing', {}, 'null'],
])('%s is written for others as it came', (_what, fields, text) => {
  expect(writeObject(fields, 'object')).toBe(text);
});
