import { expect, test } from 'vitest';
import { describeChange, titleOf } from '../../src/server/history/describe-change.ts';
import { diffObjects as compare } from '../../src/server/history/diff-objects.ts';
import type { ChangedField } from '../../src/server/store/ports/history.ts';
import { readObject, type MicrobizzObject } from '../../src/microbizz/domain/read-object.ts';

const diffObjects = (before: MicrobizzObject, after: MicrobizzObject): readonly ChangedField[] =>
  compare(before, after).fields;

function parse(json: string): MicrobizzObject {
  const object = readObject({ object: json }, 'object');
  if (object === undefined) throw new Error('no object');
  return object;
}

test('fields that came, went and changed are told by their path, nested ones and those of lists too', () => {
  const before = {
    id: 7,
    price: 1,
    gone: null,
    address: { city: 'Ribe', zip: '6760' },
    lines: [{ n: 1 }, { n: 2 }, 3],
  };
  const after = { id: 7, price: 2, address: { city: 'Tønder', zip: '6760' }, lines: [{ n: 1 }, { n: 5 }], new: [1] };
  expect(diffObjects(before, after)).toEqual([
    { path: 'price', kind: 'changed', from: 1, to: 2 },
    { path: 'gone', kind: 'removed', from: null },
    { path: 'address.city', kind: 'changed', from: 'Ribe', to: 'Tønder' },
    { path: 'lines.1.n', kind: 'changed', from: 2, to: 5 },
    { path: 'lines.2', kind: 'removed', from: 3 },
    { path: 'new', kind: 'added', to: [1] },
  ]);
  expect(diffObjects(after, after)).toEqual([]);
});

test('a number told as text is no change, but another number, a date and a code with zeros are', () => {
  expect(diffObjects({ a: 5, b: '1.50', c: 1 }, { a: '5', b: 1.5, c: '1' })).toEqual([]);
  expect(diffObjects({ a: 5, b: null, c: '' }, { a: '6', b: '', c: 0 })).toHaveLength(3);
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a field called %s is a field, there or not',
  (name) => {
    const [without, empty, full] = [
      parse('{"id":7}'),
      parse(`{"id":7,"${name}":{}}`),
      parse(`{"id":7,"${name}":{"a":1}}`),
    ];
    expect(diffObjects(without, empty)).toEqual([{ path: name, kind: 'added', to: {} }]);
    expect(diffObjects(full, without)).toMatchObject([{ path: name, kind: 'removed' }]);
    expect(diffObjects(empty, full)).toEqual([{ path: `${name}.a`, kind: 'added', to: 1 }]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  },
);

test('objects as deep as readObject takes them are compared', () => {
  const nested = (value: number): MicrobizzObject => parse(`${'{"a":'.repeat(50)}${value}${'}'.repeat(50)}`);
  const [field, ...others] = diffObjects(nested(1), nested(2));
  expect(others).toEqual([]);
  // Below 20 names it is the whole value that differs.
  expect(field?.path).toBe(Array(20).fill('a').join('.'));
  expect(diffObjects(nested(1), nested(1))).toEqual([]);
});

test('of many differences the first thousand are told, and that there are more', () => {
  const wide = (value: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, value]));
  expect(compare(wide(1, 1000), wide(2, 1000))).toMatchObject({ complete: true, fields: { length: 1000 } });
  expect(compare(wide(1, 1001), wide(2, 1001))).toMatchObject({ complete: false, fields: { length: 1000 } });
  expect(describeChange(wide(1, 5000), wide(2, 5000), false)).toMatchObject({ more: 997, uncounted: true });
});

test('a name of a megabyte is not in the path of each field below it', () => {
  const name = 'n'.repeat(1_000_000);
  const below = (value: number) => ({
    [name]: Object.fromEntries(Array.from({ length: 900 }, (_, at) => [at, value])),
  });
  const fields = diffObjects(below(1), below(2));
  expect(fields).toHaveLength(900);
  expect(fields[0]?.path).toBe(`${name.slice(0, 80)}….0`);
});

test('a list shows three fields, shortened, and says how many more; that it was changed is told only when nothing else is', () => {
  const long = 'æ'.repeat(500);
  const before = { changedate: '2026-01-01', a: 1, b: 1, c: long, d: 1, e: 1 };
  const after = { changedate: '2026-01-02', a: 2, b: 2, c: `${long}!`, d: 2, e: { deep: long } };
  const { fields, more, first } = describeChange(before, after, false);
  expect(fields.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
  expect(fields[2]).toEqual({ path: 'c', kind: 'changed', from: `${'æ'.repeat(120)}…`, to: `${'æ'.repeat(120)}…` });
  expect([more, first]).toEqual([2, false]);
  expect(describeChange({ changedate: 'x' }, { changedate: 'y' }, false).fields).toHaveLength(1);
  expect(describeChange(undefined, after, true)).toEqual({ fields: [], more: 0, first: true });
});

test('an id and a code are left out where their text changed too', () => {
  const before = { productid: 1, producttext: 'Rør', todoid: 1 };
  const after = { productid: 2, producttext: 'Hane', todoid: 2 };
  expect(describeChange(before, after, false).fields.map(({ path }) => path)).toEqual(['producttext', 'todoid']);
});

test('the title is the first text that looks like a name', () => {
  expect(titleOf({ title: ' ', producttext: 'Hane' })).toBe('Hane');
  expect(titleOf({ text: 5 })).toBe('');
  expect(titleOf(undefined)).toBe('');
});
