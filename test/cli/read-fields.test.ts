import { expect, test } from 'vitest';
import { findTenant } from '../../src/tools/cli/find-tenant.ts';
import { readPairs } from '../../src/tools/cli/read-fields.ts';
import { Secret } from '../../src/microbizz/domain/secret.ts';
import type { Tenant } from '../../src/microbizz/domain/tenant.ts';

test('pairs are text, or JSON after a colon', () => {
  expect(readPairs(['a=1', 'b:=1', 'c=', 'd=x=y:=z', 'e:={"f":[null]}', 'g=line\nline'])).toEqual({
    a: '1',
    b: 1,
    c: '',
    d: 'x=y:=z',
    e: { f: [null] },
    g: 'line\nline',
  });
  for (const [pairs, says] of [
    [['customerid'], 'customerid: expected name=value, or name:=json.'],
    [['=5'], '=5: expected name=value, or name:=json.'],
    [['a:=abc'], 'a: expected JSON.'],
    [['a=1', 'a:=2'], 'a: it is given twice.'],
  ] as const) {
    expect(() => readPairs(pairs)).toThrow(says);
  }
});

test('a tenant is found by id, by contract and by host/contract, and a doubtful name is said to be one', () => {
  const tenant = (id: number, host: string, contract: string): Tenant => ({
    id,
    host,
    contract,
    solution: `https://${host}`,
    credentials: { endpoint: `https://${host}/`, contract, accesstoken: new Secret('') },
  });
  const tenants = [
    tenant(1, 'a.dk', '2391'),
    tenant(2, 'b.dk', '2391'),
    tenant(3, 'a.dk', '007'),
    tenant(7, 'c.dk', '3'),
  ];
  expect(findTenant(tenants, '1').id).toBe(1);
  expect(findTenant(tenants, '007').id).toBe(3);
  expect(findTenant(tenants, 'b.dk/2391').id).toBe(2);
  expect(() => findTenant(tenants, '2391')).toThrow('2391 may be a.dk/2391 (id 1), b.dk/2391 (id 2): name it');
  expect(() => findTenant(tenants, '3')).toThrow('3 may be a.dk/007 (id 3), c.dk/3 (id 7)');
  expect(() => findTenant(tenants, '8')).toThrow('There is no tenant 8.');
});
