import { expect, test } from 'vitest';
import type { ChangeFilter, ChangePage, History } from '../../src/server/store/ports/history.ts';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';
import { roomForAll } from '../support/start-inbox.ts';
import { day, invoice, noon, openHistory, todo } from './open-history.ts';

async function ids(
  history: History,
  filter: ChangeFilter,
  page: ChangePage = { limit: 50 },
  tenantId = 1,
): Promise<number[]> {
  return (await history.listChanges(tenantId, filter, page)).changes.map(({ eventId }) => eventId);
}

test('changes are listed newest first, with what changed, in pages by key', async () => {
  const { store, send, settle } = await openHistory();
  await send({ id: 7, text: 'Kuglehane', amount: 1, userid: 12, usercode: 'MN' });
  await send({ id: 8, text: 'Rør' }, { name: todo, at: noon + 1 });
  await send({ id: 7, text: 'Kuglehane', amount: 2, userid: 12, usercode: 'MN' }, { at: noon + 2, gapAfter: 2 });
  await settle();
  const { changes, next } = await store.history.listChanges(1, {}, { limit: 2 });
  expect(next).toBe(2);
  expect(changes).toEqual([
    {
      ...invoice,
      eventId: 3,
      objectId: '7',
      receivedAt: noon + 2,
      gap: true,
      userid: '12',
      usercode: 'MN',
      title: 'Kuglehane',
      fields: [{ path: 'amount', kind: 'changed', from: 1, to: 2 }],
      more: 0,
      first: false,
      state: 'done',
    },
    expect.objectContaining({ ...todo, eventId: 2, first: true, fields: [], gap: false, userid: '' }),
  ]);
  expect(await store.history.listChanges(1, {}, { limit: 2, before: 2 })).toMatchObject({
    changes: [{ eventId: 1, first: true }],
    next: undefined,
  });
  expect(await store.history.lastEventAt(1)).toBe(noon + 2);
  expect(await store.history.lastEventAt(2)).toBeUndefined();
});

test('each filter and each pair of filters finds what both say, newest first', async () => {
  const { store, send, settle } = await openHistory();
  const { inbox, history } = store;
  for (let number = 0; number < 60; number += 1) {
    const object = { id: number % 7, n: number, word: number % 3 === 0 ? 'Fakturalinje' : 'Andet', userid: number % 4 };
    await send(object, { name: number % 5 < 3 ? invoice : todo, at: noon + number * 1000 });
  }
  await settle(true);
  for (let turn = 0; turn < 12; turn += 1) {
    const { claimed } = await inbox.advance({
      now: noon,
      claim: { now: noon + 1e9, lease: `a/${turn}`, room: { ...roomForAll, perTarget: 40 } },
    });
    const finishes = claimed.map((one) => ({
      claimed: one,
      ending: one.event.id % 6 === 0 ? { kind: 'dead' as const, fault: 'no' } : { kind: 'handled' as const },
    }));
    if (turn < 4) await inbox.advance({ now: noon + 1e9, finishes });
  }
  const terms: ((all: ChangeFilter) => ChangeFilter)[] = [
    (all) => ({ ...all, hook: todo }),
    (all) => ({ ...all, text: 'faktura' }),
    (all) => ({ ...all, text: 'andet 1' }),
    (all) => ({ ...all, named: { userid: '3', usercode: '' } }),
    (all) => ({ ...all, since: noon + 20_000 }),
    (all) => ({ ...all, until: noon + 41_000 }),
    (all) => ({ ...all, state: 'failed' }),
    (all) => ({ ...all, state: 'waiting' }),
    (all) => ({ ...all, state: 'done' }),
  ];
  const single = await Promise.all(terms.map((term) => ids(history, term({}), { limit: 100 })));
  expect(single.map(({ length }) => length > 3 && length < 60)).toEqual(terms.map(() => true));
  expect(single.slice(6).reduce((sum, { length }) => sum + length, 0)).toBe(60);
  for (const [at, term] of terms.entries()) {
    for (const [other, second] of terms.entries()) {
      const filter = second(term({}));
      // The later of two values for one name replaces the earlier.
      const both = Object.keys(filter).length === 1 ? [other] : [at, other];
      const expected = (single[other] ?? []).filter((id) => both.every((which) => single[which]?.includes(id)));
      expect([at, other, await ids(history, filter, { limit: 100 })]).toEqual([at, other, expected]);
      const paged = [];
      for (let before = Infinity; ;) {
        const page = await ids(history, filter, { limit: 4, ...(before !== Infinity && { before }) });
        paged.push(...page);
        if (page.length < 4) break;
        before = page.at(-1) ?? 0;
      }
      expect([at, other, paged]).toEqual([at, other, expected]);
      const { days, complete } = await history.countChanges(1, filter, { since: '2026-10-01', until: '2026-10-01' });
      const untimed = await ids(history, { ...filter, since: undefined, until: undefined }, { limit: 100 });
      expect([at, other, days.reduce((sum, { changes }) => sum + changes, 0), complete]).toEqual([
        at,
        other,
        untimed.length,
        true,
      ]);
    }
  }
});

