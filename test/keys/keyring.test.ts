import { expect, test } from 'vitest';
import { buildKeyring } from '../../src/server/keys/keyring.ts';

const [old, fresh] = ['an old app key that is long enough', 'a fresh app key that is long enough'];
const row = 'installations/1/accesstoken';

test('opens its own key for its own purpose, and no other text', () => {
  const keyring = buildKeyring([old]);
  const id = keyring.newInstallationId();
  const key = keyring.mint(id, 'events a/b');
  expect(key).toMatch(/^[\w-]{44}$/);
  expect(keyring.open(key, 'events a/b')).toBe(id);
  for (const purpose of ['', 'events a/c', 'events', 'interfaces a/b', 'events a/b ', 'b']) {
    expect(keyring.open(key, purpose)).toBeUndefined();
  }
  for (const text of [
    '',
    ' ',
    key.slice(1),
    `${key}A`,
    `${key}\n`,
    `${key}=`,
    ` ${key}`,
    'é'.repeat(44),
    key.toUpperCase(),
  ]) {
    expect(keyring.open(text, 'events a/b')).toBeUndefined();
  }
});

test('no character of a key can be changed, in its spare bits either', () => {
  const keyring = buildKeyring([old]);
  const key = keyring.mint(keyring.newInstallationId(), 'p');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let at = 0; at < key.length; at += 1) {
    for (const letter of alphabet) {
      if (letter === key[at]) continue;
      expect(keyring.open(key.slice(0, at) + letter + key.slice(at + 1), 'p')).toBeUndefined();
    }
  }
});

test('the id of one installation cannot be moved into the purpose of another', () => {
  const keyring = buildKeyring([old]);
  const id = keyring.newInstallationId();
  const mac = keyring.mint(id, 'events a/b').slice(22);
  expect(keyring.open(`${keyring.newInstallationId()}${mac}`, 'events a/b')).toBeUndefined();
});

test('ids are 128 random bits, and never the same', () => {
  const keyring = buildKeyring([old]);
  const ids = Array.from({ length: 1000 }, () => keyring.newInstallationId());
  expect(new Set(ids).size).toBe(1000);
  expect(ids.every((id) => Buffer.from(id, 'base64url').length === 16)).toBe(true);
});

test('a sealed token opens in its own row only', () => {
  const keyring = buildKeyring([old]);
  const sealed = keyring.encrypt('tøken', row);
  expect(keyring.decrypt(sealed, row)).toBe('tøken');
  expect(sealed.toString('latin1')).not.toContain('ken');
  expect(() => keyring.decrypt(sealed, 'installations/2/accesstoken')).toThrow('installations/2/accesstoken');
  expect(keyring.encrypt('tøken', row).equals(sealed)).toBe(false);
});

test('a sealed token that was tampered with, or cut, does not open', () => {
  const keyring = buildKeyring([old]);
  const sealed = keyring.encrypt('token', row);
  for (let at = 0; at < sealed.length; at += 1) {
    const tampered = Buffer.from(sealed);
    tampered[at] = (tampered[at] ?? 0) ^ 1;
    expect(() => keyring.decrypt(tampered, row)).toThrow('No key in APP_KEY opens');
  }
  for (const length of [0, 11, 12, 16, 27, 28, sealed.length - 1]) {
    expect(() => keyring.decrypt(sealed.subarray(0, length), row)).toThrow('No key in APP_KEY opens');
  }
});

test('a key is changed without a break: the first signs and encrypts, all verify and decrypt', () => {
  const [before, during, after] = [buildKeyring([old]), buildKeyring([fresh, old]), buildKeyring([fresh])];
  const id = before.newInstallationId();
  expect(during.open(before.mint(id, 'p'), 'p')).toBe(id);
  expect(during.decrypt(before.encrypt('t', row), row)).toBe('t');
  expect(during.mint(id, 'p')).toBe(after.mint(id, 'p'));
  expect(after.decrypt(during.encrypt('t', row), row)).toBe('t');
  expect(after.open(before.mint(id, 'p'), 'p')).toBeUndefined();
  expect(() => after.decrypt(before.encrypt('t', row), row)).toThrow('was a key removed');
  expect(() => buildKeyring([])).toThrow('APP_KEY is empty');
});
