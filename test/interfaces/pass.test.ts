import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { openPass, sealPass, type Pass, type Place } from '../../src/server/interfaces/pass.ts';
import { hookUrl } from '../support/start-server.ts';
import { connectTo } from '../negotiate/connect-by-hand.ts';
import { sendJson } from '../support/fake-endpoint.ts';
import { endSessions, formOf, linkOf, post, sessionCalls, startPages, token } from './open-pages.ts';
import { expectFrame, visit } from './visit-page.ts';

const pass: Pass = {
  tenantId: 3,
  userid: '12',
  openedAt: 1_700_000_000_000,
  checkedAt: 1_700_000_060_000,
  sessiontoken: token,
  variables: { id: '5', customernumber: 'c5' },
  language: 'da',
};
const place: Place = {
  installationId: 'i'.repeat(22),
  hook: { modcode: 'customer', hook: 'tab' },
  kind: 'page',
  name: 'row',
};
const [one, two] = ['the first app key of thirty-two letters', 'the second app key, also long enough'] as const;

test('a pass opens for its place alone, also after the app key was changed', () => {
  const keyring = buildKeyring([one]);
  const sealed = sealPass(keyring, place, pass);
  expect(openPass(keyring, place, sealed)).toEqual(pass);
  expect(openPass(buildKeyring([two, one]), place, sealed)).toEqual(pass);
  expect(openPass(buildKeyring([two]), place, sealed)).toBeUndefined();
  const others: Place[] = [
    { ...place, installationId: 'j'.repeat(22) },
    { ...place, hook: { modcode: 'customer', hook: 'menu' } },
    { ...place, hook: { modcode: 'invoice', hook: 'tab' } },
    { ...place, kind: 'action' },
    { ...place, name: '' },
    { ...place, name: 'rows' },
  ];
  for (const other of others) expect(openPass(keyring, other, sealed)).toBeUndefined();
});

test('a pass with any character changed, cut or added does not open', () => {
  const keyring = buildKeyring([one]);
  const sealed = sealPass(keyring, place, pass);
  for (let at = 0; at < sealed.length; at += 1) {
    const other = sealed[at] === 'A' ? 'B' : 'A';
    expect(openPass(keyring, place, sealed.slice(0, at) + other + sealed.slice(at + 1))).toBeUndefined();
    expect(openPass(keyring, place, sealed.slice(0, at))).toBeUndefined();
  }
  for (const more of [`${sealed}A`, `${sealed}=`, ` ${sealed}`, `${sealed}\n`, [sealed], undefined, 'x'.repeat(20_000)])
    expect(openPass(keyring, place, more)).toBeUndefined();
});

test('a pass is not readable, is new each time, and is short: fifty links take under 25 kB', () => {
  const keyring = buildKeyring([one]);
  const sealed = sealPass(keyring, place, pass);
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('ssss');
  expect(sealPass(keyring, place, pass)).not.toBe(sealed);
  expect(sealed.length * 50).toBeLessThan(25_000);
});

test('links lead on without a sessiontoken, with the hook’s variables, without cookie or script', async () => {
  const { server, opened } = await startPages();
  const first = await visit(opened());
  expect(first.status).toBe(200);
  expect(first.text).toContain('&quot;who&quot;:&quot;12&quot;');
  expect(first.text).not.toContain(token);
  expect(first.text).not.toMatch(/<script|onclick/);
  const row = await visit(linkOf(first, server.url, 'to the row'));
  expect(row.text).toContain('row 7 of C5');
  expectFrame(row, new URL((await server.services.connections.listTenants())[0]?.credentials.endpoint ?? '').origin);
  const deeper = await visit(linkOf(row, server.url, 'deeper'));
  expect(deeper.text).toContain('row 8 of C5');
});

