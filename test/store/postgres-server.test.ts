import { expect, onTestFinished, test } from 'vitest';
import { refused } from '../../src/microbizz/domain/answer.ts';
import { defineEvent } from '../../src/server/events/define-event.ts';
import { openServices } from '../../src/server/services.ts';
import { readConfig } from '../../src/server/config.ts';
import { runHere } from '../cli/run-here.ts';
import { findFreePort } from '../support/find-free-port.ts';
import {
  appKey,
  connect,
  hookUrl,
  startServer,
  startTestSandbox,
  testSettings,
  type TestServer,
} from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { askCluster, makeSchema, urlOf } from './open-postgres.ts';

async function makeDatabase(): Promise<string> {
  const { schema, end } = await makeSchema();
  onTestFinished(end);
  return urlOf(schema);
}
const open = async (url: string, APP_KEY: string) =>
  openServices(readConfig(testSettings(1, '', { DATABASE_URL: url, APP_KEY })), { events: [], pages: [] });

test('connect, an event at one server, and the page of another that shows it', async () => {
  const DATABASE_URL = await makeDatabase();
  const sandbox = await startTestSandbox();
  const server = await startServer({ solution: sandbox.url, settings: { DATABASE_URL } });
  await connect(server, sandbox);
  const sent = await sandbox.changeInvoiceLine(50101, { count: 12 });
  expect(sent).toMatchObject({ status: 200, ok: true, body: '{"status":true,"error":""}' });

  const other = await startServer({ solution: sandbox.url, settings: { DATABASE_URL }, work: false });
  const page = await until(async () => {
    const address = sandbox.interfaceUrl('user', 'menu', 12).replace(server.url, other.url);
    const answer = await fetch(address, { headers: { 'accept-language': 'da' } });
    const text = await answer.text();
    return text.includes('Fakturalinje 50101') && { status: answer.status };
  }, 'the invoice line on the page');
  expect(page.status).toBe(200);
  await until(
    async () => (await server.services.store.operator.countEvents({ state: 'handled' })) > 0,
    'a handled event',
  );
});

test('an answer that waits for its handler has what another server’s said, refusals and failures too', async () => {
  const DATABASE_URL = await makeDatabase();
  const sandbox = await startTestSandbox();
  const hook = defineEvent({
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    title: 'T',
    answer: 'after-handling',
    // Longer than the test may take.
    budget: 600_000,
    handle(event) {
      if (event.object['count'] === 1) throw new Error('not today');
      return Promise.resolve(event.object['count'] === 0 ? refused('Antal mangler') : undefined);
    },
  });
  const options = { solution: sandbox.url, settings: { DATABASE_URL }, app: { events: [hook], pages: [] } };
  const taking = await startServer({ ...options, work: false });
  const request = await connect(taking, sandbox);
  await startServer(options);
  const send = async (object: object): Promise<unknown> => {
    const body = new URLSearchParams({ object: JSON.stringify(object) });
    return (await fetch(hookUrl(request, 'invoice/event_invoice_line_change'), { method: 'POST', body })).json();
  };
  expect(await send({ id: 1, count: 0 })).toEqual({ status: false, error: 'Antal mangler' });
  expect(await send({ id: 2, count: 1 })).toEqual({ status: true, error: '' });
  expect(await send({ id: 3, count: 2 })).toEqual({ status: true, error: '' });
});

test('two servers handle what either takes, also after all of their connections were lost', async () => {
  const { schema, end } = await makeSchema();
  onTestFinished(end);
  const sandbox = await startTestSandbox();
  const options = { solution: sandbox.url, settings: { DATABASE_URL: urlOf(schema) } };
  const [one, two] = [await startServer(options), await startServer(options)];
  const request = await connect(one, sandbox);
  const url = hookUrl(request, 'invoice/event_invoice_line_change');
  let sent = 0;
  const send = async (server: TestServer): Promise<number> => {
    sent += 1;
    const body = new URLSearchParams({ object: JSON.stringify({ id: sent % 7, sent }) });
    return (await fetch(url.replace(one.url, server.url), { method: 'POST', body })).status;
  };
  const statuses = await Promise.all(Array.from({ length: 40 }, (_, n) => send(n % 2 === 0 ? one : two)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  const { operator } = one.services.store;
  await until(async () => (await operator.countEvents({ state: 'handled' })) === 40, 'all handled');
  await askCluster('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [schema]);
  // The next act may be the one that finds its connection lost: then Microbizz sends again.
  for (const server of [one, two]) await until(async () => (await send(server)) === 200, 'an event after it');
  await until(async () => (await operator.countEvents({ state: 'handled' })) >= 42, 'all handled after it');
  expect(await two.services.store.operator.oldestUnhandled()).toBeUndefined();
});

test('a key that is not the database’s is refused by name; one in front of it takes its place', async () => {
  const url = await makeDatabase();
  await (await open(url, appKey)).close();
  const other = 'another app key that is long enough too';
  await expect(open(url, other)).rejects.toThrow(/^APP_KEY is not the key that postgres:\/\/127/);
  await (await open(url, `${other},${appKey}`)).close();
  await (await open(url, other)).close();
  await expect(open(url, appKey)).rejects.toThrow('APP_KEY is not the key');
  const settings = testSettings(1, '', { DATABASE_URL: url, APP_KEY: appKey });
  expect(await runHere(settings, '', ['key', 'lost'])).toMatchObject({ code: 1 });
  expect(await runHere(settings, '', ['key', 'lost', '--yes'])).toMatchObject({ code: 0 });
  await (await open(url, appKey)).close();
});

test('a PostgreSQL that is not there is a refusal, and says no password', async () => {
  const url = `postgres://me:pass-in-url@127.0.0.1:${await findFreePort()}/appconnect`;
  await expect(open(url, appKey)).rejects.toThrow(/^The database cannot be reached/);
  await expect(open(url, appKey)).rejects.not.toThrow('pass-in-url');
});

test('commands work beside the server, and make no tables; those for a file say so', async () => {
  const url = await makeDatabase();
  const settings = testSettings(1, '', { DATABASE_URL: url });
  const run = (...words: string[]) => runHere(settings, '', words);
  expect((await run('tenants')).err).toContain('start the server first');
  const server = await startServer({ settings: { DATABASE_URL: url } });
  expect(await run('tenants')).toMatchObject({ code: 0 });
  expect((await run('doctor')).out).toContain('The database can be written.');
  expect((await run('backup', 'x.db')).err).toContain('pg_dump');
  await server.close();
});