test('changes are counted by Danish day and hook, those that name a user once', async () => {
  const { store, send, settle } = await openHistory();
  await send({ id: 1, userid: 5, usercode: 'AB' });
  await send({ id: 2, userid: 5 }, { at: noon + day });
  await send({ id: 3, usercode: 'AB' }, { at: noon + day, name: todo });
  // Half past midnight in Denmark, still the day before in UTC.
  await send({ id: 4, userid: 6 }, { at: Date.parse('2026-10-03T22:30:00Z') });
  await settle();
  const all = { since: '2026-10-01', until: '2026-10-04' };
  expect(await store.history.countChanges(1, {}, all)).toEqual({
    days: [
      { day: '2026-10-01', ...invoice, changes: 1 },
      { day: '2026-10-02', ...invoice, changes: 1 },
      { day: '2026-10-02', ...todo, changes: 1 },
      { day: '2026-10-04', ...invoice, changes: 1 },
    ],
    complete: true,
  });
  expect((await store.history.countChanges(1, { text: '6' }, all)).days).toEqual([
    { day: '2026-10-04', ...invoice, changes: 1 },
  ]);
  const named = { userid: '5', usercode: 'AB' };
  const counted = await store.history.countChanges(1, { named }, all);
  expect(counted.days.map(({ day: on, changes }) => [on.slice(8), changes])).toEqual([
    ['01', 1],
    ['02', 1],
    ['02', 1],
  ]);
  expect((await store.history.countChanges(1, { named: { userid: '', usercode: '' } }, all)).days).toEqual([]);
  expect(
    (await store.history.countChanges(1, { hook: todo }, { since: '2026-10-03', until: '2026-10-09' })).days,
  ).toEqual([]);
});

test('who is named by nothing has no changes', async () => {
  const { store, send, settle } = await openHistory();
  await send({ id: 1, text: 'findes' });
  await send({ id: 2, text: 'findes', userid: 0, usercode: '' });
  await settle();
  const named = { userid: '', usercode: '' };
  for (const filter of [{ named }, { named, text: 'findes' }, { named, state: 'done' as const }]) {
    expect(await ids(store.history, filter)).toEqual([]);
    expect((await store.history.countChanges(1, filter, { since: '2026-01-01', until: '2026-12-31' })).days).toEqual(
      [],
    );
  }
});

test('an object is shown with whole contents, the forwards of each change and their last attempt', async () => {
  const { store, send, settle } = await openHistory();
  const { history } = store;
  await send({ id: 7, text: 'A' });
  await send({ id: 7, text: 'A' });
  await send({ id: 7, text: 'B' }, { at: noon + 5 });
  await send({ text: 'names nothing' });
  await settle();
  const name = { ...invoice, objectId: '7' };
  expect(await history.findObject(1, name)).toEqual({
    changes: 2,
    firstAt: noon,
    changedAt: noon + 5,
    latestId: 3,
    title: 'B',
  });
  const { changes: changes } = await history.listObjectChanges(1, name, { limit: 10 });
  expect(changes).toMatchObject([
    {
      eventId: 3,
      previousId: 1,
      size: 2 * '{"object":"{\\"id\\":7,\\"text\\":\\"B\\"}"}'.length,
      forwards: [],
    },
    { eventId: 1, previousId: undefined, first: true },
  ]);
  expect((await history.listObjectChanges(1, name, { limit: 10, before: 3 })).changes).toHaveLength(1);
  expect(await history.findObject(1, { ...todo, objectId: '7' })).toBeUndefined();
  expect(await history.findObject(2, name)).toBeUndefined();
  expect(await history.findObject(1, { ...invoice, objectId: '' })).toBeUndefined();
  expect((await history.listObjectChanges(1, { ...invoice, objectId: '' }, { limit: 10 })).changes).toEqual([]);
  expect(await history.readEvent(1, 3)).toBe('{"object":"{\\"id\\":7,\\"text\\":\\"B\\"}"}');
  expect(await history.readEvent(2, 3)).toBeUndefined();
});

