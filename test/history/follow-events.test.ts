import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openAside } from '../../src/server/aside/aside.ts';
import { describeEvent } from '../../src/server/history/describe-event.ts';
import type { Undescribed } from '../../src/server/store/ports/descriptions.ts';
import { startFollower } from '../../src/server/history/follow-events.ts';
import { migrations } from '../../src/server/store/sqlite/migrations.ts';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';
import { openInbox } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';
import { describeAll, noon, openHistory, openStoreAt, sorted } from './open-history.ts';

const inline = (event: Undescribed) => Promise.resolve(describeEvent(event));

test('what two processes describe at the same time is written once', async () => {
  const { store, send, settle, open } = await openHistory();
  const other = await open();
  await send({ id: 1 });
  await settle();
  await send({ id: 2 });
  await send({ id: 1, n: 1 });
  const events = await store.inbox.listUnsorted(10);
  await store.inbox.advance({ now: noon, sorted: events.map(sorted) });
  const [mine, theirs] = [await store.describing.listUndescribed(64), await other.describing.listUndescribed(1)];
  if (mine === undefined || theirs === undefined) throw new Error('nothing to describe');
  expect(await other.describing.describe(theirs, theirs.events.map(describeEvent))).toBe(true);
  expect(await store.describing.describe(mine, mine.events.map(describeEvent))).toBe(false);
  await describeAll(store);
  expect((await store.history.listChanges(1, {}, { limit: 9 })).changes.map(({ eventId }) => eventId)).toEqual([
    3, 2, 1,
  ]);
  expect((await store.history.countChanges(1, {}, { since: '2026-10-01', until: '2026-10-01' })).days).toMatchObject([
    { changes: 3 },
  ]);
});

test('two followers on one database describe all of it, once', async () => {
  const { store, send, open } = await openHistory();
  for (let id = 0; id < 500; id += 1) await send({ id: id % 50, n: id });
  const other = await open();
  const events = await store.inbox.listUnsorted(1000);
  await store.inbox.advance({ now: noon, sorted: events.map(sorted) });
  const errors: object[] = [];
  const log = { error: (fields: object) => errors.push(fields) };
  const followers = [store, other].map(({ describing }) =>
    startFollower({ store: describing, describe: inline, rest: () => turn(), log }),
  );
  onTestFinished(async () => {
    await Promise.all(followers.map((each) => each.stop()));
  });
  const { history } = store;
  await until(async () => (await history.listChanges(1, {}, { limit: 1000 })).changes.length === 500);
  const { days } = await history.countChanges(1, {}, { since: '2026-10-01', until: '2026-10-01' });
  expect(days).toMatchObject([{ changes: 500 }]);
  expect(errors).toEqual([]);
});

test('while an object of a megabyte is described answers have their turn', async () => {
  const { store, send } = await openHistory();
  const fields = (at: number) => Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, at]));
  for (let at = 0; at < 2; at += 1) await send({ id: 1, ...fields(at) });
  const events = await store.inbox.listUnsorted(10);
  await store.inbox.advance({ now: noon, sorted: events.map(sorted) });
  let turns = 0;
  let began = 0;
  let running = true;
  const count = (): void => {
    turns += 1;
    if (running) setImmediate(count);
  };
  count();
  const between: number[] = [];
  const aside = openAside();
  onTestFinished(() => aside.close());
  const { describing } = store;
  const follower = startFollower({
    store: {
      async listUndescribed(limit) {
        const batch = await describing.listUndescribed(limit);
        began = turns;
        return batch;
      },
      describe(place, told) {
        between.push(turns - began);
        return describing.describe(place, told);
      },
    },
    describe: (event) => aside.run('describe', event.fields.length, event),
    rest: () => turn(),
    log: { error: () => undefined },
  });
  await until(() => between.length > 0, 'the description');
  running = false;
  await follower.stop();
  // A turn takes microseconds, the description some 100 ms.
  expect(between[0]).toBeGreaterThanOrEqual(100);
});

