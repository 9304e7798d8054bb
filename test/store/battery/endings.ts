import { expect } from 'vitest';
import type { Ending } from '../../../src/server/store/ports/inbox.ts';
import {
  addForward,
  claim,
  claimOne,
  connect,
  countersOf,
  event,
  finish,
  idsOf,
  noon,
  receive,
  stateOf,
  statesOf,
  type Chapter,
} from './world.ts';

const retry = (pause: number): Ending => ({ kind: 'retry', fault: 'later', dueAt: noon + pause, pause });

export const endings: Chapter = {
  'a retry is due at its time and no earlier, first of its lane, as the next attempt': async ({ store }) => {
    const tenant = await connect(store);
    const [first = 0, second = 0] = await receive(
      store,
      event(tenant, { id: 1, n: 1 }),
      event(tenant, { id: 1, n: 2 }),
    );
    expect(await finish(store, await claimOne(store, 'a/1'), retry(5000))).toBe(true);
    expect(await store.inbox.findHandling(first)).toEqual({ state: 'ready', attempt: 1, fault: 'later' });
    await receive(store, event(tenant, { id: 1, n: 3 }));
    expect(await claim(store, 'a/2', { now: noon + 4999 })).toEqual([]);
    expect([await store.inbox.nextDue(), await store.inbox.nextDue(noon + 5000)]).toEqual([noon + 5000, undefined]);
    const again = await claimOne(store, 'a/3', { now: noon + 5000 });
    expect(again).toMatchObject({ event: { id: first }, attempt: 2, lease: 'a/3', crashes: 0 });
    await finish(store, again, { kind: 'handled' }, noon + 5000);
    expect(await statesOf(store, [first, second])).toEqual(['handled', 'ready']);
    expect(await countersOf(store, tenant)).toEqual({ received: 3, retried: 1, handled: 1 });
  },

  'what is postponed waits, and is no attempt; what is given back is due at once, and none either': async ({
    store,
  }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }));
    const postponed: Ending = { kind: 'postponed', fault: 'wait', dueAt: noon + 10, pause: 10 };
    await finish(store, await claimOne(store, 'a/1'), postponed);
    expect(await claim(store, 'a/2', { now: noon + 9 })).toEqual([]);
    const second = await claimOne(store, 'a/3', { now: noon + 10 });
    expect(second.attempt).toBe(1);
    await finish(store, second, { kind: 'returned' });
    expect(await claimOne(store, 'a/4', { now: 0 })).toMatchObject({ attempt: 1 });
    expect(await countersOf(store, tenant)).toEqual({ received: 1 });
  },

  'the dead keeps its fault and lets the next of its lane come': async ({ store }) => {
    const tenant = await connect(store);
    const [first = 0, second = 0] = await receive(
      store,
      event(tenant, { id: 1, n: 1 }),
      event(tenant, { id: 1, n: 2 }),
    );
    await finish(store, await claimOne(store, 'a/1'), { kind: 'dead', fault: 'never' });
    expect(await store.operator.findEvent(first)).toMatchObject({ state: 'dead', attempt: 1, fault: 'never' });
    expect((await claimOne(store, 'a/2')).event.id).toBe(second);
    expect(await countersOf(store, tenant)).toEqual({ received: 2, dead: 1 });
  },

  'an ending with a lease that was lost changes nothing, whatever it says': async ({ store, database }) => {
    const tenant = await connect(store);
    const [id = 0] = await receive(store, event(tenant, { id: 1, n: 1 }), event(tenant, { id: 1, n: 2 }));
    const stale = await claimOne(store, 'a/1');
    await finish(store, stale, { kind: 'returned' });
    const other = await database.open();
    const held = await claimOne(other, 'b/1');
    const kinds: Ending[] = [
      { kind: 'handled', refusal: 'no' },
      retry(1),
      { kind: 'dead', fault: 'f' },
      { kind: 'held', fault: 'f' },
      { kind: 'postponed', fault: 'f', dueAt: 1, pause: 1 },
      { kind: 'returned' },
    ];
    for (const ending of kinds) expect([ending.kind, await finish(store, stale, ending)]).toEqual([ending.kind, false]);
    expect(await store.inbox.follow({ claimed: stale, ending: { kind: 'handled' } }, noon)).toEqual({
      lost: true,
      next: undefined,
    });
    expect(await store.inbox.findHandling(id)).toEqual({ state: 'ready', attempt: 0, fault: undefined });
    expect(await store.inbox.listLeases()).toEqual(['b/1']);
    expect(await countersOf(store, tenant)).toEqual({ received: 2 });
    expect(await finish(other, held)).toBe(true);
    expect(await finish(other, held)).toBe(false);
    expect(await countersOf(store, tenant)).toEqual({ received: 2, handled: 1 });
  },

  'of two endings in one step each is checked by itself': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    const [one, two] = await claim(store, 'a/1');
    if (one === undefined || two === undefined) throw new Error('not claimed');
    const stale = { claimed: { ...one, lease: 'x/1' }, ending: { kind: 'handled' } as const };
    const good = { claimed: two, ending: { kind: 'handled' } as const };
    expect((await store.inbox.advance({ now: noon, finishes: [stale, good] })).lost).toEqual([stale]);
    expect(await statesOf(store, [one.event.id, two.event.id])).toEqual(['ready', 'handled']);
  },

  'follow notes an event and takes the next of its lane under the same lease, and no other': async ({ store }) => {
    const tenant = await connect(store);
    const ids = await receive(store, ...[1, 2].map((n) => event(tenant, { id: 1, n })), event(tenant, { id: 2 }));
    const first = (await claim(store, 'a/1')).find(({ event: { id } }) => id === ids[0]);
    if (first === undefined) throw new Error('not claimed');
    const { lost, next } = await store.inbox.follow({ claimed: first, ending: { kind: 'handled' } }, noon);
    expect([lost, next]).toMatchObject([false, { event: { id: ids[1] }, lease: 'a/1', attempt: 1, more: false }]);
    expect(next?.previous).toEqual(first.event.fields);
    if (next === undefined) return;
    expect(await store.inbox.follow({ claimed: next, ending: { kind: 'handled' } }, noon)).toEqual({
      lost: false,
      next: undefined,
    });
    expect(await statesOf(store, ids)).toEqual(['handled', 'handled', 'ready']);
    expect(await countersOf(store, tenant)).toEqual({ received: 3, handled: 2 });
  },

  'nothing follows in a lane whose forward is paused, nor an event that waits for its time': async ({ store }) => {
    const tenant = await connect(store);
    const { id } = await addForward(store, tenant);
    await receive(store, event(tenant, { id: 1, n: 1 }), event(tenant, { id: 1, n: 2 }));
    const held = (await claim(store, 'a/1')).find(({ forwardId }) => forwardId === id);
    if (held === undefined) throw new Error('not claimed');
    await store.forwards.pause(id, 'operator');
    const ending = { kind: 'handled', posted: { status: 200, ms: 5 } } as const;
    expect(await store.inbox.follow({ claimed: held, ending }, noon)).toEqual({ lost: false, next: undefined });
    const [first] = await store.forwards.listAttempts(id, 9);
    expect(first).toEqual({ eventId: held.event.id, at: noon, attempt: 1, status: 200, ms: 5 });
    expect((await store.operator.findEvent(held.event.id + 1))?.forwards).toMatchObject([{ state: 'held' }]);
  },

  'a clock that was set back makes nothing wait for longer than its own pause': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }), event(tenant, { id: 3 }));
    const held = await claim(store, 'a/1', { now: noon });
    const pauses = [1000, 60_000];
    for (const [at, pause] of pauses.entries()) if (held[at]) await finish(store, held[at], retry(pause));
    await store.inbox.setBack(noon - 500_000, 500_000);
    expect(await store.inbox.nextDue()).toBe(noon - 500_000 + 1000);
    // By how much is not known: what is later than its own pause from now is due at once.
    await store.inbox.setBack(noon - 800_000, 0);
    expect(idsOf(await claim(store, 'a/2', { now: noon - 800_000 }))).toHaveLength(2);
    expect((await store.inbox.listLeases()).toSorted()).toEqual(['a/1', 'a/2']);
  },

  'an attempt that found its forward paused stays first of its lane, and comes when it is resumed': async ({
    store,
  }) => {
    const tenant = await connect(store);
    const { id } = await addForward(store, tenant);
    const [first = 0] = await receive(store, event(tenant, { id: 1, n: 1 }), event(tenant, { id: 1, n: 2 }));
    const held = (await claim(store, 'a/1')).find(({ forwardId }) => forwardId === id);
    if (held === undefined) throw new Error('not claimed');
    await store.forwards.pause(id, 'operator');
    await store.forwards.settle(id, 100);
    await finish(store, held, { kind: 'held', fault: 'gone', posted: { status: 410, ms: 3 } });
    expect(await claim(store, 'a/2')).toEqual([]);
    await store.forwards.resume(id);
    await store.forwards.settle(id, 100);
    expect(await claimOne(store, 'a/3')).toMatchObject({ forwardId: id, event: { id: first }, attempt: 1 });
    expect(await stateOf(store, first)).toBe('ready');
  },
};
