import { request } from 'undici';
import { expect, test } from 'vitest';
import { openSandbox, startFakeApp, visit } from './fake-app.ts';

const frameIn = (text: string) =>
  new URL((/<iframe[^>]* src="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&'));

test('the menu comes from the hooks of the connected app, and opens them in an iframe with a fresh sessiontoken', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  expect((await visit(sandbox.url)).text).toContain('No app is connected');
  await sandbox.accept(app.request());
  const start = await visit(sandbox.url);
  expect(start.text).toContain('<a href="/menu/user/0">Ændringslog');
  const frames = [
    frameIn((await visit(`${sandbox.url}/menu/user/0`)).text),
    frameIn((await visit(`${sandbox.url}/menu/user/0`)).text),
  ];
  expect(frames[0]?.origin).toBe(app.origin);
  expect(frames[0]?.search).toMatch(/^\?key=a%20b\+c&sessiontoken=[0-9a-f]{32}$/);
  expect(frames[0]?.search).not.toBe(frames[1]?.search);
  expect(sandbox.state.sessions.get(frames[0]?.searchParams.get('sessiontoken') ?? '')).toBe(11);
  expect(await visit(`${sandbox.url}/menu/user/1`)).toMatchObject({ status: 404 });
  expect(await visit(`${sandbox.url}/menu/invoice/0`)).toMatchObject({ status: 404 });
});

test('a user card has the tabs of the app, with id, usercode and sessiontoken', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  const tab = (title: string) => ({ modcode: 'user', hook: 'tab', title, url: `${app.origin}/${title}` });
  await sandbox.accept(app.request({ hooks: [tab('first'), tab('second')] }));
  expect((await visit(`${sandbox.url}/users`)).text).toContain('<a href="/users/12">Jørgen Sørensen</a>');
  const first = frameIn((await visit(`${sandbox.url}/users/12`)).text);
  expect(first.pathname).toBe('/first');
  expect(first.searchParams.get('id')).toBe('12');
  expect(first.searchParams.get('usercode')).toBe('JSØ');
  expect(first.searchParams.get('sessiontoken')).toMatch(/./);
  expect(frameIn((await visit(`${sandbox.url}/users/12?tab=1`)).text).pathname).toBe('/second');
  expect((await visit(`${sandbox.url}/users/12?tab=7`)).text).not.toContain('<iframe');
  expect(await visit(`${sandbox.url}/users/99`)).toMatchObject({ status: 404 });
});

test('a customer card has the tabs of the app, with id, customernumber and sessiontoken', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  const hooks = [{ modcode: 'customer', hook: 'tab', title: 'Aftaler', url: `${app.origin}/tab` }];
  await sandbox.accept(app.request({ hooks }));
  expect((await visit(`${sandbox.url}/customers`)).text).toContain('<a href="/customers/3101">Bryggergården A/S</a>');
  const { searchParams } = frameIn((await visit(`${sandbox.url}/customers/3101`)).text);
  expect(Object.fromEntries(searchParams)).toMatchObject({ id: '3101', customernumber: 'K-1001' });
  expect(searchParams.get('sessiontoken')).toMatch(/./);
  expect(await visit(`${sandbox.url}/customers/99`)).toMatchObject({ status: 404 });
});

test('General settings has a page for each module that the app registered settings in', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  expect((await visit(sandbox.url)).text).not.toContain('General settings');
  const hooks = [{ modcode: 'invoice', hook: 'settings', title: 'Eksport', url: `${app.origin}/settings` }];
  await sandbox.accept(app.request({ hooks }));
  expect((await visit(sandbox.url)).text).toContain('<a href="/settings/invoice/0">Eksport');
  const frame = frameIn((await visit(`${sandbox.url}/settings/invoice/0`)).text);
  expect(frame.pathname).toBe('/settings');
  expect(sandbox.state.sessions.get(frame.searchParams.get('sessiontoken') ?? '')).toBe(11);
  expect(await visit(`${sandbox.url}/settings/user/0`)).toMatchObject({ status: 404 });
});

