import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/server/config.ts';
import { postEvent, readStored } from '../events/post-event.ts';
import { visit } from '../interfaces/visit-page.ts';
import {
  connect,
  hookUrl,
  openConnection,
  startServer,
  startStory,
  startTestSandbox,
  testSettings,
} from '../support/start-server.ts';
import { sendRaw } from './send-raw.ts';

const path = 'invoice/event_invoice_line_change';
const form = 'application/x-www-form-urlencoded';
const yes = '{"status":true,"error":""}';
const structure = /^\{"status":false,"error":"[A-Z].*\."\}$/;

test('who asks before the body is told at once, and not to go on', async () => {
  const { server, request } = await startStory({ work: false });
  const { pathname } = new URL(hookUrl(request, path));
  const ask = (address: string, length: number): string =>
    `POST ${address} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: ${form}\r\nContent-Length: ${length}\r\n\r\n`;
  expect(await sendRaw(server.url, ask(pathname, 5_000_000))).toMatchObject({ status: 413, continued: false });
  expect(await sendRaw(server.url, ask('/events/forged/a/b', 10))).toMatchObject({ status: 404, continued: false });
  const object = 'object={}';
  expect(await sendRaw(server.url, ask(pathname, object.length) + object)).toMatchObject({
    status: 200,
    body: yes,
    continued: true,
  });
});

