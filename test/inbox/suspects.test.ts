import { expect, test } from 'vitest';
import type { Handler } from '../../src/server/events/define-event.ts';
import { newHolder } from '../../src/server/inbox/holder.ts';
import { workerLimits } from '../../src/server/inbox/worker-state.ts';
import { openInbox, roomForAll, sortAll, stopClock, type TestInbox } from '../support/start-inbox.ts';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';

type Handle = Handler<Readonly<Record<string, unknown>>>;
type Clock = ReturnType<typeof stopClock>;

const place = newHolder().split(':')[0] ?? '';
const never = (): Promise<undefined> => new Promise(() => undefined);

/** One life of a process after the other, on one database. */
async function openLives(clock: Clock, handle: (life: number) => Handle) {
  const folder = makeFolder();
  let life = 0;
  const open = (): Promise<TestInbox> => {
    life += 1;
    return openInbox({ folder, world: { now: clock.now }, handle: handle(life) });
  };
  const inbox = await open();
  return { inbox, open, tenant: await inbox.addTenant('1') };
}

/** The process ends of an error while these are being handled: what the worker left under its leases stays there. */
async function crash(inbox: TestInbox): Promise<void> {
  await inbox.services.close(new Error('the process ends of an error'));
}

const stateOf = async ({ services }: TestInbox, id: number): Promise<string | undefined> =>
  (await services.store.inbox.findHandling(id))?.state;

test('what ends its process each time that it is handled is dead after three ends alone, and says so; what was beside it is handled', async () => {
  const clock = stopClock();
  const begun: number[][] = [];
  const lives = await openLives(clock, () => async ({ object }) => {
    const id = Number(object['id']);
    begun.at(-1)?.push(id);
    // Nobody ends before the poison ends the process: all are under way.
    if (id === 5 || begun.length === 1) await never();
    return undefined;
  });
  let { inbox } = lives;
  for (let id = 1; id <= 10; id += 1) await inbox.send(lives.tenant, { id });
  begun.push([]);
  inbox.work();
  await until(() => begun[0]?.length === 10);
  await crash(inbox);
  for (let life = 2; life <= 6; life += 1) {
    begun.push([]);
    inbox = await lives.open();
    // An hour and a fifth is the longest that it waits after an end alone.
    clock.move(7_200_000);
    inbox.work();
    const here = inbox;
    await until(async () => begun.at(-1)?.includes(5) === true || (await stateOf(here, 5)) === 'dead');
    if ((await stateOf(here, 5)) === 'dead') break;
    await crash(inbox);
  }
  const poison = await inbox.services.store.operator.findEvent(5);
  expect(poison).toMatchObject({ state: 'dead', attempt: 0 });
  expect(poison?.fault).toMatch(/^The process ended each of the 3 times/);
  const last = inbox;
  for (let id = 1; id <= 10; id += 1) {
    if (id === 5) continue;
    await until(async () => {
      clock.move(600_000);
      return (await stateOf(last, id)) === 'handled';
    });
  }
  // At most: once with all, once among few, three times alone.
  expect(begun.filter((ids) => ids.includes(5)).length).toBeLessThanOrEqual(5);
});

test('an end charges nobody with an attempt, and a forward with nothing', async () => {
  const clock = stopClock();
  const inbox = await openInbox({ world: { now: clock.now }, handle: never });
  const tenant = await inbox.addTenant('1');
  for (let id = 1; id <= 3; id += 1) await inbox.send(tenant, { id });
  const { inbox: store } = inbox.services.store;
  await sortAll(store);
  for (let end = 1; end <= 9; end += 1) {
    const lease = `${place}:999999999:1:x/${end}`;
    const claim = { now: clock.now(), lease, room: roomForAll };
    const { claimed } = await store.advance({ now: clock.now(), claim });
    expect(claimed.map(({ attempt }) => attempt).every((attempt) => attempt === 1)).toBe(true);
    await store.releaseLeases([lease], { now: clock.now(), pauses: Array<number>(99).fill(0) });
  }
  expect(await store.findHandling(1)).toMatchObject({ state: 'ready', attempt: 0 });
});

test('suspects wait, and are tried beside others: one at first, more as they end well', async () => {
  const clock = stopClock();
  const running = new Map<number, () => void>();
  const lives = await openLives(clock, (life) => ({ object }) => {
    const id = Number(object['id']);
    if (id >= 100) return Promise.resolve(undefined);
    return life === 1
      ? never()
      : new Promise((resolve) => {
          running.set(id, () => {
            running.delete(id);
            resolve(undefined);
          });
        });
  });
  for (let id = 1; id <= 7; id += 1) await lives.inbox.send(lives.tenant, { id });
  lives.inbox.work();
  await until(async () => (await lives.inbox.services.store.inbox.listLeases()).length > 0);
  await crash(lives.inbox);

  const inbox = await lives.open();
  inbox.work();
  await inbox.send(lives.tenant, { id: 100 });
  await until(async () => (await stateOf(inbox, 8)) === 'handled');
  expect(running.size).toBe(0);
  clock.move(5000);
  for (const width of [1, 2, 4]) {
    await until(() => running.size === width);
    await inbox.send(lives.tenant, { id: 100 + width });
    await until(async () => (await inbox.services.store.operator.countEvents({ state: 'handled' })) >= width);
    expect(running.size).toBe(width);
    for (const end of [...running.values()]) end();
  }
  await until(async () => (await inbox.services.store.operator.countEvents({ state: 'ready' })) === 0);
});

test('an operator’s stop gives back what is under way: it is no suspect, and due at once', async () => {
  const clock = stopClock();
  const handled: number[] = [];
  const lives = await openLives(clock, (life) => ({ object, attempt }) => {
    if (life === 1) return never();
    handled.push(Number(object['id']), attempt);
    return Promise.resolve(undefined);
  });
  await lives.inbox.send(lives.tenant, { id: 1 });
  lives.inbox.work();
  await until(async () => (await lives.inbox.services.store.inbox.listLeases()).length > 0);
  await lives.inbox.services.close();
  (await lives.open()).work();
  await until(() => handled.length > 0);
  expect(handled).toEqual([1, 1]);
});

test('what another process holds is left to it, until it has been held longer than a handling may take', async () => {
  let elapsed = 0;
  const clock = stopClock();
  const handled: unknown[] = [];
  const inbox = await openInbox({
    world: { now: clock.now, elapsed: () => elapsed, limits: { ...workerLimits, look: 5, backOff: [1] } },
    handle: ({ object }) => {
      handled.push(object['id']);
      return Promise.resolve(undefined);
    },
  });
  const tenant = await inbox.addTenant('1');
  await inbox.send(tenant, { id: 1 });
  const { inbox: store } = inbox.services.store;
  await sortAll(store);
  // The same machine's name and the same pid, in another container.
  const lease = `${place}0:${process.pid}:1:x/1`;
  await store.advance({ now: clock.now(), claim: { now: clock.now(), lease, room: roomForAll } });
  inbox.work();
  await inbox.send(tenant, { id: 2 });
  await until(() => handled.length === 1);
  // A clock that is set years ahead ends no lease.
  clock.move(366 * 86_400_000);
  elapsed += 30_000;
  await inbox.send(tenant, { id: 3 });
  await until(() => handled.length === 2);
  expect(handled).toEqual([2, 3]);
  await until(() => {
    elapsed += 10_000;
    clock.move(10_000);
    return handled.length === 3;
  });
  expect(handled).toEqual([2, 3, 1]);
});
