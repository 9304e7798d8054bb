import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Environment, readConfig } from '../src/server/config.ts';
import { findPlaces } from '../src/server/places.js';

const required = { MICROBIZZ_PUBLICID: 'public', MICROBIZZ_SECRETKEY: 'secret' };

test('.env.example names the settings, all of them, and no other', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const names = [...example.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
  expect(names.sort()).toEqual(Object.keys(Environment.shape).sort());
});

test('the values in .env.example are the defaults', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const pairs = [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
  const given: Record<string, string> = Object.fromEntries(pairs);
  expect(readConfig({ ...given, ...required })).toEqual(readConfig(required));
});

test('two settings are enough', () => {
  const config = readConfig({ ...required, HOST: '', APP_KEY: '', UNKNOWN: 'x' });
  expect(config).toMatchObject({
    PUBLIC_URL: 'http://localhost:3000',
    HOST: '127.0.0.1',
    PORT: 3000,
    LOG_LEVEL: 'info',
  });
  expect(config).toMatchObject({
    MICROBIZZ_URL: 'https://system.microbizz.dk',
    MICROBIZZ_HOSTS: ['*.microbizz.dk', '*.microbizz.com'],
    DATABASE_URL: 'data/appconnect.db',
  });
  expect(config.APP_KEY).toBeUndefined();
  expect(config.MICROBIZZ_SECRETKEY.reveal()).toBe('secret');
});

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

test('every fault is told at once, by name, and no value is repeated', () => {
  const wrong = {
    PUBLIC_URL: 'http://app.example',
    PORT: '70000',
    MICROBIZZ_URL: 'https://me:pass-in-url@system.microbizz.dk',
    DATABASE_URL: 'mysql://root:pass-in-url@db',
    APP_KEY: 'too-short-a-key',
    LOG_LEVEL: 'loud',
  };
  const told = faultsOf(wrong);
  for (const name of [...Object.keys(wrong), ...Object.keys(required)]) expect(told).toContain(`\n  ${name} `);
  expect(told.split('\n')).toHaveLength(1 + 8);
  expect(told).not.toMatch(/pass-in-url|too-short/);
});

test.each([
  ['PUBLIC_URL', 'app.example', 'complete'],
  ['PUBLIC_URL', 'nonsense', 'complete'],
  ['PUBLIC_URL', 'ftp://app.example', 'complete'],
  ['PUBLIC_URL', 'http://app.example', 'https'],
  ['PUBLIC_URL', 'http://127.0.0.1.evil.example', 'https'],
  ['PUBLIC_URL', 'https://app.example/?a=b', 'query'],
  ['GO_URL', 'http://go-api.microbizz.dk/api.php', 'https'],
  ['GO_URL', 'http://localhost.example/api.php', 'https'],
  ['GO_URL', 'go-api.microbizz.dk', 'complete'],
  ['PUBLIC_URL', 'https://app.example/#a', 'fragment'],
  ['PUBLIC_URL', 'https://me:pw@app.example', 'user name'],
  ['PORT', 'http', 'port number'],
  ['PORT', '-1', 'PORT'],
  ['PORT', '1.5', 'PORT'],
  ['MICROBIZZ_URL', 'system.microbizz.dk', 'complete URL'],
  ['MICROBIZZ_URL', 'https://evil.example', 'not one of MICROBIZZ_HOSTS'],
  ['MICROBIZZ_URL', 'http://system.microbizz.dk', 'not https'],
  ['MICROBIZZ_URL', 'http://127.0.0.1:4000', 'does not name it'],
  ['DATABASE_URL', 'data/appconnect.db', 'file:'],
  ['DATABASE_URL', 'postgres:///appconnect', '<host>'],
  ['APP_KEY', 'short', '32 characters'],
  ['APP_KEY', `${'k'.repeat(32)},short`, '32 characters'],
  ['APP_KEY', ',', '32 characters'],
  ['LOG_LEVEL', 'verbose', 'LOG_LEVEL'],
])('%s=%s is refused', (name, value, why) => {
  const told = faultsOf({ ...required, [name]: value });
  expect(told).toContain(`\n  ${name} `);
  expect(told).toContain(why);
});

test.each([
  ['PUBLIC_URL', 'http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['PUBLIC_URL', 'http://[::1]:3000/', 'http://[::1]:3000'],
  ['PUBLIC_URL', 'https://app.example/behind/proxy/', 'https://app.example/behind/proxy'],
  ['DATABASE_URL', 'file:/var/lib/a.db', '/var/lib/a.db'],
  ['DATABASE_URL', 'file:postgres.db', 'postgres.db'],
  ['MICROBIZZ_HOSTS', ' *.microbizz.dk , test.example ', ['*.microbizz.dk', 'test.example']],
])('%s=%s is taken', (name, value, read) => {
  expect(readConfig({ ...required, [name]: value })).toHaveProperty(name, read);
});

test('PostgreSQL needs APP_KEY, since no file is beside it', () => {
  const given = { ...required, DATABASE_URL: 'postgres://me:pass-in-url@db.example/appconnect' };
  expect(faultsOf(given)).toContain('\n  APP_KEY is required with PostgreSQL');
  expect(faultsOf(given)).not.toContain('pass-in-url');
  const config = readConfig({ ...given, APP_KEY: 'k'.repeat(32) });
  expect(config.DATABASE_URL).toBe(given.DATABASE_URL);
  expect(findPlaces(config).database).toBe('postgres://db.example/appconnect');
});

test('loopback is a solution when it is named', () => {
  const named = { MICROBIZZ_HOSTS: 'localhost', MICROBIZZ_URL: 'http://localhost:4000' };
  expect(readConfig({ ...required, ...named }).MICROBIZZ_URL).toBe('http://localhost:4000');
});

test('hosts are compared without regard to capitals', () => {
  const named = { MICROBIZZ_HOSTS: 'Test.Example', MICROBIZZ_URL: 'https://test.example' };
  expect(faultsOf({ ...required, ...named })).toBe('');
});

test('the settings can be printed without a secret', () => {
  const config = readConfig({ ...required, APP_KEY: `${'a'.repeat(32)}, ${'b'.repeat(32)}` });
  expect(config.APP_KEY?.map((key) => key.reveal())).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
  for (const text of [JSON.stringify(config), inspect(config, { depth: 9 })])
    expect(text).not.toMatch(/secret'|"secret"|aaaa|bbbb/);
});