test('odd requests to event addresses get the structure and the right code', async () => {
  const { server, request } = await startStory({ work: false });
  const { pathname } = new URL(hookUrl(request, path));
  const rest = `Content-Type: ${form}\r\nContent-Length: 9\r\n\r\nobject={}`;
  const odd: [string, number][] = [
    [`POST ${pathname} HTTP/1.1\r\nHost: x\r\nExpect: anything\r\n${rest}`, 417],
    [`POST ${pathname} HTTP/1.1\r\n${rest}`, 400],
    [`POST /${pathname} HTTP/1.1\r\nHost: x\r\n${rest}`, 404],
    [`PROPFIND ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`, 405],
    [`GET /${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`, 405],
  ];
  for (const [raw, status] of odd) {
    const answer = await sendRaw(server.url, raw);
    expect(answer.body).toMatch(structure);
    expect(answer.status).toBe(status);
    expect(answer.head.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(/allow: post/i.test(answer.head)).toBe(status === 405);
  }
  expect(readStored(server).filter(({ fields }) => fields !== undefined)).toEqual([]);
});

test('a body with a Content-Encoding is read, refused by name, or too large', async () => {
  const { server, request } = await startStory({ work: false });
  const send = async (encoding: string, body: Uint8Array): Promise<string> => {
    const headers = { 'content-type': form, 'content-encoding': encoding };
    return (await fetch(hookUrl(request, path), { method: 'POST', headers, body: Uint8Array.from(body) })).text();
  };
  expect(await send('gzip', gzipSync('object={"id":1}'))).toBe(yes);
  expect(readStored(server)[0]?.fields).toEqual({ object: '{"id":1}' });
  expect(await send('zstd', Buffer.from('x'))).toContain('zstd');
  expect(await send('gzip', Buffer.from('object={}'))).toContain('not gzip');
  expect(await send('gzip', gzipSync(`object=${'x'.repeat(5_000_000)}`))).toMatch(structure);
  expect(readStored(server)[2]?.body?.toString()).toBe('object={}');
});

test('an installation that nothing has verified sends 64 KiB at most', async () => {
  const { server, request } = await startStory({ work: false });
  expect((await postEvent(hookUrl(request, path), `object={}&a=${'x'.repeat(100_000)}`, form)).text).toBe(yes);
  const fresh = await openConnection(server);
  const large = await postEvent(hookUrl(fresh, path), `object={}&a=${'x'.repeat(100_000)}`, form);
  expect([404, 413]).toContain(large.status);
  expect(large.text).toMatch(structure);
});

test('a path in PUBLIC_URL is in every address that is handed out, and works whether the proxy takes it off or not', async () => {
  const sandbox = await startTestSandbox();
  const server = await startServer({ solution: sandbox.url, path: '/app' });
  const request = await connect(server, sandbox);
  const handedOut = [request.negotiateurl, request.returnurl, ...request.hooks.map(({ url }) => url)];
  expect(handedOut.length).toBeGreaterThan(4);
  for (const url of handedOut)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/app\/(?:negotiate|return|events|interfaces)\//);
  for (const link of [server.services.links.reconnect(1), server.services.links.open(sandbox.url)])
    expect(link).toContain(`${server.url}/connect?`);

  for (const url of [hookUrl(request, path), hookUrl(request, path).replace('/app/', '/')])
    expect((await postEvent(url, 'object={"id":1}', form)).text).toBe(yes);
  const page = await visit(sandbox.interfaceUrl('user', 'menu', 11));
  expect(page.status).toBe(200);
  const links = [...page.text.matchAll(/(?:href|action)="([^"#]+)/g)].map(([, link]) => link ?? '');
  expect(links.length).toBeGreaterThan(2);
  expect(links.filter((link) => !new URL(link, server.url).pathname.startsWith('/app/interfaces/'))).toEqual([]);
});

test('a browser is told to stay with https where PUBLIC_URL has it, and only there', async () => {
  for (const [url, expected] of [
    ['https://app.example', 'max-age=31536000'],
    ['http://127.0.0.1', null],
  ] as const) {
    const { server } = await startServer({ settings: { PUBLIC_URL: url } });
    for (const address of ['/health/live', '/nothing', '/events/x']) {
      const answer = await fetch(`${server.listeningOrigin}${address}`);
      expect([url, address, answer.headers.get('strict-transport-security')]).toEqual([url, address, expected]);
    }
  }
});

test('what comes behind a whole event does not take the place of its answer', async () => {
  const { server, request } = await startStory({ work: false });
  const { pathname } = new URL(hookUrl(request, path));
  const post = `POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: 9\r\n\r\nobject={}`;
  const answer = await sendRaw(server.url, `${post}more\0\r\n`);
  expect(answer).toMatchObject({ status: 200, body: yes });
  expect(answer.head.toLowerCase()).toContain('connection: close');
  expect(readStored(server)).toHaveLength(1);
});

test('limits are counted by the address that a trusted proxy names, and by no other', async () => {
  const visit = async (url: string, from: string): Promise<number> =>
    (await fetch(`${url}/connect`, { headers: { 'x-forwarded-for': from } })).status;
  const trusting = await startServer({ settings: { TRUST_PROXY: '127.0.0.1' } });
  for (let at = 0; at < 30; at += 1) await visit(trusting.url, '203.0.113.1');
  expect(await visit(trusting.url, '203.0.113.1')).toBe(429);
  expect(await visit(trusting.url, '203.0.113.2')).toBe(200);
  const plain = await startServer();
  for (let at = 0; at < 30; at += 1) await visit(plain.url, `203.0.113.${at}`);
  expect(await visit(plain.url, '203.0.113.99')).toBe(429);
});

test('idle connections are kept as long as is set; a wrong setting is refused', async () => {
  const server = await startServer();
  const answer = await fetch(`${server.url}/health/live`);
  expect(answer.headers.get('keep-alive')).toBe('timeout=900');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const config = (more: Record<string, string>) => () => readConfig(testSettings(1, '/none', more));
  expect(config({ TRUST_PROXY: '127.0.0.1, 10.0.0.0/8, ::1, fd00::/8' })).not.toThrow();
  for (const wrong of ['*', 'proxy', '10.0.0.0/33', '1/2/3', 'true']) expect(config({ TRUST_PROXY: wrong })).toThrow();
});

test('an error page that fails shows nothing of why', async () => {
  const server = await startServer({ views: '/there/is/no/such/folder' });
  const answer = await fetch(`${server.url}/nowhere`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).toBe('{"status":false,"error":"This server could not answer. Try again later."}');
});