/** A proxy that strips `/apps/one`, as one in front of several apps does. */
async function startProxy(): Promise<{ url: string; target: { port: number } }> {
  const target = { port: 0 };
  const proxy = createServer((incoming, answer) => {
    const [, path] = /^\/apps\/one(\/.*)$/.exec(incoming.url ?? '') ?? [];
    if (path === undefined) {
      answer.writeHead(404).end('another app');
      return;
    }
    const { method, headers } = incoming;
    const sent = sendRequest({ host: '127.0.0.1', ...target, path, method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(sent);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/apps/one`, target };
}

test('links, forms and redirects carry the path that PUBLIC_URL has', async () => {
  const proxy = await startProxy();
  const { opened, seen } = await startPages({ PUBLIC_URL: proxy.url }, (port) => (proxy.target.port = port));
  const first = await visit(opened());
  expect((await visit(linkOf(first, proxy.url, 'to the row'))).text).toContain('row 7');
  const { url, hidden } = formOf(first, proxy.url, 'post');
  const done = await post(url, { ...hidden, name: 'Ole' });
  expect(seen.saved).toEqual(['Ole y']);
  expect((await visit(new URL(done.headers.get('location') ?? '', proxy.url).href)).text).toContain('row 3');
});

test('the language that was chosen stays, whatever the browser asks for', async () => {
  const { server, opened, fake, clock } = await startPages();
  const first = await visit(opened(), 'en');
  const danish = await visit(linkOf(first, server.url, 'in Danish'), 'en');
  expect(danish.status).toBe(200);
  const row = linkOf(danish, server.url, 'to the row');
  endSessions(fake);
  clock.now += 61_000;
  expect((await visit(row, 'en')).text).toContain('<h1>Du er ikke længere logget ind</h1>');
});

test('a filter form keeps the pass, and its fields are the query', async () => {
  const { server, opened } = await startPages();
  const form = formOf(await visit(opened()), server.url, 'get');
  const url = `${form.url}?${new URLSearchParams(form.hidden).toString()}`;
  expect((await visit(url)).text).toContain('&quot;query&quot;:{&quot;kind&quot;:&quot;x&quot;}');
  const wrong = await visit(url.replace('kind=x', 'kind=too-long'));
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('kind: Too big');
});

test('a query is read as a form is: Windows-1252 where it is no UTF-8', async () => {
  const { opened } = await startPages();
  const page = await visit(opened(`kind=J%D8+%&id=5&name=%C3%98&sessiontoken=${token}`));
  expect(page.text).toContain('&quot;query&quot;:{&quot;kind&quot;:&quot;JØ %&quot;}');
  expect(page.text).toContain('&quot;name&quot;:&quot;Ø&quot;');
});

test('variables are not taken for the query, and a query that is too long is refused', async () => {
  const { opened } = await startPages();
  expect((await visit(opened(`kind=k&id=5&sessiontoken=${token}`))).text).toContain(
    '&quot;query&quot;:{&quot;kind&quot;:&quot;k&quot;}',
  );
  for (const long of ['x'.repeat(2000), '\u0001'.repeat(400), '漢'.repeat(700)])
    expect((await visit(opened(`x=${encodeURIComponent(long)}&sessiontoken=${token}`))).status).toBe(400);
});

test.each(['', 'x', 'AAAA'.repeat(60)])('401 for a pass that is none: %j', async (sealed) => {
  const { opened, fake, seen } = await startPages();
  const asked = fake.envelopes.length;
  const page = await visit(opened(`pass=${sealed}`));
  expect(page.status).toBe(401);
  expect(page.text).toContain('This page must be opened in Microbizz');
  expect({ asked: fake.envelopes.length, loads: seen.loads }).toEqual({ asked, loads: 0 });
});

test('the pass of one page opens no other page, hook address or action', async () => {
  const { server, opened, seen } = await startPages();
  const first = await visit(opened());
  const row = new URL(linkOf(first, server.url, 'to the row'));
  const sealed = row.searchParams.get('pass') ?? '';
  const other = linkOf(first, server.url, 'the file');
  const { url, hidden } = formOf(first, server.url, 'post');
  const loads = seen.loads;
  for (const address of [opened(`pass=${sealed}`), other.replace(/pass=.*/, `pass=${sealed}`)])
    expect((await visit(address)).status).toBe(401);
  expect((await post(url, { name: 'x', pass: sealed })).status).toBe(401);
  expect((await post(url, { name: 'x' })).status).toBe(401);
  expect((await post(`${url}&pass=${hidden['pass'] ?? ''}`, { name: 'x' })).status).toBe(401);
  expect((await visit(row.href.replace(/pass=.*/, `pass=${hidden['pass'] ?? ''}&id=7`))).status).toBe(401);
  expect({ saved: seen.saved, loads: seen.loads }).toEqual({ saved: [], loads });
});

test('a sessiontoken opens the first page only, and wins over a pass', async () => {
  const { server, opened, fake } = await startPages();
  const first = await visit(opened());
  const row = linkOf(first, server.url, 'to the row').replace(/pass=.*/, '');
  expect((await visit(`${row}sessiontoken=${token}`)).status).toBe(401);
  const calls = sessionCalls(fake);
  const again = linkOf(first, server.url, 'in Danish');
  expect((await visit(`${again}&sessiontoken=other`)).status).toBe(200);
  expect(sessionCalls(fake)).toBe(calls + 1);
});

test('a tenant that connects again keeps the links of before', async () => {
  const { server, opened, fake, request } = await startPages();
  const first = await visit(opened());
  const second = await connectTo(server, fake);
  expect(hookUrl(second, 'customer/tab')).not.toBe(hookUrl(request, 'customer/tab'));
  expect((await visit(linkOf(first, server.url, 'to the row'))).text).toContain('row 7');
});

test('a HEAD of a download does not read the file that nobody gets', async () => {
  const { server, opened, seen } = await startPages();
  const url = linkOf(await visit(opened()), server.url, 'the file');
  const answer = await fetch(url, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-disposition')).toContain('attachment');
  // What Fastify would have begun to read by itself has been read by then.
  await visit(opened());
  expect(seen.file.taken).toBe(0);
});

test('a download has the checks and headers of a page, and ends when the client goes', async () => {
  const { server, opened, seen, fake, clock } = await startPages();
  const url = linkOf(await visit(opened()), server.url, 'the file');
  const leaving = new AbortController();
  const answer = await fetch(url, { signal: leaving.signal });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="_ret__25_.csv"; filename*=UTF-8''%C3%85ret%20%2225%22.csv`,
  );
  expect(answer.headers.get('content-type')).toBe('text/csv');
  for (const [name, value] of [
    ['cache-control', 'no-store'],
    ['referrer-policy', 'no-referrer'],
    ['x-content-type-options', 'nosniff'],
  ] as const)
    expect(answer.headers.get(name)).toBe(value);
  leaving.abort();
  await expect.poll(() => seen.file.ended, { timeout: 10_000 }).toBe(true);
  expect(server.log.join('')).not.toContain('broke off');
  endSessions(fake);
  clock.now += 61_000;
  const taken = seen.file.taken;
  expect((await visit(url)).status).toBe(403);
  expect(seen.file.taken).toBe(taken);
});

test('a download that fails at once is an error page, one that fails on its way breaks off and is logged', async () => {
  const { server, opened, fake } = await startPages();
  const url = linkOf(await visit(opened()), server.url, 'a broken file');
  const page = await visit(url);
  expect(page.status).toBe(500);
  expect(page.headers.get('content-disposition')).toBeNull();
  expect(page.text).toContain('Something went wrong');
  expectFrame(page, fake.origin);
  const answer = await fetch(url.replace('after=0', 'after=3'));
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="a__b_.csv"; filename*=UTF-8''a%0D%0Ab%EF%BF%BD.csv`,
  );
  await expect(answer.text()).rejects.toThrow();
  expect(server.log.filter((line) => line.includes('download broke off'))).toHaveLength(1);
  expect(server.log.join('')).not.toContain(new URL(url).searchParams.get('pass'));
});

test('the page says where to connect anew while Microbizz refuses the accesstoken', async () => {
  const { server, opened, fake } = await startPages();
  expect((await visit(opened())).text).toContain('reconnect no');
  const [tenant] = await server.services.connections.listTenants();
  await server.services.connections.noteToken(tenant?.id ?? 0, 5);
  fake.answer = (response) => {
    sendJson(response, { status: 1, results: [{ status: 1, userid: 12 }] });
  };
  expect((await visit(opened())).text).toContain(`reconnect ${server.url}/connect?reconnect=`);
});

test.each(['open', 'invited'])(
  'where Microbizz refuses the app itself, the error page says what to do: %s',
  async (CONNECT) => {
    const { server, opened, fake } = await startPages({ CONNECT });
    fake.answer = (response) => {
      sendJson(response, { status: 0, msg: 'Invalid accesstoken' });
    };
    const page = await visit(opened());
    expect(page.status).toBe(502);
    expect(page.text).toContain('with a link from whoever runs the app');
    // No session can be checked, so whoever knows the address sees this page: a link is there only where anybody may connect.
    expect(page.text.includes(`<a href="${server.url}/connect?reconnect=`)).toBe(CONNECT === 'open');
  },
);
