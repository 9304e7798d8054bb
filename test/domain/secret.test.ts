import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../src/microbizz/domain/secret.ts';

test('a secret comes out by reveal() and by nothing else', () => {
  const secret = new Secret('the-token');
  const held = { secret };
  const printed = [
    JSON.stringify(held),
    String(secret),
    inspect(held, { showHidden: true, depth: null }),
    format('%s %o %j', secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
    Object.values(secret).join(''),
    JSON.stringify(Reflect.ownKeys(secret)),
  ];
  for (const text of printed) expect(text).not.toContain('the-token');
  expect(printed[0]).toBe('{"secret":"[hidden]"}');
  expect(secret.reveal()).toBe('the-token');
});
