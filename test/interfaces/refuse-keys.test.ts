import { expect, test } from 'vitest';
import { connectTo } from '../negotiate/connect-by-hand.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';
import {
  connect,
  hookUrl,
  openConnection,
  startServer,
  startStory,
  startTestSandbox,
} from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { expectFrame, visit } from './visit-page.ts';

test('404 for forged keys, keys of other purposes and pages that are not ours', async () => {
  const { sandbox, server, request } = await startStory();
  const url = hookUrl(request, 'user/menu');
  const [, , , , key = ''] = url.split('/');
  const session = `sessiontoken=${sandbox.openSession(11)}&frame-ancestors=${encodeURIComponent('https://evil.example')}`;
  const keyOf = (path: string) => hookUrl(request, path).split('/')[4] ?? '';
  const addresses = [
    url.replace(key, 'x'.repeat(44)),
    url.replace(key, key.slice(0, 43)),
    url.replace(key, 'x'.repeat(500)),
    url.replace(key, keyOf('user/tab')),
    url.replace(key, keyOf('invoice/event_invoice_line_change')),
    url.replace(key, request.returnurl.split('/')[4] ?? ''),
    url.replace('user/menu', 'user/settings'),
    url.replace('user/menu', '__proto__/constructor'),
    hookUrl(request, 'invoice/event_invoice_line_change').replace('/events/', '/interfaces/'),
  ];
  // What it asks by itself is asked before the count.
  await server.services.gaps.run();
  const asked = sandbox.requests.length;
  for (const address of addresses) {
    const english = await visit(`${address}?${session}`);
    expect({ address, status: english.status }).toEqual({ address, status: 404 });
    expect(english.text).toContain('<h1>There is no such page</h1>');
    expectFrame(english, "'none'");
  }
  expect((await visit(`${url.replace(key, 'x')}?${session}`, 'da')).text).toContain('<h1>Siden findes ikke</h1>');
  expect(sandbox.requests).toHaveLength(asked);
  expect((await visit(`${url}?${session}`)).status).toBe(200);
  expect(server.url).toContain('127.0.0.1');
});

test('429 for a flood of forged keys, in plain words; a good page still comes', async () => {
  const { sandbox, server } = await startStory();
  for (let at = 0; at < 60; at += 1) await visit(`${server.url}/interfaces/x/user/menu?sessiontoken=s`);
  const limited = await visit(`${server.url}/interfaces/x/user/menu?sessiontoken=s`, 'da');
  expect(limited.status).toBe(429);
  expect(limited.text).toContain('<h1>For mange forsøg</h1>');
  expect((await visit(sandbox.interfaceUrl('user', 'menu', 11))).status).toBe(200);
});

test('another tenant’s session, and another tenant’s key', async () => {
  const server = await startServer();
  const [one, two] = [await startTestSandbox(), await startTestSandbox()];
  const [first, second] = [await connect(server, one), await connect(server, two)];
  await two.changeInvoiceLine(50101, { text: 'of tenant two' });
  await one.changeInvoiceLine(50102, { text: 'of tenant one' });

  const sessionOne = one.openSession(12);
  const stranger = await visit(`${hookUrl(second, 'user/menu')}?sessiontoken=${sessionOne}`);
  expect(stranger.status).toBe(403);
  expect(stranger.text).toContain('You are no longer logged in');
  expect(stranger.text).not.toContain('of tenant');
  expectFrame(stranger, two.url);

  const own = await until(async () => {
    const page = await visit(`${hookUrl(first, 'user/menu')}?sessiontoken=${sessionOne}`);
    return page.text.includes('of tenant one') && page;
  }, 'its own event');
  expect(own.text).not.toContain('of tenant two');
  expectFrame(own, one.url);
});

test('403 for a tenant that is not active, framed by the solution as stored', async () => {
  const server = await startServer();
  const sandbox = await startTestSandbox();
  sandbox.faults.negotiate = 'dead-token';
  const request = await connect(server, sandbox);
  const url = `${hookUrl(request, 'user/menu')}?sessiontoken=${sandbox.openSession(11)}`;
  const danish = await visit(url, 'da');
  expect(danish.status).toBe(403);
  expect(danish.text).toContain('<h1>Appen er ikke forbundet til Microbizz</h1>');
  expect(danish.text).toContain('Bed en administrator');
  expectFrame(danish, sandbox.url);
  expect((await visit(url)).text).toContain('<h1>The app is not connected to Microbizz</h1>');
});

test('403 before negotiate: nobody may frame it', async () => {
  const server = await startServer();
  const request = await openConnection(server);
  const page = await visit(`${hookUrl(request, 'user/menu')}?sessiontoken=s`);
  expect(page.status).toBe(403);
  expectFrame(page, "'none'");
});

test('an expired session is refused in words that help', async () => {
  const { sandbox } = await startStory();
  const url = sandbox.interfaceUrl('user', 'menu', 11);
  expect((await visit(url)).status).toBe(200);
  sandbox.expireSessions();
  const page = await visit(url, 'da');
  expect(page.status).toBe(403);
  expect(page.text).toContain('Din session i Microbizz kan være udløbet. Åbn siden igen fra menuen i Microbizz.');
  expectFrame(page, sandbox.url);
});

test('a page may be framed where people are and where the API is, when these are two hosts', async () => {
  const server = await startServer({ settings: { MICROBIZZ_HOSTS: '127.0.0.1,localhost,*.microbizz.dk' } });
  const fake = await startFakeEndpoint();
  const solution = fake.origin.replace('127.0.0.1', 'localhost');
  const request = await connectTo(server, { origin: solution, url: fake.url });
  const page = await visit(`${hookUrl(request, 'user/menu')}?sessiontoken=s`);
  expect(page.status).toBe(200);
  expectFrame(page, `${solution} ${fake.origin}`);
});

test('frame-ancestors is never taken from the request', async () => {
  const { sandbox } = await startStory();
  const url = new URL(sandbox.interfaceUrl('user', 'menu', 11));
  for (const name of ['solution', 'endpoint', 'origin', 'frameAncestor'])
    url.searchParams.set(name, 'https://evil.example');
  const answer = await fetch(url, { headers: { origin: 'https://evil.example', referer: 'https://evil.example/' } });
  const page = { status: answer.status, text: await answer.text(), headers: answer.headers };
  expect(page.status).toBe(200);
  expectFrame(page, sandbox.url);
});
