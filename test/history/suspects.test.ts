import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeAlone, describeEvent } from '../../src/server/history/describe-event.ts';
import type { Undescribed } from '../../src/server/store/ports/descriptions.ts';
import { startFollower } from '../../src/server/history/follow-events.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { until } from '../support/until.ts';
import { noon, openHistory, sorted } from './open-history.ts';

async function sortOnly(store: Store): Promise<void> {
  const events = await store.inbox.listUnsorted(100);
  await store.inbox.advance({ now: noon, sorted: events.map(sorted) });
}

const silent = { error: () => undefined };

test('what was being described when a process ended comes one by one, and is not compared', async () => {
  const { store, send, open } = await openHistory();
  for (const n of [1, 2, 3]) await send({ id: 7, n });
  await sortOnly(store);
  expect(await store.describing.listUndescribed(2)).toMatchObject({ suspect: false, upTo: 2 });
  // The process ends here.
  const next = await open();
  const asked: [number, string][] = [];
  const follower = startFollower({
    store: next.describing,
    describe(event, how) {
      asked.push([event.id, how]);
      return Promise.resolve((how === 'alone' ? describeAlone : describeEvent)(event));
    },
    rest: () => turn(),
    log: silent,
  });
  const list = async () => (await next.history.listChanges(1, {}, { limit: 9 })).changes;
  await until(async () => (await list()).length === 3);
  await follower.stop();
  expect(asked).toEqual([
    [1, 'alone'],
    [2, 'alone'],
    [3, 'compared'],
  ]);
  expect(await list()).toMatchObject([
    { eventId: 3, fields: [{ path: 'n', from: 2, to: 3 }] },
    { eventId: 2, fields: [], more: 0, uncounted: true },
    { eventId: 1, first: true },
  ]);
});

test('what was described when a process ended is no suspect', async () => {
  const { send, settle, open } = await openHistory();
  await send({ id: 7 });
  await settle();
  await send({ id: 7, n: 1 });
  const next = await open();
  await sortOnly(next);
  expect(await next.describing.listUndescribed(9)).toMatchObject({ suspect: false, events: [{ id: 2 }] });
});

test('of an event that cannot be compared, or not even read, the rest is told, and the following goes on', async () => {
  const { store, send } = await openHistory();
  for (const n of [1, 2, 3]) await send({ id: 7, text: `nr ${n}` });
  await sortOnly(store);
  const asked: Undescribed[] = [];
  const follower = startFollower({
    store: store.describing,
    describe(event, how) {
      asked.push(event);
      if (event.id === 2 || (event.id === 3 && how === 'compared')) return Promise.reject(new Error('too long'));
      return Promise.resolve((how === 'alone' ? describeAlone : describeEvent)(event));
    },
    rest: () => turn(),
    log: silent,
  });
  const list = async () => (await store.history.listChanges(1, {}, { limit: 9 })).changes;
  await until(async () => (await list()).length === 3);
  await follower.stop();
  expect(asked.map(({ id }) => id)).toEqual([1, 2, 2, 3, 3]);
  expect(await list()).toMatchObject([
    { eventId: 3, objectId: '7', title: 'nr 3', uncounted: true },
    { eventId: 2, objectId: '7', title: '', uncounted: true },
    { eventId: 1, objectId: '7', title: 'nr 1' },
  ]);
});

test('what is still to be described is counted: of this tenant, and of many at once by their places', async () => {
  const { store, send, settle } = await openHistory();
  const { history } = store;
  for (const n of [1, 1, 2]) await send({ id: 7, n });
  await send({ id: 7 }, { tenantId: 2 });
  expect(await history.countUndescribed(1)).toEqual({ count: 0, atMost: false });
  await sortOnly(store);
  // The second is a duplicate.
  expect(await history.countUndescribed(1)).toEqual({ count: 2, atMost: false });
  expect(await history.countUndescribed(3)).toEqual({ count: 0, atMost: false });
  await settle();
  expect(await history.countUndescribed(1)).toEqual({ count: 0, atMost: false });
  for (let n = 0; n < 1001; n += 1) await send({ id: 8, n });
  for (let step = 0; step < 11; step += 1) await sortOnly(store);
  expect(await history.countUndescribed(1)).toEqual({ count: 1001, atMost: true });
});
