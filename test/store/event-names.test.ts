import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openForwards, quick } from '../forwards/open-forwards.ts';
import { startReceiver } from '../forwards/start-receiver.ts';
import { first } from '../../src/server/store/sqlite/migrations/first.ts';
import { openInbox } from '../support/start-inbox.ts';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';

/** Ids of the events as a receiver sees them, by object. */
async function forwardAll(folder: string, objects: readonly number[], fresh: boolean): Promise<[string, string][]> {
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver], { folder, world: { limits: quick } });
  if (fresh) await inbox.add(receiver);
  else {
    const database = new Database(join(folder, 'appconnect.db'));
    database.prepare('UPDATE forwards SET url = ?').run(receiver.url);
    database.close();
  }
  for (const id of objects) await inbox.send(inbox.tenant, { id });
  inbox.work();
  await until(() => receiver.received.length >= objects.length);
  const seen = receiver.received.map(({ headers, object }): [string, string] => [
    headers['webhook-id'] ?? '',
    String(object.id),
  ]);
  await inbox.services.close();
  return seen;
}

test('no name comes twice for two events: not after a restore by hand, not from another database', async () => {
  const folder = makeFolder();
  const file = join(folder, 'appconnect.db');
  const before = await forwardAll(folder, [1, 2, 3], true);
  copyFileSync(file, `${file}.copy`);
  const lost = await forwardAll(folder, [4, 5, 6], false);
  for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) rmSync(file + end);
  copyFileSync(`${file}.copy`, file);
  const after = await forwardAll(folder, [7, 8, 9], false);
  const other = await forwardAll(makeFolder(), [10, 11, 12], true);
  const all = [...before, ...lost, ...after, ...other];
  expect(new Map(all).size).toBe(12);
  for (const [name] of all) expect(name).toMatch(/^evt_[0-9a-f]{10}_\d+$/);
});

test('an event keeps the name that it had, through starts and a restore', async () => {
  const folder = makeFolder();
  const file = join(folder, 'appconnect.db');
  const names = new Map<number, string>();
  for (let start = 0; start < 4; start += 1) {
    const inbox = await openInbox({ folder });
    const tenant = await inbox.addTenant('1');
    for (const [id, name] of names) expect(await inbox.services.store.nameOf(id)).toBe(name);
    if (start === 2) {
      await inbox.services.close();
      copyFileSync(file, `${file}.copy`);
      copyFileSync(`${file}.copy`, file);
      continue;
    }
    for (let n = 0; n < 3; n += 1) {
      const id = await inbox.send(tenant, { id: n, start });
      names.set(id, await inbox.services.store.nameOf(id));
    }
    await inbox.services.close();
  }
  expect(new Set(names.values()).size).toBe(9);
});

test('of two processes that start and run together, both give an event one name', async () => {
  const folder = makeFolder();
  const [a, b] = [await openInbox({ folder }), await openInbox({ folder })];
  const tenant = await a.addTenant('1');
  for (const inbox of [a, b, a]) {
    const id = await inbox.send(tenant, { id: 1 });
    expect(await a.services.store.nameOf(id)).toBe(await b.services.store.nameOf(id));
  }
});

test('what an older version stored keeps its short name', async () => {
  const folder = makeFolder();
  const database = new Database(join(folder, 'appconnect.db'));
  database.exec(first);
  database.pragma('user_version = 1');
  database.exec("INSERT INTO events (tenant_id, modcode, hook, received_at, fields) VALUES (1, 'm', 'h', 5, '{}')");
  database.close();
  const { nameOf } = (await openInbox({ folder })).services.store;
  expect([await nameOf(1), await nameOf(2)]).toEqual(['evt_1', expect.stringMatching(/^evt_[0-9a-f]{10}_2$/)]);
});
