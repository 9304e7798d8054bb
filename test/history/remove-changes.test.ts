import { statSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { removeOld } from '../../src/server/inbox/retention.ts';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';
import { day, invoice, noon, openHistory } from './open-history.ts';

const rest = (): Promise<void> => Promise.resolve();

test('removed events go with their changes and words; the counts a day stay', async () => {
  const { file, store, send, settle } = await openHistory();
  const { history, operator } = store;
  await send({ id: 7, text: 'gammel' });
  await send({ id: 7, text: 'gammel' });
  await send({ id: 7, text: 'ny' }, { at: noon + day });
  await settle();
  expect(await removeOld(operator, { days: 1, now: () => noon + day + 1, rest })).toBe(2);
  expect((await history.listChanges(1, {}, { limit: 9 })).changes).toMatchObject([
    { eventId: 3, fields: [{ path: 'text' }] },
  ]);
  expect((await history.listChanges(1, { text: 'gammel' }, { limit: 9 })).changes).toEqual([]);
  expect((await history.listObjectChanges(1, { ...invoice, objectId: '7' }, { limit: 9 })).changes).toMatchObject([
    { eventId: 3, previousId: undefined },
  ]);
  expect((await history.countChanges(1, {}, { since: '2026-10-01', until: '2026-10-02' })).days).toHaveLength(2);
  expect(
    (await history.countChanges(1, { text: 'gammel' }, { since: '2026-10-01', until: '2026-10-02' })).days,
  ).toEqual([]);
  const database = openDatabase(file);
  expect(
    database
      .prepare('SELECT (SELECT count(*) FROM words_docsize) AS words, (SELECT count(*) FROM duplicates) AS twice')
      .get(),
  ).toEqual({
    words: 1,
    twice: 0,
  });
  database.exec("INSERT INTO words (words) VALUES ('integrity-check')");
  database.close();
});

test('whom changes named is forgotten with them, a tenant at a time or for all; how many there were is not', async () => {
  const { store, send, settle } = await openHistory();
  const { history } = store;
  for (const tenantId of [1, 2]) await send({ id: 7, userid: 12, usercode: 'MN' }, { tenantId });
  await settle();
  const named = { userid: '12', usercode: 'MN' };
  const days = { since: '2026-10-01', until: '2026-10-02' };
  const count = async (tenantId: number): Promise<number[]> =>
    [await history.countChanges(tenantId, { named }, days), await history.countChanges(tenantId, {}, days)].map(
      (counted) => counted.days.length,
    );
  await store.retention.forgetUsers('2026-10-01');
  expect(await count(1)).toEqual([1, 1]);
  await store.retention.forgetUsers('2026-10-02', 1);
  expect([await count(1), await count(2)]).toEqual([
    [0, 1],
    [1, 1],
  ]);
  await store.retention.forgetUsers('2026-10-02');
  expect(await count(2)).toEqual([0, 1]);
});

test('a tenant’s own retention takes its handled events and duplicates, and nobody else’s', async () => {
  const { store, send, settle } = await openHistory();
  const { history, operator } = store;
  for (const tenantId of [1, 2]) {
    for (let id = 0; id < 130; id += 1) await send({ id }, { tenantId });
    await send({ id: 0 }, { tenantId });
  }
  await settle();
  await send({ id: 'waits' }, { tenantId: 1 });
  await settle(true);
  const young = await send({ id: 'young' }, { tenantId: 1, at: noon + 5 * day });
  await settle();
  const now = (): number => noon + 5 * day;
  expect(await removeOld(operator, { days: 5, tenantId: 1, now, rest })).toBe(0);
  expect(await removeOld(operator, { days: 4, tenantId: 1, now, rest })).toBe(131);
  expect((await history.listChanges(1, {}, { limit: 500 })).changes.map(({ objectId }) => objectId)).toEqual([
    'young',
    'waits',
  ]);
  expect(await operator.findEvent(young)).toMatchObject({ state: 'handled' });
  expect(await operator.countEvents({ tenantId: 1 })).toBe(2);
  expect(await operator.countEvents({ tenantId: 2 })).toBe(131);
});

test('a tenant’s retention is kept, listed and taken back', async () => {
  const { file, store } = await openHistory();
  const database = openDatabase(file);
  database.exec(
    "INSERT INTO tenants (id, host, contract, installation_id) VALUES (1, 'a', '1', 'x'), (2, 'a', '2', 'y')",
  );
  database.close();
  const { retention } = store;
  await retention.set(2, 30);
  expect(await retention.find(2)).toBe(30);
  expect(await retention.find(1)).toBeUndefined();
  expect(await retention.list()).toEqual([{ tenantId: 2, days: 30 }]);
  await retention.set(2, undefined);
  expect(await retention.list()).toEqual([]);
});

test('what removed changes leave in the index of words is taken out in small steps, and all of it', async () => {
  const { file, store, send, settle } = await openHistory();
  const words = (id: number): string =>
    Array.from({ length: 60 }, (_, at) => ((id * 60 + at) * 7919).toString(36)).join(' ');
  for (let id = 0; id < 1000; id += 1) await send({ id, text: words(id) }, { at: id < 750 ? noon : noon + 2 * day });
  await settle();
  const database = openDatabase(file);
  onTestFinished(() => void database.close());
  const bytes = database.prepare<[], number>('SELECT sum(length(block)) FROM words_data').pluck();
  const before = bytes.get() ?? 0;
  const written: number[] = [];
  let after: number | undefined = 0;
  while (after !== undefined) {
    database.pragma('wal_checkpoint(TRUNCATE)');
    ({ next: after } = await store.operator.removeHandled(noon + day, { after }));
    written.push(statSync(`${file}-wal`).size);
  }
  // Of the index alone there were 1.3 MB, which the first step wrote anew.
  expect(Math.max(...written)).toBeLessThan(500_000);
  // A quarter of the events is left, and a little more of the index, which is 28 % where the walk ends with the events.
  expect(bytes.get()).toBeLessThan(before * 0.275);
});
