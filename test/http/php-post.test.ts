import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readObject } from '../../src/microbizz/domain/read-object.ts';
import { readFields } from '../../src/server/http/read-fields.ts';

interface Case {
  readonly name: string;
  readonly type: string;
  /** In base64. */
  readonly body: string;
  /** What PHP had in $_POST. */
  readonly post: Record<string, unknown>;
}

const { cases } = JSON.parse(readFileSync(new URL('../fixtures/php/post.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

/** Where PHP reads nothing, or stops: here is read what is plainly meant. */
const more: Record<string, Record<string, unknown>> = {
  'multipart: form-data ; name = "a"': { a: 'x', last: 'y' },
  'multipart: form-data, name="a"': { a: 'x', last: 'y' },
  'multipart headers: Content-Disposition : form-data; name="a"': { a: 'x' },
  'type: multipart/form-data; boundary = b': { a: 'v-a', c: { d: 'v-c[d]' } },
};

/** Each variable as a handler or a receiver gets it; a list alone is an object there, as in every object of ours. */
function unfold(type: string, body: Buffer): Record<string, unknown> {
  const fields = readFields(type, body);
  const names = Object.keys(fields).map((name) => (name.includes('[') ? name.slice(0, name.indexOf('[')) : name));
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? readObject(fields, name)] as const));
}

function asObjects(post: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(post).map(([name, value]) => [name, Array.isArray(value) ? Object.assign({}, value) : value]),
  );
}

test('a form is read as PHP has it in $_POST', () => {
  for (const { name, type, body, post } of cases) {
    expect(unfold(type, Buffer.from(body, 'base64')), name).toEqual(asObjects(more[name] ?? post));
  }
  expect(cases.length).toBeGreaterThan(500);
});

test('what was read is read the same again, by its names', () => {
  for (const { type, body } of cases) {
    const fields = readFields(type, Buffer.from(body, 'base64'));
    const again = Object.entries(fields).map((field) => field.map(encodeURIComponent).join('='));
    expect({ ...readFields('application/x-www-form-urlencoded', Buffer.from(again.join('&'))) }).toEqual({ ...fields });
  }
});