test('a batch that fails in its middle leaves nothing, and is begun again', async () => {
  const { file, store, send, settle } = await openHistory();
  const database = openDatabase(file);
  await send({ id: 1, text: 'et' });
  await send({ id: 2, text: 'to' });
  database.exec(
    "CREATE TRIGGER fault BEFORE INSERT ON changes WHEN new.object_id = '2' BEGIN SELECT raise(ABORT, 'no'); END",
  );
  await expect(settle()).rejects.toThrow('no');
  expect((await store.history.listChanges(1, {}, { limit: 9 })).changes).toEqual([]);
  expect((await store.history.listChanges(1, { text: 'et' }, { limit: 9 })).changes).toEqual([]);
  database.exec('DROP TRIGGER fault');
  await describeAll(store);
  expect((await store.history.listChanges(1, { text: 'et' }, { limit: 9 })).changes).toMatchObject([{ eventId: 1 }]);
  expect((await store.history.listChanges(1, {}, { limit: 9 })).changes).toHaveLength(2);
  database.close();
});

test('an event that an operator removes meanwhile is not described', async () => {
  const { store, send } = await openHistory();
  await send({ id: 1 });
  const events = await store.inbox.listUnsorted(10);
  await store.inbox.advance({ now: noon, sorted: events.map(sorted) });
  const batch = await store.describing.listUndescribed(64);
  if (batch === undefined) throw new Error('nothing to describe');
  expect(await store.operator.remove({}, { after: 0 })).toMatchObject({ done: 1 });
  expect(await store.describing.describe(batch, batch.events.map(describeEvent))).toBe(true);
  expect((await store.history.listChanges(1, {}, { limit: 9 })).changes).toEqual([]);
});

test.each([
  '{"a":'.repeat(600) + '1' + '}'.repeat(600),
  '{"__proto__":{"x":1}}',
  '[1]',
  'no JSON',
  '{"id":{}}',
  '{"text":null}',
])('nothing in an event stops the following: %j', async (object) => {
  const { store, send, settle } = await openHistory();
  await send({ id: 1 });
  await send(object);
  await send({ id: 1, n: 1 });
  await settle();
  expect((await store.history.listChanges(1, {}, { limit: 9 })).changes).toHaveLength(3);
});

test('a database of before is described after the upgrade', async () => {
  const { file, store, send, settle } = await openHistory();
  await send({ id: 1, text: 'gammel' });
  await send({ id: 1, text: 'nyere' });
  await settle();
  const expected = (await store.history.listChanges(1, {}, { limit: 9 })).changes;
  const old = `${file}.old`;
  const database = openDatabase(old);
  database.exec(`ATTACH '${file}' AS new`);
  // Back to step 1, with the events of the other.
  const tables = database
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'words_%'",
    )
    .pluck()
    .all();
  database.pragma('foreign_keys = OFF');
  for (const table of tables) database.exec(`DROP TABLE main.${table}`);
  database.exec(migrations[0] ?? '');
  const events = 'id, tenant_id, modcode, hook, received_at, fields, content_type, body, fault';
  const handlings =
    'event_id, forward_id, tenant_id, lane, object_id, previous_id, state, attempt, due_at, lease, fault';
  database.exec(`INSERT INTO events (${events}) SELECT ${events} FROM new.events; INSERT INTO handlings (${handlings}) SELECT ${handlings} FROM new.handlings;
    UPDATE sorting SET after_id = 2`);
  database.pragma('user_version = 1');
  database.close();
  const upgraded = await openStoreAt(old);
  await describeAll(upgraded);
  expect((await upgraded.history.listChanges(1, {}, { limit: 9 })).changes).toEqual(expected);
});

test('the server follows by itself, and shows what is waiting and what failed', async () => {
  const inbox = await openInbox({
    handle: ({ object }) => (object['fail'] === true ? Promise.reject(new Error('no')) : Promise.resolve(undefined)),
  });
  const tenant = await inbox.addTenant('1');
  inbox.work();
  const { history } = inbox.services;
  await inbox.send(tenant, { id: 1, text: 'Kørsel' });
  await inbox.send(tenant, { id: 2, fail: true });
  await until(
    async () => (await history.listChanges(tenant, { text: 'kør', state: 'done' }, { limit: 9 })).changes.length === 1,
  );
  await until(async () => (await history.listChanges(tenant, { state: 'waiting' }, { limit: 9 })).changes.length === 1);
});