test('the start page names the API, its commands and the GO API', async () => {
  const sandbox = await openSandbox();
  const { text } = await visit(sandbox.url);
  for (const part of [sandbox.endpoint, sandbox.goUrl, 'GetInvoiceLinesByLastChange']) expect(text).toContain(part);
});

test('can be another site than the app: its origin has the name of its host', async () => {
  const [sandbox, app] = [await openSandbox({ host: 'localhost' }), await startFakeApp()];
  expect(sandbox.url).toMatch(/^http:\/\/localhost:\d+$/);
  expect(await sandbox.accept(app.request())).toMatchObject({ ok: true });
  expect(sandbox.endpoint).toBe(sandbox.connections[0]?.endpoint);
  expect((await visit(`${sandbox.url}/menu/user/0`)).status).toBe(200);
});

test('a second connect replaces the hooks, or adds to them', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  await sandbox.accept(app.request());
  await sandbox.accept(app.request());
  expect((await visit(sandbox.url)).text).not.toContain('/menu/user/1');
  sandbox.faults.reconnect = 'add';
  expect((await visit(sandbox.url)).text).toContain('/menu/user/1');
});

test('interfaceUrl gives the address of the iframe to tests', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  expect(() => sandbox.interfaceUrl('user', 'tab', 12)).toThrow('user/tab');
  await sandbox.accept(app.request());
  const url = new URL(sandbox.interfaceUrl('user', 'tab', 12, { id: '13', usercode: 'MÅ' }));
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ id: '13', usercode: 'MÅ' });
  expect(sandbox.state.sessions.get(url.searchParams.get('sessiontoken') ?? '')).toBe(12);
});

test('buttons expire all sessions and change who is logged in', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  await sandbox.accept(app.request());
  sandbox.openSession(11);
  expect(await visit(`${sandbox.url}/sessions/expire`, {})).toMatchObject({ status: 303 });
  expect(sandbox.state.sessions.size).toBe(0);
  await visit(`${sandbox.url}/users/act-as`, { userid: '14' });
  expect((await visit(`${sandbox.url}/faults`)).text).toContain('Kasper Bæk (KB)');
  await visit(`${sandbox.url}/menu/user/0`);
  expect([...sandbox.state.sessions.values()]).toEqual([14]);
});

test('every page says that it is a sandbox, runs no script, and tells which faults are on', async () => {
  const sandbox = await openSandbox();
  sandbox.faults.api = 'html';
  for (const path of [
    '/',
    '/users',
    '/users/12',
    '/customers',
    '/customers/3101',
    '/changes',
    '/faults',
    '/nowhere',
    '/appconnect/',
  ]) {
    const response = await fetch(sandbox.url + path);
    const text = await response.text();
    expect(text).toContain('not the real one');
    expect(text).toContain('API: html');
    expect(text).not.toContain('<script');
    expect(text).not.toContain('undefined');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
});

test('sends a browser that came as localhost to the name that apps allow as frame ancestor', async () => {
  const sandbox = await openSandbox();
  const { port } = new URL(sandbox.url);
  const answer = await request(`${sandbox.url}/users`, { headers: { host: `localhost:${port}` } });
  expect(answer.statusCode).toBe(302);
  expect(answer.headers['location']).toBe(`${sandbox.url}/users`);
  await answer.body.dump();
});

test('a form on a foreign page presses no button, but may ask for a connect', async () => {
  const [sandbox, app] = [await openSandbox(), await startFakeApp()];
  const form = new URLSearchParams({ request: JSON.stringify(app.request()), api: 'html' }).toString();
  const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' };
  const post = async (path: string) => {
    const { statusCode, body } = await request(sandbox.url + path, { method: 'POST', headers, body: form });
    await body.dump();
    return statusCode;
  };
  expect(await post('/appconnect/accept')).toBe(403);
  expect(await post('/faults')).toBe(403);
  expect(await post('/appconnect/')).toBe(200);
  expect(sandbox.faults.api).toBe('none');
  expect(app.received).toEqual([]);
});
