import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/microbizz/domain/secret.ts';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { first } from '../../src/server/store/sqlite/migrations/first.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import { surveyDatabase } from '../../src/server/store/sqlite/survey.ts';
import { makeFolder } from '../support/start-server.ts';

const keyring = buildKeyring(['an app key for tests that is long enough']);
/** As the program of version 1 sealed them: for the installation `first`, and for the forward 3. */
const token = 'mJGBf8lzIkUMZiRJ3KVUp/7IEMLeQF+2eqxiPQMZ/01Ri9xE3w==';
const [newest, older] = [
  'bu/oDDj594k+yAiAUCLurKPdgurc+DjlCPC3YUK/tfDposOdzA==',
  '1rFBEwD2stUb9Ssv0Cf03bxxq0W+cir3GzhAwTZgdh/Ckygwmw==',
];

/** A database of version 1 with a tenant and its forward, its row bound to no other. */
function makeOld(file: string): void {
  const old = new Database(file);
  old.exec(first);
  old.pragma('user_version = 1');
  old.prepare("INSERT INTO tenants VALUES (1, 'a.microbizz.dk', '2391', 'first')").run();
  old
    .prepare(
      `INSERT INTO installations (id, solution, expires_at, negotiated_at, tenant_id, endpoint, contract, accesstoken)
       VALUES ('first', 'https://a.microbizz.dk', 9, 5, 1, 'https://a.microbizz.dk/api/endpoint.php', '2391', ?)`,
    )
    .run(Buffer.from(token, 'base64'));
  const secrets = JSON.stringify([
    { sealed: newest, until: null },
    { sealed: older, until: 99 },
  ]);
  old
    .prepare("INSERT INTO forwards (id, tenant_id, url, hooks, secrets) VALUES (3, 1, 'https://a.example/', '[]', ?)")
    .run(secrets);
  old.close();
}

test('what an older program sealed opens, and what is sealed now stands beside it', async () => {
  const file = join(makeFolder(), 'a.db');
  makeOld(file);
  const store = buildStore(await openSqliteStore(file), keyring);
  onTestFinished(() => store.close());
  expect((await store.connections.findTenant(1))?.credentials.accesstoken.reveal()).toBe('the token');
  expect((await store.connections.findInstallation('first'))?.credentials.accesstoken.reveal()).toBe('the token');
  expect(await store.grants.listAddresses(1)).toMatchObject([{ id: 'first', inUse: true, underFirstKey: true }]);
  const secretsOf = async (id: number): Promise<unknown> =>
    (await store.forwards.find(id))?.secrets.map(({ secret, until }) => [secret.reveal(), until]);
  expect(await secretsOf(3)).toEqual([
    ['whsec_new', undefined],
    ['whsec_old', 99],
  ]);
  expect(await store.forwards.rotateSecret(3, new Secret('whsec_newer'), 50, 100)).toBe(true);
  expect(await secretsOf(3)).toEqual([
    ['whsec_newer', undefined],
    ['whsec_new', 100],
    ['whsec_old', 99],
  ]);
  const given = { tenantId: 1, url: 'https://b.example/', hooks: [], secret: new Secret('whsec_b') };
  const added = await store.forwards.add(given, 9);
  if (typeof added === 'string') throw new Error(added);
  expect(added.id).toBeGreaterThan(3);
  expect(await secretsOf(added.id)).toEqual([['whsec_b', undefined]]);
});

test('no secret is in the database in clear, and none opens in the place of another', async () => {
  const file = join(makeFolder(), 'a.db');
  makeOld(file);
  const adapter = await openSqliteStore(file);
  onTestFinished(() => adapter.close());
  const store = buildStore(adapter, keyring);
  const given = { tenantId: 1, url: 'https://b.example/', hooks: [], secret: new Secret('whsec_in clear') };
  await store.forwards.add(given, 9);
  const raw = new Database(file);
  const stored = (): string => JSON.stringify(raw.prepare('SELECT * FROM forwards').all());
  expect(stored()).not.toContain('whsec_');
  expect(stored()).not.toContain(Buffer.from('whsec_').toString('base64').slice(0, 8));
  raw.exec('UPDATE forwards SET secrets = (SELECT secrets FROM forwards WHERE id = 3)');
  raw.close();
  await expect(store.forwards.list()).rejects.toThrow('forwards/4/secret');
  expect((await store.forwards.find(3))?.secrets).toHaveLength(2);
});

test('a survey tells of each token with its installation, and opens none', () => {
  const file = join(makeFolder(), 'a.db');
  makeOld(file);
  expect(surveyDatabase(file)).toEqual({
    version: 1,
    tokens: [{ installationId: 'first', sealed: Buffer.from(token, 'base64') }],
  });
});

test('an id that was reserved for a forward is never given again, used or not, also by another handle', async () => {
  const file = join(makeFolder(), 'a.db');
  const handles = [await openSqliteStore(file), await openSqliteStore(file)];
  onTestFinished(async () => {
    for (const each of handles) await each.close();
  });
  const ids: number[] = [];
  for (let turn = 0; turn < 6; turn += 1) ids.push((await handles[turn % 2]?.forwards.reserveId()) ?? 0);
  expect(ids).toEqual([1, 2, 3, 4, 5, 6]);
});
