import { describe, expect, test } from 'vitest';
import { keys, openSandbox, rightHash, startFakeApp, visit } from './fake-app.ts';

describe('the consent page', () => {
  test('shows the hooks of a request that came by GET, urlencoded or multipart, with foreign fields', async () => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    const request = JSON.stringify(app.request());
    const page = `${sandbox.url}/appconnect/`;
    const multipart = new FormData();
    multipart.set('form_name', 'foreign');
    multipart.set('request', request);
    const pages = [
      await visit(`${page}?${new URLSearchParams({ request }).toString()}`),
      await visit(page, { request, performlink: '1' }),
    ];
    const posted = await fetch(page, { method: 'POST', body: multipart });
    pages.push({ status: posted.status, text: await posted.text(), to: null });
    for (const { status, text } of pages) {
      expect(status).toBe(200);
      expect(text).toContain('Ændringslog');
      expect(text).toContain('event_product_use_change');
      expect(text).toContain('Accept');
    }
  });

  test.each([
    ['request', 'not valid JSON', '{hooks:[]}'],
    ['request', 'is not a set', '"text"'],
    ['publicid', 'not an application key', { publicid: 'another' }],
    ['negotiateurl', 'not a complete URL', { negotiateurl: '/negotiate' }],
    ['returnurl', 'not a complete URL', { returnurl: 'javascript:alert(1)' }],
    ['returnurl', 'is missing', { returnurl: undefined }],
    ['hooks', 'not a list', { hooks: { modcode: 'user' } }],
    ['hooks[0].url', 'not a complete URL', { hooks: [{ modcode: 'user', hook: 'menu', title: 'x', url: 'x' }] }],
    ['hooks[0].title', 'is missing', { hooks: [{ modcode: 'user', hook: 'menu', url: 'https://app.example/' }] }],
  ])('says that %s %s', async (field, reason, wrong) => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    const request = typeof wrong === 'string' ? wrong : JSON.stringify(app.request(wrong));
    const { status, text } = await visit(`${sandbox.url}/appconnect/`, { request });
    expect(status).toBe(400);
    expect(text).toContain(`<code>${field}</code>`);
    expect(text).toContain(reason);
    await expect(sandbox.accept(request)).rejects.toThrow(field);
  });

  test('says that the field is missing when a JSON body came instead of a form', async () => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    const body = JSON.stringify({ request: JSON.stringify(app.request()) });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${sandbox.url}/appconnect/`, { method: 'POST', body, headers });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('is missing');
  });

  test.each([[[]], [undefined]])('takes hooks %j', async (hooks) => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    expect(await sandbox.accept(app.request({ hooks }))).toMatchObject({ ok: true });
  });

  test('escapes what the app says', async () => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    const evil = '"><script>alert(1)</script>';
    const hooks = [{ modcode: evil, hook: 'menu', title: evil, url: `${app.origin}/` }];
    const request = JSON.stringify(app.request({ hooks }));
    const pages = [
      await visit(`${sandbox.url}/appconnect/`, { request }),
      await visit(`${sandbox.url}/appconnect/`, { request: evil }),
    ];
    await sandbox.accept(request);
    pages.push(await visit(sandbox.url), await visit(`${sandbox.url}/menu/${encodeURIComponent(evil)}/0`));
    for (const { text } of pages) {
      expect(text).toContain('&lt;script&gt;');
      expect(text).not.toContain('<script');
    }
  });
});

describe('accept', () => {
  test.each([
    ['multipart', /^multipart\/form-data; boundary=/],
    ['urlencoded', /^application\/x-www-form-urlencoded$/],
  ] as const)('negotiates as %s, stores the connection and returns the browser', async (negotiateAs, contentType) => {
    const [sandbox, app] = [await openSandbox({ negotiateAs }), await startFakeApp()];
    const accepted = await visit(`${sandbox.url}/appconnect/accept`, { request: JSON.stringify(app.request()) });
    expect(accepted).toMatchObject({ status: 303, to: `${app.origin}/return` });
    expect(app.received).toHaveLength(1);
    expect(app.received[0]?.path).toBe('/negotiate?state=1');
    expect(app.received[0]?.contentType).toMatch(contentType);
    const [connection] = sandbox.connections;
    expect(connection).toMatchObject({ ...app.request(), endpoint: sandbox.endpoint, contract: '2391' });
    expect(app.received[0]?.body).toContain(connection?.accesstoken);
  });

  test.each([
    ['blanks', (challenge: string) => `${rightHash(challenge)}\n`, 'line breaks around it'],
    ['upper case', (challenge: string) => rightHash(challenge).toUpperCase(), 'upper case'],
    ['JSON', (challenge: string) => JSON.stringify(rightHash(challenge)), 'something else stands beside it'],
    ['another hash', () => 'a'.repeat(40), 'not of this challenge'],
    ['nothing', () => '', 'empty'],
    ['a page', () => '<b>Hej</b>', 'not a hash'],
  ])('shows what came instead of the hash: %s', async (_name, negotiate, reason) => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    app.answers.negotiate = negotiate;
    const { status, text } = await visit(`${sandbox.url}/appconnect/accept`, {
      request: JSON.stringify(app.request()),
    });
    expect(status).toBe(502);
    expect(text).toContain(reason);
    expect(text).not.toContain(keys.secretkey);
    expect(text).not.toContain('<b>Hej');
    expect(sandbox.connections).toEqual([]);
  });

  test('refuses the right hash with another status, and an app that is not there', async () => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    app.answers.status = 404;
    expect(await sandbox.accept(app.request())).toMatchObject({ ok: false, status: 404 });
    const nowhere = await sandbox.accept(app.request({ negotiateurl: 'http://127.0.0.1:1/negotiate' }));
    expect(nowhere).toMatchObject({ ok: false, status: 0 });
    expect(sandbox.connections).toEqual([]);
  });

  test('refuse returns the browser without a negotiate', async () => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    const refused = await visit(`${sandbox.url}/appconnect/refuse`, { request: JSON.stringify(app.request()) });
    expect(refused).toMatchObject({ status: 303, to: `${app.origin}/return` });
    expect(app.received).toEqual([]);
  });

  test('faults of negotiate: skipped, twice, foreign endpoint, dead token, long challenge', async () => {
    const [sandbox, app] = [await openSandbox(), await startFakeApp()];
    sandbox.faults.negotiate = 'skipped';
    const skipped = await visit(`${sandbox.url}/appconnect/accept`, { request: JSON.stringify(app.request()) });
    expect(skipped.to).toBe(`${app.origin}/return`);
    expect(app.received).toEqual([]);
    sandbox.faults.negotiate = 'twice';
    expect(await sandbox.accept(app.request())).toMatchObject({ ok: true, repeated: { status: 200 } });
    expect(app.received[1]?.body.length).toBe(app.received[0]?.body.length);
    sandbox.faults.negotiate = 'foreign-endpoint';
    expect(await sandbox.accept(app.request())).toMatchObject({ ok: true });
    expect(app.received.at(-1)?.body).toContain('https://microbizz.attacker.example/');
    sandbox.faults.negotiate = 'dead-token';
    expect(await sandbox.accept(app.request())).toMatchObject({ ok: true });
    expect(app.received.at(-1)?.body).not.toContain(sandbox.connections.at(-1)?.accesstoken);
    sandbox.faults.negotiate = 'long-challenge';
    expect(await sandbox.accept(app.request())).toMatchObject({ ok: true });
    expect(app.received.at(-1)?.body.length).toBeGreaterThan(100_000);
  });
});
