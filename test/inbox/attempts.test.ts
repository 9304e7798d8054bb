import { expect, test, vi } from 'vitest';
import type { Claimed } from '../../src/server/store/ports/inbox.ts';
import { workerLimits } from '../../src/server/inbox/worker-state.ts';
import { backOff, retryDelay } from '../../src/server/inbox/back-off.ts';
import { newHolder, isGone } from '../../src/server/inbox/holder.ts';
import { openInbox, roomForAll, sortAll, stopClock } from '../support/start-inbox.ts';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';

test('a handler that never returns is cut at its time limit, told so, and tried again', async () => {
  const clock = stopClock();
  const signals: AbortSignal[] = [];
  const inbox = await openInbox({
    world: { now: clock.now, limits: { ...workerLimits, look: 5, time: 20 } },
    handle: async (event, { signal }) => {
      signals.push(signal);
      if (event.attempt === 1) await new Promise(() => undefined);
      return undefined;
    },
  });
  await inbox.send(await inbox.addTenant('1'), { id: 1 });
  inbox.work();
  const failed = await until(() => inbox.log.find(({ msg }) => msg === 'attempt failed'));
  expect(failed).toMatchObject({ fault: 'It did not end within 0.02 seconds.', attempt: 1, again: 5000 });
  expect(signals[0]?.aborted).toBe(true);
  clock.move(5000);
  await until(async () => (await inbox.services.store.inbox.findHandling(1))?.state === 'handled');
});

test('an event that fails every attempt is dead: kept, counted, visible; replayed, it is handled', async () => {
  const clock = stopClock();
  let broken = true;
  const attempts: number[] = [];
  const inbox = await openInbox({
    world: { now: clock.now },
    handle: (event) => {
      attempts.push(event.attempt);
      return broken ? Promise.reject(new Error('no')) : Promise.resolve(undefined);
    },
  });
  const tenant = await inbox.addTenant('1');
  await inbox.send(tenant, { id: 1 });
  inbox.work();
  const { operator } = inbox.services.store;
  for (const [at, delay] of backOff.entries()) {
    await until(() => attempts.length === at + 1);
    await until(
      async () =>
        (await operator.findEvent(1))?.fault === 'no' &&
        (await inbox.services.store.inbox.nextDue()) === clock.now() + delay,
    );
    clock.move(delay);
  }
  await until(async () => (await operator.findEvent(1))?.state === 'dead');
  expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await operator.listEvents({ state: 'dead' }, { limit: 10 })).toMatchObject([
    { id: 1, attempt: 8, fault: 'no', objectId: '1' },
  ]);
  expect(await operator.counters()).toContainEqual({ tenantId: tenant, name: 'dead', value: 1 });
  broken = false;
  await operator.replay({ ids: [1] }, { after: 0 });
  await until(async () => (await operator.findEvent(1))?.state === 'handled');
});

test('the waits grow, are a fifth longer at most, and honour a longer Retry-After up to a day', () => {
  expect(backOff.map((_, at) => retryDelay(at + 1, () => 0))).toEqual(backOff);
  expect(retryDelay(1, () => 1)).toBe(6000);
  expect(retryDelay(1, () => 0, 60_000)).toBe(60_000);
  expect(retryDelay(1, () => 0, 1e15)).toBe(86_400_000);
  expect(retryDelay(backOff.length + 1, () => 0)).toBeUndefined();
});

const crash = { now: 0, pauses: [0, 0, 0] };

