import { expect, test } from 'vitest';
import { app as shippedApp } from '../../src/app/app.ts';
import { definePage } from '../../src/server/interfaces/define-page.ts';
import { defineEvent } from '../../src/server/events/define-event.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';
import { connectTo } from './connect-by-hand.ts';
import { hookUrl, openConnection, startServer, startTestSandbox } from '../support/start-server.ts';

const awkward = 'Ændringer & tal # 1 + "to" <b> \'tre\' 50 % \\ 🚐';

test('a title with æ & # + and quotes survives the way to Microbizz', async () => {
  const server = await startServer({
    app: {
      events: [defineEvent({ modcode: 'invoice', hook: 'event_invoice_line_change', title: awkward })],
      pages: [
        definePage({ modcode: 'user', hook: 'menu', title: awkward, view: 'x', load: () => Promise.resolve({}) }),
      ],
    },
  });
  const sandbox = await startTestSandbox();
  const request = await openConnection(server, sandbox.url);
  expect(request.hooks.map(({ title }) => title)).toEqual([awkward, awkward]);
  expect((await sandbox.accept(request)).ok).toBe(true);
  expect(sandbox.connections[0]?.hooks[0]?.title).toBe(awkward);
});

test('a byte order mark before what the API answers is passed over, when it is verified and when a page is opened', async () => {
  const server = await startServer();
  const fake = await startFakeEndpoint();
  fake.answer = (response, { commands: [first] }) => {
    const answer = { status: 1, results: [{ status: 1, userid: 12, answer: first?.text }] };
    response.setHeader('content-type', 'application/json').end(`\uFEFF${JSON.stringify(answer)}`);
  };
  const request = await connectTo(server, fake);
  expect(await server.services.connections.listTenants()).toHaveLength(1);
  expect((await fetch(`${hookUrl(request, 'user/menu')}?sessiontoken=s`)).status).toBe(200);
});

test('asks for the hooks of the app, each with an address of its own', async () => {
  const server = await startServer();
  const request = await openConnection(server);
  const asked = request.hooks.map(({ modcode, hook, title }) => ({ modcode, hook, title }));
  const defined = [...shippedApp.events, ...shippedApp.pages];
  expect(asked).toEqual(defined.map(({ modcode, hook, title }) => ({ modcode, hook, title })));
  expect(asked.map(({ modcode, hook }) => `${modcode}/${hook}`)).toEqual([
    'invoice/event_invoice_line_change',
    'todo/event_product_use_change',
    'user/menu',
    'user/tab',
    'invoice/settings',
  ]);
  const [other] = [await openConnection(server)];
  const urls = [request, other].flatMap(({ negotiateurl, returnurl, hooks }) => [
    negotiateurl,
    returnurl,
    ...hooks.map(({ url }) => url),
  ]);
  const keys = urls.map((url) => new URL(url).pathname.split('/')[2]);
  expect(new Set(keys).size).toBe(14);
  for (const key of keys) expect(key).toMatch(/^[\w-]{44,}$/);
  // Whether Microbizz keeps more than 255 characters is not known.
  for (const url of urls) expect(url.length).toBeLessThan(255);
});

test('no key opens a door that it was not made for', async () => {
  const server = await startServer();
  const request = await openConnection(server);
  const urls = [request.negotiateurl, request.returnurl, ...request.hooks.map(({ url }) => url)];
  for (const address of urls) {
    for (const stolen of urls.filter((url) => url !== address)) {
      const [mine = '', theirs = ''] = [address, stolen].map((url) => new URL(url).pathname.split('/')[2]);
      const method = /\/(events|negotiate)\//.test(address) ? 'POST' : 'GET';
      const answer = await fetch(address.replace(mine, theirs), { method });
      expect([404, 429]).toContain(answer.status);
    }
  }
});

test('the form works without JavaScript, and submits itself with it', async () => {
  const server = await startServer();
  const answer = await fetch(`${server.url}/connect`, { headers: { 'accept-language': 'da, en;q=0.5' } });
  const page = await answer.text();
  expect(page).toContain('<form id="connect" method="post" action="https://system.microbizz.dk/appconnect/"');
  expect(page).toContain('<button>Fortsæt til Microbizz</button>');
  const nonce = /<script nonce="([^"]+)">[^<]*submit\(\)/.exec(page)?.[1] ?? 'none';
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain(`script-src 'nonce-${nonce}'`);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-inline');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(answer.headers.get('set-cookie')).toBeNull();
});

test('goes to another solution where MICROBIZZ_HOSTS allows it, and to its origin only', async () => {
  const server = await startServer();
  const solution = encodeURIComponent('https://system15.microbizz.dk/evil/path?x="><script>');
  const page = await (await fetch(`${server.url}/connect?solution=${solution}`)).text();
  expect(page).toContain('action="https://system15.microbizz.dk/appconnect/"');
  expect(page).not.toContain('evil');
});

test.each([
  'https://evil.example',
  'https://system.microbizz.dk@evil.example',
  'http://system.microbizz.dk',
  'http://localhost:9',
  'javascript:alert(1)',
  '//system.microbizz.dk',
  'nonsense',
])('refuses the solution %s', async (solution) => {
  const server = await startServer();
  const answer = await fetch(`${server.url}/connect?solution=${encodeURIComponent(solution)}`);
  expect(answer.status).toBe(400);
  const page = await answer.text();
  expect(page).not.toContain('<form');
  expect(page).toContain('This Microbizz solution cannot be used');
});

test('refuses a solution that is given twice', async () => {
  const server = await startServer();
  const twice = 'solution=https://a.microbizz.dk&solution=https://evil.example';
  expect((await fetch(`${server.url}/connect?${twice}`)).status).toBe(400);
});

test('lets one address begin 30 connections a minute', async () => {
  const server = await startServer();
  const statuses: number[] = [];
  for (let at = 0; at < 31; at += 1) statuses.push((await fetch(`${server.url}/connect`)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(30);
  expect(statuses.at(-1)).toBe(429);
  const limited = await fetch(`${server.url}/connect`, { headers: { 'accept-language': 'da' } });
  expect(await limited.text()).toContain('For mange forsøg');
});

test('what the return page shows is escaped', async () => {
  const server = await startServer({
    app: {
      events: [defineEvent({ modcode: 'invoice', hook: 'event_invoice_line_change', title: '<script>1</script>' })],
      pages: [],
    },
  });
  const sandbox = await startTestSandbox({ contract: '<i>2391</i>' });
  const request = await openConnection(server, sandbox.url);
  await sandbox.accept(request);
  const page = await (await fetch(request.returnurl)).text();
  expect(page).toContain('<h1>Connected</h1>');
  expect(page).toContain('&lt;script&gt;1');
  expect(page).toContain('&lt;i&gt;2391');
  expect(page).not.toMatch(/<script>1|<i>2391/);
  expect(page).toContain(sandbox.url);
  expect(hookUrl(request, 'invoice/event_invoice_line_change')).toContain('/events/');
});
