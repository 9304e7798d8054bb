import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newWebhookSecret } from '../../src/server/forwards/webhook-secret.ts';
import { processOn, runOn } from '../cli/run-appconnect.ts';
import { listening, runServer } from '../support/run-server.ts';
import { openInbox } from '../support/start-inbox.ts';
import { findFreePort } from '../support/find-free-port.ts';
import { makeFolder, testSettings } from '../support/start-server.ts';

/** A database with a connected tenant, whose key lies beside it. */
async function makeConnected(): Promise<{ folder: string; settings: Record<string, string>; key: string }> {
  const folder = makeFolder();
  const inbox = await openInbox({ folder, settings: { APP_KEY: '' } });
  await inbox.addTenant('2391');
  await inbox.services.close();
  const settings = testSettings(await findFreePort(), folder, { APP_KEY: '' });
  return { folder, settings, key: join(folder, 'app.key') };
}

test('the key lies beside the database, wherever the server is started from', async () => {
  const { folder, settings, key } = await makeConnected();
  const elsewhere = makeFolder();
  const server = runServer(settings, elsewhere);
  const [first] = await listening(server);
  expect(first).toMatchObject({
    msg: 'starting',
    database: join(folder, 'appconnect.db'),
    key,
    settings: 'the environment',
  });
  await server.stop();
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(statSync(key).mode & 0o777).toBe(0o600);
});

test('compiled code lies beside the database, for nobody else, and never in the folder that all users share', async () => {
  const { folder, settings } = await makeConnected();
  const shared = makeFolder();
  for (const TMPDIR of [shared, shared]) {
    // Where the folder is when nobody has named one.
    const server = runServer({ ...settings, TMPDIR, NODE_COMPILE_CACHE: '' });
    await listening(server);
    await server.stop();
  }
  expect(readdirSync(shared)).toEqual([]);
  expect(statSync(join(folder, 'compile-cache')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, 'compile-cache'))).not.toEqual([]);
  // A command uses it, and makes none.
  rmSync(join(folder, 'compile-cache'), { recursive: true });
  const run = processOn(join(folder, 'appconnect.db'), { ...settings, TMPDIR: shared, NODE_COMPILE_CACHE: '' });
  expect(await run('tenants')).toMatchObject({ code: 0 });
  expect([readdirSync(shared), existsSync(join(folder, 'compile-cache'))]).toEqual([[], false]);
});

test('without the key of its tokens the server does not start, makes no key, and says where it belongs', async () => {
  const { folder, settings, key } = await makeConnected();
  renameSync(key, `${key}.away`);
  const says = `The key that opens the tokens in ${join(folder, 'appconnect.db')} (of 1 connected Microbizz) is missing: put it back as ${key}, or set APP_KEY to it; docs/operate.md says what to do when it is lost.`;
  expect(await runServer(settings).exit).toEqual({ code: 1, err: `${says}\nThe server was not started.\n` });
  const run = runOn(join(folder, 'appconnect.db'), settings);
  expect((await run('tenants')).err).toBe(`${says}\n`);
  expect((await run('doctor')).out).toContain(`wrong  ${says}`);
  expect(existsSync(key)).toBe(false);
  renameSync(`${key}.away`, key);
  await listening(runServer(settings));
});

test.each([
  [
    'APP_KEY',
    (file: string, database: string) => `APP_KEY opens none of the tokens in ${database} (of 1 connected Microbizz)`,
    'set',
  ],
  [
    'file',
    (file: string, database: string) =>
      `The key in ${file} opens none of the tokens in ${database} (of 1 connected Microbizz)`,
    'file',
  ],
])('with another key in %s the server does not start', async (_name, says, how) => {
  const { folder, settings, key } = await makeConnected();
  const other = 'another key that is long enough to be taken';
  if (how === 'file') writeFileSync(key, `${other}\n`);
  const { code, err } = await runServer({ ...settings, APP_KEY: how === 'set' ? other : '' }).exit;
  expect([code, err]).toEqual([
    1,
    `${says(key, join(folder, 'appconnect.db'))}: put back the key that they were sealed with; docs/operate.md says what to do when it is lost.\nThe server was not started.\n`,
  ]);
});

test('the old key as the second one is enough', async () => {
  const { settings, key } = await makeConnected();
  const both = `another key that is long enough to be taken,${readFileSync(key, 'utf8').trim()}`;
  await listening(runServer({ ...settings, APP_KEY: both }));
  const file = (settings['DATABASE_URL'] ?? '').slice('file:'.length);
  expect((await runOn(file, { APP_KEY: both })('doctor')).out).toContain(
    '1 of 1 connected Microbizz still need an older key of APP_KEY.',
  );
  const turned = both.split(',').toReversed().join(',');
  expect((await runOn(file, { APP_KEY: turned })('doctor')).out).toContain('The older keys of APP_KEY can go.');
});

test('a key that is lost for good is given up on request: the server starts, the events are there, and all connect again', async () => {
  const { folder, settings, key } = await makeConnected();
  const file = join(folder, 'appconnect.db');
  const before = await openInbox({ folder, settings: { APP_KEY: '' } });
  const event = await before.send(1, { id: 7 });
  const forward = { tenantId: 1, url: 'https://a.example/', hooks: [], secret: newWebhookSecret() };
  await before.services.store.forwards.add(forward, 1);
  await before.services.close();
  rmSync(key);
  const run = runOn(file, settings);
  expect(await run('key', 'lost')).toMatchObject({ code: 1, err: expect.stringContaining('--yes') as string });
  expect(existsSync(key)).toBe(false);
  expect((await run('key', 'lost', '--yes')).out).toBe(
    '1 Microbizz must connect again, 1 forwards need a new secret ("forwards rotate"). All events are kept.\n',
  );
  await listening(runServer(settings));
  const { services } = await openInbox({ folder, settings: { APP_KEY: '' } });
  expect((await services.connections.listTenants())[0]?.credentials.accesstoken.reveal()).toBe('');
  expect(await services.store.operator.findEvent(event)).toMatchObject({ id: event });
  expect(await services.forwards.list()).toMatchObject([{ paused: 'secret-lost' }]);
  await services.forwards.rotate(1);
  expect((await services.forwards.list())[0]?.secrets).toHaveLength(1);
});
