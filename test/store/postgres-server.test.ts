import { expect, onTestFinished, test } from 'vitest';
import { openServices } from '../../src/server/services.ts';
import { readConfig } from '../../src/server/config.ts';
import { runHere } from '../cli/run-here.ts';
import { findFreePort } from '../support/find-free-port.ts';
import { appKey, connect, startServer, startTestSandbox, testSettings } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { makeSchema, urlOf } from './open-postgres.ts';

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
