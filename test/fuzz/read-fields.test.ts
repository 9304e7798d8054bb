import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFields } from '../../src/server/http/read-fields.ts';

const numRuns = 1000;

/** Any UTF-16, lone surrogates too: an encoder writes those as U+FFFD. */
const text = fc.string({ unit: 'binary', maxLength: 60 });
const values = fc.oneof(text, fc.json());
const plain = (fields: Readonly<Record<string, string>>): Record<string, string> => ({ ...fields });

/** What PHP makes of blanks, dots, brackets and nothing in a name is told by its own fixtures (test/http/php-post.test.ts). */
const free = text.filter((each) => /^[^ .[\0\ufeff]+$/.test(each));

/** A name that comes twice keeps its last value; a byte order mark in front is passed over. */
function expected(
  pairs: readonly (readonly [string, string])[],
  kept: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    pairs.map(([name, value]) => [name.toWellFormed(), kept(value.toWellFormed().replace(/^\ufeff/, ''))]),
  );
}

test('what URLSearchParams encodes is read as it was', () => {
  const property = fc.property(fc.array(fc.tuple(free, values), { maxLength: 20 }), (pairs) => {
    const read = readFields('application/x-www-form-urlencoded', Buffer.from(new URLSearchParams(pairs).toString()));
    expect(plain(read)).toEqual(expected(pairs, (value) => value));
  });
  fc.assert(property, { numRuns });
});

/** Names stand between quotes, with %22, %0D and %0A for what does not fit, but `%` and `\` as they are: some cannot be told apart. */
const name = free.filter((each) => !/[\r\n%]|\\\\|\\$/.test(each));

test('what FormData encodes is read as it was', async () => {
  const property = fc.asyncProperty(fc.array(fc.tuple(name, values), { maxLength: 20 }), async (pairs) => {
    const form = new FormData();
    for (const [key, value] of pairs) form.append(key, value);
    const encoded = new Response(form);
    const type = encoded.headers.get('content-type') ?? '';
    const read = readFields(type, Buffer.from(await encoded.arrayBuffer()));
    // The encoder makes every line end a CRLF, as the HTML standard wants it.
    expect(plain(read)).toEqual(expected(pairs, (value) => value.replaceAll(/\r\n|\r|\n/g, '\r\n')));
  });
  await fc.assert(property, { numRuns });
});

test('what JSON encodes is read as it was: texts as they are, all else as JSON', () => {
  const property = fc.property(fc.dictionary(text, fc.oneof(text, fc.jsonValue())), (object) => {
    const read = readFields('application/json', Buffer.from(JSON.stringify(object)));
    const entries = Object.entries(object).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    expect(plain(read)).toEqual(Object.fromEntries(entries));
  });
  fc.assert(property, { numRuns });
});
