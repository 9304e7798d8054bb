import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';
import { interfaces, interfaceVariables, type Variables } from '../../src/microbizz/domain/catalogue.ts';

interface Documented {
  readonly modcode: string;
  readonly hook: string;
  readonly type: 'Event' | 'Interface' | 'Settings';
  readonly variables: readonly { readonly name: string }[];
}

const file = new URL('../fixtures/protocol/hooks.json', import.meta.url);
const documented = JSON.parse(readFileSync(file, 'utf8')) as Documented[];

test('the interface hooks and their variables are those that are documented', () => {
  const rows = documented.filter(({ type }) => type === 'Interface');
  expect(rows.length).toBeGreaterThan(15);
  const expected = Object.fromEntries(
    rows.map(({ modcode, hook, variables }) => [`${modcode}/${hook}`, variables.map(({ name }) => name)]),
  );
  // The page has its two variables one row too low (hooks.json, note of sales/contract_tab): they are taken on either.
  expect(interfaces).toEqual({ ...expected, 'sales/menu': expected['sales/contract_tab'] });
});

test('settings belong to any module and have no variables', () => {
  expect(documented.filter(({ type }) => type === 'Settings')).toMatchObject([
    { modcode: '*', hook: 'settings', variables: [] },
  ]);
  expect(interfaceVariables({ modcode: 'invoice', hook: 'settings' })).toEqual([]);
  expect(interfaceVariables({ modcode: '__proto__', hook: 'constructor' })).toEqual([]);
});

test('variables of documented hooks are typed, of others they are whatever comes', () => {
  expectTypeOf<Variables<'customer', 'tab'>['customernumber']>().toEqualTypeOf<string>();
  expectTypeOf<Variables<'sales', 'menu'>['number']>().toEqualTypeOf<string>();
  expectTypeOf<Variables<'todo', 'sidebar'>>().toEqualTypeOf<Readonly<Record<string, string>>>();
  expectTypeOf<Variables<'user', 'menu'>>().toExtend<Readonly<Record<string, string>>>();
});
