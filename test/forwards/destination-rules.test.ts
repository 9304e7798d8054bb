import { expect, test } from 'vitest';
import { buildDestinationRules } from '../../src/server/forwards/destination-rules.ts';

const rules = buildDestinationRules(
  ['erp.intern', 'Files.Intern:8443', '127.0.0.1:4000', '10.1.2.3', 'fd00::8', '[fd00:0::7]:4001'],
  (host) => {
    if (host === 'unknown.dk') return Promise.reject(new Error('ENOTFOUND'));
    if (host === 'inside.dk') return Promise.resolve(['10.0.0.1', '::1']);
    return Promise.resolve(host === 'mixed.dk' ? ['10.0.0.1', '8.8.8.8'] : ['8.8.8.8']);
  },
);

test.each([
  ['https://0x7f.1/', 'loopback'],
  ['https://127.1/', 'loopback'],
  ['https://2130706433/', 'loopback'],
  ['https://0177.0.0.1/', 'loopback'],
  ['https://127.0.0.1./', 'loopback'],
  ['https://１２７.０.０.１/', 'loopback'],
  ['https://%31%32%37.0.0.1/', 'loopback'],
  ['https://[::ffff:127.0.0.1]/', 'loopback'],
  ['https://[::1]:8080/', 'loopback'],
  ['https://[0:0:0:0:0:ffff:7f00:1]/', 'loopback'],
  ['https://[fd00::1]/', 'unique local'],
  ['https://[fe80::1]/', 'link-local'],
  ['https://169.254.169.254/latest/meta-data', 'link-local'],
  ['https://0xa9fea9fe/', 'link-local'],
  ['https://100.64.0.1/', 'carrier-grade NAT'],
  ['https://0.0.0.0/', 'unspecified'],
  ['https://0/', 'unspecified'],
  ['https://[::]/', 'unspecified'],
  ['https://[64:ff9b::7f00:1]/', 'loopback'],
  ['https://[2002:7f00:1::]/', '6to4'],
  ['https://224.0.0.1/', 'multicast'],
  ['https://192.0.2.1/', 'reserved'],
  ['https://10.1.2.4/', 'private'],
])('%s is refused: %s', (url, kind) => {
  expect(rules.refuseUrl(url)?.says).toContain(`is not on the public internet (${kind})`);
});

test.each([
  ['http://example.dk/hook', 'it is not https'],
  ['http://8.8.8.8/', 'it is not https'],
  ['ftp://erp.intern/', 'it is not https'],
  ['file:///etc/passwd', 'it is not a complete URL'],
  ['unix:/var/run/docker.sock', 'it is not a complete URL'],
  ['https://', 'it is not a complete URL'],
  ['https://user@example.dk/', 'it carries a user name or password'],
  ['https://:secret@example.dk/', 'it carries a user name or password'],
  ['https://127.0.0.1@erp.intern/', 'it carries a user name or password'],
  [`https://example.dk/${'a'.repeat(2048)}`, 'it is longer than 2048 characters'],
  ['http://files.intern/', 'it is not https'],
])('%s is refused: %s', (url, reason) => {
  expect(rules.refuseUrl(url)?.says).toBe(reason);
});

test.each([
  'https://example.dk/hook',
  'https://example.dk:8443/hook?key=1',
  'https://8.8.8.8/',
  'http://erp.intern/hook',
  'http://ERP.intern:81/',
  'http://files.intern:8443/',
  'http://127.0.0.1:4000/',
  'http://0x7f.1:4000/',
  'http://10.1.2.3:9/',
  'http://[fd00::8]/',
  'http://[fd00::7]:4001/',
])('%s may be a destination', (url) => {
  expect(rules.refuseUrl(url)).toBeUndefined();
});

test('a host must have a public address when it is added', async () => {
  expect(await rules.refuseDestination('https://unknown.dk/')).toEqual({
    kind: 'unknown-host',
    says: 'its host cannot be found (ENOTFOUND)',
  });
  expect(await rules.refuseDestination('https://inside.dk/')).toEqual({
    kind: 'private',
    says: 'inside.dk is not on the public internet (private), and FORWARD_PRIVATE_HOSTS does not name it',
  });
  expect(await rules.refuseDestination('https://mixed.dk/')).toBeUndefined();
  expect(await rules.refuseDestination('https://example.dk/')).toBeUndefined();
  expect(await rules.refuseDestination('http://erp.intern/')).toBeUndefined();
  expect(await rules.refuseDestination('http://example.dk/')).toEqual({ kind: 'not-https', says: 'it is not https' });
});
