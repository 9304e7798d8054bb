import { expect, test } from 'vitest';
import { readId, readObject } from '../../src/domain/read-object.ts';

test.each<[string, Record<string, string>, unknown]>([
  ['JSON', { object: '{"id":1,"x":[{"y":"]"}]}' }, { id: 1, x: [{ y: ']' }] }],
  ['brackets', { 'object[id]': '7', 'object[a][b]': '1', other: '2' }, { id: '7' }],
  ['a number', { object: '5' }, undefined],
  ['a list', { object: '[1]' }, undefined],
  ['null', { object: 'null' }, undefined],
  ['no JSON', { object: '{' }, undefined],
  ['nothing', { other: '{}' }, undefined],
])('reads %s', (_what, fields, object) => {
  expect(readObject(fields, 'object')).toEqual(object);
});

const nested = (depth: number, more = '') => `{"id":1,"x":${'['.repeat(depth)}${more}${']'.repeat(depth)}}`;

test('reads what nests 500 deep, brackets in texts not counted; nothing deeper', () => {
  expect(readObject({ object: nested(499) }, 'object')).toBeDefined();
  expect(readObject({ object: nested(499, `"${'[\\"'.repeat(1000)}"`) }, 'object')).toBeDefined();
  expect(readObject({ object: nested(500) }, 'object')).toBeUndefined();
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
  ['x'.repeat(300), 'x'.repeat(255)],
])('the id %j is %j', (value, id) => {
  expect(readId({ id: value }, 'id')).toBe(id);
  expect(readId(undefined, 'id')).toBe('');
});
