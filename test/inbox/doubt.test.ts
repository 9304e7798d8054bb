import { expect, test } from 'vitest';
import { openInbox, stopClock } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';

test('a step that was committed, although its answer got lost, leaves nothing under a lease that nobody has', async () => {
  const clock = stopClock();
  const handled: unknown[] = [];
  const inbox = await openInbox({
    world: { now: clock.now },
    handle: ({ object }) => {
      handled.push(object['id']);
      return Promise.resolve(undefined);
    },
  });
  const { store } = inbox.services;
  const { advance } = store.inbox;
  let fails = true;
  Object.assign(store.inbox, {
    async advance(step: Parameters<typeof advance>[0]) {
      const done = await advance(step);
      if (!fails || done.claimed.length === 0) return done;
      fails = false;
      throw new Error('the connection was lost while it committed');
    },
  });
  const tenant = await inbox.addTenant('1');
  await inbox.send(tenant, { id: 1 });
  inbox.work();
  await until(async () => !fails && (await store.inbox.listLeases()).length === 0);
  // As after a crash: it may be what brought the failure about.
  expect(await store.inbox.nextDue()).toBeGreaterThan(clock.now());
  clock.move(3_600_000);
  await until(() => handled.length > 0);
  expect(handled).toEqual([1]);
});

test('nor does the next of a busy lane, where that step was the one that follows', async () => {
  const clock = stopClock();
  const handled: unknown[] = [];
  const inbox = await openInbox({
    world: { now: clock.now },
    handle: ({ object }) => {
      handled.push(object['n']);
      return Promise.resolve(undefined);
    },
  });
  const { store } = inbox.services;
  const { follow } = store.inbox;
  let fails = true;
  Object.assign(store.inbox, {
    async follow(...given: Parameters<typeof follow>) {
      const done = await follow(...given);
      if (!fails || done.next === undefined) return done;
      fails = false;
      throw new Error('the connection was lost while it committed');
    },
  });
  const tenant = await inbox.addTenant('1');
  await Promise.all([1, 2, 3].map((n) => inbox.send(tenant, { id: 1, n })));
  inbox.work();
  await until(async () => !fails && (await store.inbox.listLeases()).length === 0);
  clock.move(3_600_000);
  await until(() => handled.length === 3);
  expect(handled).toEqual([1, 2, 3]);
});
