import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { keys, openConnection, startServer } from '../support/start-server.ts';

const endpoint = 'http://127.0.0.1:9/api/endpoint.php';
const challenges = [
  ['Latin-1', Buffer.from('udfordring æøå', 'latin1')],
  ['UTF-8', Buffer.from('æøå € 🚐')],
  ['32 random bytes', randomBytes(32)],
  ['every byte', Buffer.from(Array.from({ length: 256 }, (_, at) => at))],
  ['NUL', Buffer.from([0])],
  ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf])],
] as const;

function multipart(challenge: Buffer): { type: string; body: Buffer } {
  const part = (name: string, value: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`--b0undary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
      value,
      Buffer.from('\r\n'),
    ]);
  const parts = {
    endpoint: Buffer.from(endpoint),
    contract: Buffer.from('2391'),
    accesstoken: Buffer.from('t'),
    challenge,
  };
  const body = Buffer.concat([
    ...Object.entries(parts).map(([name, value]) => part(name, value)),
    Buffer.from('--b0undary--\r\n'),
  ]);
  return { type: 'multipart/form-data; boundary=b0undary', body };
}

function urlencoded(challenge: Buffer): { type: string; body: Buffer } {
  const text = [...challenge].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const body = Buffer.from(`endpoint=${encodeURIComponent(endpoint)}&contract=2391&accesstoken=t&challenge=${text}`);
  return { type: 'application/x-www-form-urlencoded; charset=iso-8859-1', body };
}

test.each(
  challenges.flatMap(
    ([what, bytes]) =>
      [
        [what, 'multipart', multipart(bytes), bytes],
        [what, 'urlencoded', urlencoded(bytes), bytes],
      ] as const,
  ),
)('the challenge is hashed as the bytes that came: %s, %s', async (_what, _form, { type, body }, bytes) => {
  const server = await startServer({ work: false });
  const { negotiateurl } = await openConnection(server);
  const answer = await fetch(negotiateurl, {
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(body),
  });
  expect(await answer.text()).toBe(createHash('sha1').update(bytes).update(keys.secretkey).digest('hex'));
});

test('the return page takes POST too, whatever the body', async () => {
  const server = await startServer({ work: false });
  const { returnurl } = await openConnection(server);
  for (const type of ['application/x-www-form-urlencoded', 'text/xml', 'nonsense', 'application/json'])
    expect((await fetch(returnurl, { method: 'POST', headers: { 'content-type': type }, body: '{' })).status).toBe(200);
  expect((await fetch(returnurl, { method: 'POST' })).status).toBe(200);
});