test('a lost lease is taken up by another, and finishing with the stale one is refused', async () => {
  const clock = stopClock();
  const inbox = await openInbox({ handle: () => Promise.resolve(undefined), world: { now: clock.now } });
  await inbox.send(await inbox.addTenant('1'), { id: 1 });
  const store = inbox.services.store.inbox;
  await sortAll(store);
  const claim = async (later: number, lease: string) => {
    const at = clock.now() + later;
    return (await store.advance({ now: at, claim: { now: at, lease, room: roomForAll } })).claimed;
  };
  const finish = async (claimed: Claimed) =>
    (await store.advance({ now: clock.now(), finishes: [{ claimed, ending: { kind: 'handled' } }] })).lost;

  const [first] = await claim(0, 'a/1');
  expect(first).toMatchObject({ attempt: 1, lease: 'a/1' });
  expect(await claim(999, 'b/1')).toEqual([]);
  expect(await store.releaseLeases(['a/1'], crash)).toMatchObject([{ eventId: 1, crashes: 1, alone: 0 }]);
  const [second] = await claim(1000, 'b/1');
  expect(second).toMatchObject({ attempt: 1, crashes: 1, lease: 'b/1' });
  if (first === undefined || second === undefined) throw new Error('not claimed');
  expect(await finish(first)).toMatchObject([{ claimed: { lease: 'a/1' } }]);
  expect((await store.findHandling(1))?.state).toBe('ready');
  expect(await finish(second)).toEqual([]);
  expect((await store.findHandling(1))?.state).toBe('handled');
});

test('after a restart, what the dead process held is taken up again', async () => {
  const clock = stopClock();
  let handled = 0;
  const inbox = await openInbox({
    world: { now: clock.now },
    handle: () => {
      handled += 1;
      return Promise.resolve(undefined);
    },
  });
  await inbox.send(await inbox.addTenant('1'), { id: 1 });
  const store = inbox.services.store.inbox;
  await sortAll(store);
  const [host] = newHolder().split(':');
  const claim = {
    now: clock.now(),
    lease: `${String(host)}:999999999:dead/1`,
    room: roomForAll,
  };
  await store.advance({ now: clock.now(), claim });
  inbox.work();
  const told = await until(() => inbox.log.find(({ msg }) => String(msg).startsWith('the process ended while')));
  expect(told).toMatchObject({ event: 1, crashes: 1, alone: 0 });
  clock.move(5000);
  await until(() => handled === 1);
});

test('a store that fails at the start is asked again: the worker works as soon as there is room', async () => {
  let handled = 0;
  const inbox = await openInbox({
    handle: () => {
      handled += 1;
      return Promise.resolve(undefined);
    },
  });
  await inbox.send(await inbox.addTenant('1'), { id: 1 });
  vi.spyOn(inbox.services.store.inbox, 'listLeases').mockRejectedValueOnce(new Error('the disk is full'));
  inbox.work();
  await until(() => handled === 1);
});

test('only a process that has certainly ended is taken for gone', () => {
  const self = newHolder();
  const [host] = self.split(':');
  expect(isGone(self, self)).toBe(false);
  expect(isGone(`${String(host)}:999999999:x`, self)).toBe(true);
  expect(isGone(`${String(host)}:${process.pid}:earlier`, self)).toBe(true);
  expect(isGone(`${String(host)}:${process.ppid}:x`, self)).toBe(false);
  expect(isGone('another-host:999999999:x', self)).toBe(false);
});

test('two workers on one database: each event is handled once, in order', async () => {
  const folder = makeFolder();
  const handled: { by: string; id: number; n: number }[] = [];
  const open = (by: string) =>
    openInbox({
      folder,
      // Few at a time, so that there is something left for the other.
      world: { limits: { ...workerLimits, look: 5, perTarget: 3 } },
      handle: async (event) => {
        await new Promise((resolve) => setImmediate(resolve));
        handled.push({ by, ...(event.object as unknown as { id: number; n: number }) });
        return undefined;
      },
    });
  const [one, two] = [await open('one'), await open('two')];
  const tenant = await one.addTenant('1');
  one.work();
  two.work();
  for (let n = 0; n < 40; n += 1) {
    await Promise.all(Array.from({ length: 10 }, (_, id) => (n % 2 === 0 ? one : two).send(tenant, { id, n })));
  }
  await until(() => handled.length >= 400);
  expect(handled).toHaveLength(400);
  for (let id = 0; id < 10; id += 1) {
    expect(handled.filter((event) => event.id === id).map(({ n }) => n)).toEqual(
      Array.from({ length: 40 }, (_, n) => n),
    );
  }
  expect(new Set(handled.map(({ by }) => by)).size).toBe(2);
});