test('a search goes on through the stretches that the index is cut into', async () => {
  const { file, store, send, settle } = await openHistory();
  const { history } = store;
  await send({ id: 1, text: 'Kuglehane' });
  const database = openDatabase(file);
  database.exec("UPDATE sqlite_sequence SET seq = 131069 WHERE name = 'events'");
  database.close();
  for (let id = 0; id < 5; id += 1)
    await send({ id: 10 + id, text: id === 2 ? 'Rør' : 'Kuglehane' }, { at: noon + id });
  await settle();
  const found = [131_074, 131_073, 131_071, 131_070, 1];
  expect(await ids(history, { text: 'kugle' })).toEqual(found);
  expect(await ids(history, { text: 'kugle' }, { limit: 3 })).toEqual(found.slice(0, 3));
  expect(await ids(history, { text: 'kugle', until: noon + 3 })).toEqual(found.slice(2));
  expect(await ids(history, { text: 'rør', since: noon + 1 })).toEqual([131_072]);
  const { days } = await history.countChanges(1, { text: 'kugle' }, { since: '2026-10-01', until: '2026-10-01' });
  expect(days).toMatchObject([{ changes: 5 }]);
});

test('one tenant’s words, objects and counts are never another’s', async () => {
  const { store, send, settle } = await openHistory();
  await send({ id: 7, text: 'hemmelig', userid: 5 }, { tenantId: 1 });
  await send({ id: 7, text: 'åben', userid: 5 }, { tenantId: 2 });
  await settle();
  const { history } = store;
  const named = { userid: '5', usercode: '' };
  for (const filter of [{}, { text: 'hemmelig' }, { text: '7' }, { named }, { text: '7', named }, { hook: invoice }]) {
    expect(await ids(history, filter, { limit: 9 }, 1)).toEqual([1]);
  }
  expect(await ids(history, { text: 'hemmelig' }, { limit: 9 }, 2)).toEqual([]);
  expect(await ids(history, { text: '7' }, { limit: 9 }, 2)).toEqual([2]);
  expect(await ids(history, {}, { limit: 9 }, 3)).toEqual([]);
  expect(
    (await history.countChanges(2, { text: 'hemmelig' }, { since: '2026-01-01', until: '2026-12-31' })).days,
  ).toEqual([]);
});

test.each([
  '"',
  "'",
  '*',
  '"a" OR "b"',
  'a AND b',
  'NEAR(a b)',
  'list:a',
  'words MATCH a',
  '^a',
  '-a',
  '(a',
  'a)',
  '{a}',
  '"; DROP TABLE words',
  '\0',
  '\uE001',
  '\uE001u',
  '一丁a',
  '💥',
  '%',
  '_',
  'a*b*',
  'NOT a',
  '  ',
  '.'.repeat(5000),
  'æ"ø\\å',
])('whatever is typed is taken as words: %j', async (text) => {
  const { store, send, settle } = await openHistory();
  await send({ id: 1, text: 'findes', userid: 77 });
  await settle();
  const { history } = store;
  const found = await ids(history, { text });
  expect(found).toEqual(text.trim() === '' ? [1] : []);
  await history.countChanges(1, { text }, { since: '2026-01-01', until: 'x' });
  await send({ id: 2, text }, { at: noon });
  await settle();
  expect(await ids(history, { text: `findes ${text}` })).toEqual(/[\p{L}\p{N}]/u.test(text) ? [] : [1]);
});

test('a list that looks in vain through 10,000 changes says where to go on, and gets there', async () => {
  const { file, store, send, settle } = await openHistory();
  await send({ id: 1, text: 'Kuglehane' });
  await settle();
  const database = openDatabase(file);
  database.exec(`
    WITH RECURSIVE n (id) AS (SELECT 2 UNION ALL SELECT id + 1 FROM n WHERE id < 10010)
    INSERT INTO changes SELECT id, scope_id, 'x', NULL, received_at, day, 0, '', '', '', summary FROM n, changes WHERE event_id = 1;
    INSERT INTO handlings (event_id, forward_id, tenant_id, lane, object_id, state)
      SELECT event_id, 0, 1, 'x', 'x', 'dead' FROM changes WHERE event_id > 1;
  `);
  database.close();
  const filter: ChangeFilter = { state: 'done' };
  expect(await store.history.listChanges(1, filter, { limit: 9 })).toEqual({ changes: [], next: 11 });
  expect(await ids(store.history, filter, { limit: 9, before: 11 })).toEqual([1]);
});
