import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { openSandbox, startFakeApp } from './fake-app.ts';

const noon = Date.UTC(2026, 0, 15, 11, 30, 5);
const echo = { command: 'Echo', text: 'Blåbærgrød / æøå' };

async function openConnected(): Promise<{ sandbox: Sandbox; envelope: (extra?: object) => object }> {
  const [sandbox, app] = [await openSandbox({ now: () => noon }), await startFakeApp()];
  await sandbox.accept(app.request());
  const accesstoken = sandbox.connections[0]?.accesstoken;
  return { sandbox, envelope: (extra) => ({ contract: '2391', accesstoken, commands: [echo], ...extra }) };
}

async function call(sandbox: Sandbox, envelope: unknown): Promise<unknown> {
  const body = new URLSearchParams({ json: JSON.stringify(envelope) });
  const response = await fetch(sandbox.endpoint, { method: 'POST', body });
  return response.json();
}

const moment = { date: '2026-01-15', time: '12:30:05' };

describe('the envelope', () => {
  test('is read from GET, urlencoded, multipart, and from the query of a POST; and recorded', async () => {
    const { sandbox, envelope } = await openConnected();
    const json = JSON.stringify(envelope({ disable_callbacks: true }));
    const inQuery = `${sandbox.endpoint}?${new URLSearchParams({ json }).toString()}`;
    const multipart = new FormData();
    multipart.set('json', json);
    const responses = [
      await fetch(inQuery),
      await fetch(inQuery, { method: 'POST' }),
      await fetch(sandbox.endpoint, { method: 'POST', body: new URLSearchParams({ json }) }),
      await fetch(sandbox.endpoint, { method: 'POST', body: multipart }),
    ];
    for (const response of responses) {
      const text = await response.text();
      expect(text).toContain('Bl\\u00e5b\\u00e6rgr\\u00f8d \\/ \\u00e6');
      const results = [{ status: 1, answer: echo.text }];
      expect(JSON.parse(text)).toEqual({ status: 1, msg: 'OK', results, ...moment, milliseconds: 0 });
    }
    expect(sandbox.requests.map((request) => request.method)).toEqual(['GET', 'POST', 'POST', 'POST']);
    expect(sandbox.requests[3]?.contentType).toMatch(/^multipart/);
    expect(sandbox.requests[0]?.envelope).toMatchObject({ disable_callbacks: true });
  });

  test('takes the contract as number too, and echoes _private of envelope and command', async () => {
    const { sandbox, envelope } = await openConnected();
    const commands = [
      { ...echo, _private: [1] },
      { command: 'Nonsense', _private: 2 },
    ];
    expect(await call(sandbox, envelope({ contract: 2391, _private: { a: 'b' }, commands }))).toMatchObject({
      status: 1,
      _private: { a: 'b' },
      results: [
        { status: 1, _private: [1] },
        { status: 0, msg: 'Unknown command', _private: 2 },
      ],
    });
  });

  test.each([
    ['another contract', { contract: '2392' }],
    ['no contract', { contract: undefined }],
    ['an unknown token', { accesstoken: 'f'.repeat(40) }],
    ['no token', { accesstoken: undefined }],
    ['no commands', { commands: undefined }],
  ])('with %s is an error without results', async (_name, wrong) => {
    const { sandbox, envelope } = await openConnected();
    expect(await call(sandbox, envelope(wrong))).toEqual({ status: 0, msg: expect.any(String) as string, ...moment });
  });

  test('that is no JSON set, or missing, is an error', async () => {
    const { sandbox } = await openConnected();
    for (const wrong of [[], 'text', null]) expect(await call(sandbox, wrong)).toMatchObject({ status: 0, ...moment });
    const missing = await fetch(sandbox.endpoint, { method: 'POST', body: '{}' });
    expect(await missing.json()).toMatchObject({ status: 0 });
  });

  test('goes on after a failed command unless haltonerror is set', async () => {
    const { sandbox, envelope } = await openConnected();
    const commands = [echo, { command: 'Nonsense' }, 'no set', echo];
    const wentOn = await call(sandbox, envelope({ commands }));
    expect(wentOn).toMatchObject({ status: 1, results: [{ status: 1 }, { status: 0 }, { status: 0 }, { status: 1 }] });
    for (const haltonerror of [1, '1', true]) {
      const halted = (await call(sandbox, envelope({ commands, haltonerror }))) as { results: unknown[] };
      expect(halted.results).toHaveLength(2);
    }
  });
});

