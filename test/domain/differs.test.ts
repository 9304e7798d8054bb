import { expect, test } from 'vitest';
import { differs } from '../../src/microbizz/domain/differs.ts';
import { readObject } from '../../src/microbizz/domain/read-object.ts';

const read = (value: string) => readObject({ object: `{"id":1,"v":${value}}` }, 'object') ?? {};

test.each([
  ['1042.5', '"1042.50"'],
  ['1042', '"1042.00"'],
  ['5', '"5"'],
  ['"5"', '5'],
  ['true', '1'],
  ['"0"', 'false'],
  ['1e2', '100'],
  ['357012345678901234', '"357012345678901234"'],
  ['[{"a":1,"b":"2"}]', '[{"b":2,"a":true}]'],
])('an event’s %s is what the API writes as %s', (event, api) => {
  expect(differs(read(event), read(api))).toBe(false);
});

test.each([
  ['"1.10"', '"1.1"'],
  ['"007"', '7'],
  ['"1e2"', '100'],
  ['true', '"true"'],
  ['true', '2'],
  ['null', '""'],
  ['0', 'null'],
  ['357012345678901234', '357012345678901235'],
  ['0.1', '"0.10000000000000001"'],
  ['[1]', '[1,2]'],
  ['[]', '{}'],
  ['{"a":1}', '{"a":1,"b":1}'],
  ['"æ"', '"Æ"'],
])('an event’s %s is not the API’s %s', (event, api) => {
  expect(differs(read(event), read(api))).toBe(true);
  expect(differs(read(api), read(event))).toBe(true);
});

test('a field that only one of them has, and when it was written, are no news; an object that is not known is', () => {
  expect(differs({ id: 1, a: 1, changetime: '10:00' }, { id: 1, b: 2, changetime: '11:00' })).toBe(false);
  expect(differs(undefined, { id: 1 })).toBe(true);
});
