import { expect, test } from 'vitest';
import { isLoopback, refuseAddress, refuseEndpoint } from '../../src/microbizz/domain/hosts.ts';

const hosts = ['*.microbizz.dk', 'exact.example', '127.0.0.1', 'localhost', '[::1]'];

test.each([
  'https://system.microbizz.dk/api/endpoint.php',
  'https://SYSTEM15.Microbizz.DK',
  'https://a.b.microbizz.dk:8443/',
  'https://exact.example/?a=b',
  'http://127.0.0.1:4000/',
  'https://127.0.0.1/',
  'http://localhost/',
])('allows %s', (address) => {
  expect(refuseAddress(address, hosts)).toBeUndefined();
});

test.each([
  'https://microbizz.dk/',
  'https://microbizz.dk.evil.example/',
  'https://evilmicrobizz.dk/',
  'https://system.microbizz.dk./',
  'https://sub.exact.example/',
  'https://evil.example/#.microbizz.dk',
  'https://evil.example\\.microbizz.dk/',
  'https://system.microbizz.dk@evil.example/',
  'https://:x@system.microbizz.dk/',
  'http://system.microbizz.dk/',
  'http://exact.example/',
  'http://127.0.0.2/',
  'http://0x7f.2/',
  'http://a.localhost/',
  'http://0.0.0.0/',
  'https://0.0.0.0/',
  'https://169.254.169.254/',
  'https://[::ffff:127.0.0.1]/',
  'http://[::1]:4000/',
  'https://evil.example;x.microbizz.dk/',
  "https://'unsafe-inline'.microbizz.dk/",
  'https://*.microbizz.dk/',
  'https://a,b.microbizz.dk/',
  'ftp://127.0.0.1/',
  'javascript:alert(1)',
  'https:///',
  '',
  `https://system.microbizz.dk/${'x'.repeat(2048)}`,
])('refuses %s', (address) => {
  expect(refuseAddress(address, hosts)).toMatch(/^(it|the host) /);
});

test('a star alone names nobody, and a pattern names no loopback host', () => {
  expect(refuseAddress('https://evil.example/', ['*', '*.'])).toBeDefined();
  expect(refuseAddress('http://a.localhost/', ['*.localhost'])).toBeDefined();
});

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['[::1]', true],
  ['::1', true],
  ['localhost', true],
  ['a.localhost', true],
  ['128.0.0.1', false],
  ['[::2]', false],
  ['localhost.example', false],
  ['notlocalhost', false],
])('%s is this machine: %s', (host, itIs) => {
  expect(isLoopback(host)).toBe(itIs);
});

test.each(['/api/endpoint.php', '/api//endpoint.php', '/test2/api/endpoint.php', '/another/path.php'])(
  'an endpoint may be %s',
  (path) => {
    expect(refuseEndpoint(`https://system.microbizz.dk${path}`, hosts)).toBeUndefined();
  },
);

test.each([
  ['/api/endpoint.php?json={}', 'query or a fragment'],
  ['/api/endpoint.php?', 'query or a fragment'],
  ['/api/endpoint.php#', 'query or a fragment'],
  ['/api/endpoint.php#?json={}', 'query or a fragment'],
  ['/files/upload.json', 'path'],
  ['/api/endpoint.php/x', 'path'],
  ['/api/endpoint.php%3Fjson=1', 'path'],
  ['/api/endpoint.php;json=1', 'path'],
  ['/api/endpoint.php%00.php', 'path'],
  ['/', 'path'],
  ['', 'path'],
])('an endpoint is not %s', (path, why) => {
  expect(refuseEndpoint(`https://system.microbizz.dk${path}`, hosts)).toContain(why);
});