describe('ValidateSessionToken', () => {
  test('knows the user of a live session, and refuses any other inside a good envelope', async () => {
    const { sandbox, envelope } = await openConnected();
    const sessiontoken = sandbox.openSession(12);
    const ask = (token: unknown) =>
      call(sandbox, envelope({ commands: [{ command: 'ValidateSessionToken', sessiontoken: token }] }));
    expect(await ask(sessiontoken)).toMatchObject({ status: 1, results: [{ status: 1, userid: 12 }] });
    for (const wrong of ['', 'forged']) {
      expect(await ask(wrong)).toMatchObject({ status: 1, results: [{ status: 0, msg: 'Invalid session token' }] });
    }
    for (const wrong of [7, undefined]) expect(await ask(wrong)).toMatchObject({ status: 1, results: [{ status: 0 }] });
    sandbox.faults.api = 'expired-session';
    expect(await ask(sessiontoken)).toMatchObject({ status: 1, results: [{ status: 0 }] });
    sandbox.faults.api = 'none';
    sandbox.expireSessions();
    expect(await ask(sessiontoken)).toMatchObject({ status: 1, results: [{ status: 0 }] });
  });
});

describe('reconnect', () => {
  test('leaves the old token working, or kills it', async () => {
    const { sandbox, envelope } = await openConnected();
    await sandbox.accept((await startFakeApp()).request());
    expect(await call(sandbox, envelope())).toMatchObject({ status: 1 });
    sandbox.faults.oldTokens = 'die';
    expect(await call(sandbox, envelope())).toMatchObject({ status: 0 });
    expect(await call(sandbox, envelope({ accesstoken: sandbox.connections[1]?.accesstoken }))).toMatchObject({
      status: 1,
    });
  });
});

describe('faults of the API', () => {
  test('inside the JSON: envelope error and command error', async () => {
    const { sandbox, envelope } = await openConnected();
    sandbox.faults.api = 'envelope-error';
    expect(await call(sandbox, envelope())).toEqual({ status: 0, msg: expect.any(String) as string, ...moment });
    sandbox.faults.api = 'command-error';
    expect(await call(sandbox, envelope())).toMatchObject({ status: 1, results: [{ status: 0 }] });
  });

  test('instead of JSON: html, http-500, redirect', async () => {
    const { sandbox } = await openConnected();
    const get = () => fetch(sandbox.endpoint, { redirect: 'manual' });
    sandbox.faults.api = 'html';
    expect(await (await get()).text()).toMatch(/^<html>/);
    sandbox.faults.api = 'http-500';
    expect((await get()).status).toBe(500);
    sandbox.faults.api = 'redirect';
    expect((await get()).headers.get('location')).toBe('/');
  });

  test('huge is more than 1 MiB of the true answer', async () => {
    const { sandbox, envelope } = await openConnected();
    sandbox.faults.api = 'huge';
    const body = new URLSearchParams({ json: JSON.stringify(envelope()) });
    const text = await (await fetch(sandbox.endpoint, { method: 'POST', body })).text();
    expect(text.length).toBeGreaterThan(1_048_576);
    expect(JSON.parse(text)).toMatchObject({ status: 1, results: [{ status: 1 }] });
  });

  test('down breaks the connection', async () => {
    const { sandbox } = await openConnected();
    sandbox.faults.api = 'down';
    await expect(fetch(sandbox.endpoint)).rejects.toThrow();
  });

  test('slow answers late but rightly, and does not hold up the close', async () => {
    const { sandbox, envelope } = await openConnected();
    Object.assign(sandbox.faults, { api: 'slow', slowMs: 20 });
    expect(await call(sandbox, envelope())).toMatchObject({ status: 1 });
    sandbox.faults.slowMs = 600_000;
    const hanging = call(sandbox, envelope()).then(
      () => 'answered',
      () => 'broken',
    );
    await expect.poll(() => sandbox.requests.length).toBe(2);
    await sandbox.close();
    expect(await hanging).toMatch(/answered|broken/);
  });

  test('are switched by the page /faults, which refuses what is no switch', async () => {
    const { sandbox } = await openConnected();
    const set = (form: Record<string, string>) =>
      fetch(`${sandbox.url}/faults`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
    expect((await set({ api: 'html', slowMs: '50', eventsAs: 'urlencoded' })).status).toBe(303);
    expect(sandbox.faults).toMatchObject({ api: 'html', slowMs: 50, eventsAs: 'urlencoded', negotiateAs: 'multipart' });
    expect((await set({ api: 'nonsense' })).status).toBe(400);
    expect(sandbox.faults.api).toBe('html');
  });
});
