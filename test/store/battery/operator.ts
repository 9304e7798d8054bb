import { expect } from 'vitest';
import type { EventFilter, Step } from '../../../src/server/store/ports/operator.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import {
  addForward,
  claim,
  claimOne,
  connect,
  day,
  describeAll,
  edi,
  event,
  finish,
  handleAll,
  invoice,
  noon,
  receive,
  rejection,
  stateOf,
  statesOf,
  todo,
  type Chapter,
} from './world.ts';

/** All steps of a walk, as one. */
async function walk(step: (after: number) => Promise<Step>): Promise<{ done: number; skipped: number; steps: number }> {
  const sum = { done: 0, skipped: 0, steps: 0 };
  for (let after: number | undefined = 0; after !== undefined; sum.steps += 1) {
    const { next, done, skipped } = await step(after);
    sum.done += done;
    sum.skipped += skipped;
    after = next;
  }
  return sum;
}
const replay = ({ operator }: Store, filter: EventFilter) => walk((after) => operator.replay(filter, { after }));
const remove = ({ operator }: Store, filter: EventFilter) => walk((after) => operator.remove(filter, { after }));
const removeHandled = ({ operator }: Store, before: number, tenantId?: number) =>
  walk((after) => operator.removeHandled(before, { after, tenantId }));

async function kill(store: Store, tenant: number, id: string): Promise<number> {
  const [dead = 0] = await receive(store, event(tenant, { id }));
  await finish(store, await claimOne(store, `kill/${id}`), { kind: 'dead', fault: 'no' });
  return dead;
}

export const operator: Chapter = {
  'each term of a filter selects, newest first, and is counted as it is listed': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    const dead = await kill(store, one, 'd');
    const ids = await receive(
      store,
      ...[rejection(one), event(one, { id: 'x', n: 1 }, { ...edi, receivedAt: noon + 1 })],
      ...[event(two, { id: 'y' }, { ...todo, receivedAt: noon + 2 }), event(two, { id: 'y' }, todo)],
    );
    const [rejected = 0, changed = 0, theirs = 0, twice = 0] = ids;
    const [waiting = 0] = await store.inbox.append([event(one, { id: 'w' }, { receivedAt: noon - 1 })]);
    const expected: [EventFilter, number[]][] = [
      [{}, [waiting, twice, theirs, changed, rejected, dead]],
      [{ tenantId: two }, [twice, theirs]],
      [{ modcode: 'invoice' }, [waiting, changed, rejected, dead]],
      [{ hook: edi.hook }, [changed]],
      [{ ids: [changed, dead, 999_999] }, [changed, dead]],
      [{ ids: [] }, []],
      [{ since: noon + 1 }, [theirs, changed]],
      [{ until: noon }, [waiting]],
      [{ since: noon, until: noon + 2, tenantId: one }, [changed, rejected, dead]],
      [{ state: 'dead' }, [dead]],
      [{ state: 'ready', tenantId: one }, [changed]],
      [{ state: 'duplicate' }, [twice]],
      [{ state: 'rejected' }, [rejected]],
      [{ state: 'unsorted' }, [waiting]],
    ];
    for (const [filter, found] of expected) {
      const listed = await store.operator.listEvents(filter, { limit: 99 });
      expect([filter, listed.map(({ id }) => id)]).toEqual([filter, found.toSorted((a, b) => b - a)]);
      expect([filter, await store.operator.countEvents(filter)]).toEqual([filter, found.length]);
    }
    const page = await store.operator.listEvents({}, { limit: 2, before: twice });
    expect(page.map(({ id }) => id)).toEqual([theirs, changed]);
  },

  'an event is found with how each of its handlings stands': async ({ store }) => {
    const tenant = await connect(store);
    const forward = await addForward(store, tenant);
    const [id = 0] = await receive(store, event(tenant, { id: 7 }));
    const held = (await claim(store, 'a/1')).find(({ forwardId }) => forwardId === forward.id);
    if (held === undefined) throw new Error('not claimed');
    await finish(store, held, {
      kind: 'retry',
      fault: 'busy',
      dueAt: noon + 9,
      pause: 9,
      posted: { status: 503, ms: 1 },
    });
    expect(await store.operator.findEvent(id)).toEqual({
      ...invoice,
      id,
      tenantId: tenant,
      objectId: '7',
      receivedAt: noon,
      state: 'ready',
      attempt: 0,
      fault: undefined,
      fields: { object: '{"id":7}' },
      contentType: undefined,
      contentEncoding: undefined,
      body: undefined,
      forwards: [{ forwardId: forward.id, state: 'ready', attempt: 1, dueAt: noon + 9, fault: 'busy' }],
    });
    expect(await store.operator.findEvent(id + 1)).toBeUndefined();
    expect(await store.operator.listEvents({ forwardId: forward.id }, { limit: 9 })).toMatchObject([{ attempt: 1 }]);
  },

  'what is replayed goes back into its lane, in its order, with all its attempts before it': async ({ store }) => {
    const tenant = await connect(store);
    const dead = await kill(store, tenant, '1');
    const [second = 0, twice = 0] = await receive(store, ...[1, 1].map((n) => event(tenant, { id: '1', n })));
    expect(await replay(store, { tenantId: tenant })).toMatchObject({ done: 3, skipped: 0 });
    expect(await statesOf(store, [dead, second, twice])).toEqual(['queued', 'ready', 'queued']);
    const seen: [number, number][] = [];
    for (let turn = 1; turn <= 3; turn += 1) {
      const one = await claimOne(store, `a/${turn}`);
      seen.push([one.event.id, one.attempt]);
      await finish(store, one);
    }
    expect(seen).toEqual([
      [second, 1],
      [dead, 1],
      [twice, 1],
    ]);
  },

  'what waits for its next attempt is tried now; what is being tried, unsorted or rejected is left alone': async ({
    store,
  }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), rejection(tenant));
    await finish(store, await claimOne(store, 'a/1'), { kind: 'retry', fault: 'f', dueAt: noon + day, pause: day });
    await store.inbox.append([event(tenant, { id: 2 })]);
    expect(await replay(store, {})).toMatchObject({ done: 1, skipped: 1 });
    const now = await claimOne(store, 'a/2');
    expect(now.attempt).toBe(1);
    expect(await replay(store, {})).toMatchObject({ done: 1, skipped: 1 });
    expect(await claim(store, 'a/3')).toEqual([]);
    expect(await finish(store, now)).toBe(true);
  },

  'a forward gets what is replayed to it, never another tenant’s, and nothing when it is gone': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    const [mine] = await receive(store, event(one, { id: 1 }), event(two, { id: 1 }));
    await handleAll(store);
    const forward = await addForward(store, one);
    expect(await replay(store, { forwardId: forward.id })).toMatchObject({ done: 1, skipped: 1 });
    const claimed = await claimOne(store, 'a/1');
    expect(claimed).toMatchObject({ forwardId: forward.id, event: { id: mine } });
    await finish(store, claimed);
    while (!(await store.forwards.removeSome(forward.id, 9)));
    expect(await replay(store, { forwardId: forward.id })).toMatchObject({ done: 0, skipped: 2 });
    expect(await claim(store, 'a/2')).toEqual([]);
  },

  'replay and removal of many go in steps, and reach all': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, ...Array.from({ length: 450 }, (_, id) => event(tenant, { id })));
    await handleAll(store);
    const replayed = await replay(store, { state: 'handled' });
    expect(replayed).toMatchObject({ done: 450, skipped: 0 });
    expect(replayed.steps).toBeGreaterThan(1);
    expect(await store.operator.countEvents({ state: 'ready' })).toBe(450);
    expect(await remove(store, {})).toMatchObject({ done: 0, skipped: 450 });
    await handleAll(store);
    const removed = await remove(store, {});
    expect(removed).toMatchObject({ done: 450, skipped: 0 });
    expect(removed.steps).toBeGreaterThan(1);
    expect(await store.operator.countEvents({})).toBe(0);
  },

  'an operator removes whatever became of it, with all that tells of it; nothing under way, nothing unsorted': async ({
    store,
  }) => {
    const tenant = await connect(store);
    const forward = await addForward(store, tenant);
    await receive(store, event(tenant, { id: '1' }));
    for (const one of await claim(store, 'a/1'))
      await finish(store, one, one.forwardId === 0 ? { kind: 'dead', fault: 'no' } : { kind: 'handled' });
    const [rejected = 0, open = 0] = await receive(store, rejection(tenant), event(tenant, { id: 2 }));
    const [unsorted = 0] = await store.inbox.append([event(tenant, { id: 3 })]);
    await describeAll(store);
    expect(await store.forwards.listAttempts(forward.id, 9)).toHaveLength(1);
    expect(await remove(store, {})).toMatchObject({ done: 2, skipped: 2 });
    expect(await statesOf(store, [rejected, open, unsorted])).toEqual([undefined, 'ready', 'unsorted']);
    expect(await store.forwards.listAttempts(forward.id, 9)).toEqual([]);
    expect((await store.history.listChanges(tenant, { text: '1' }, { limit: 9 })).changes).toEqual([]);
    // It is told as news again.
    expect(await statesOf(store, await receive(store, event(tenant, { id: '1' })))).toEqual(['ready']);
  },

  'retention takes what is handled and told twice, once it is older; the dead, the rejected and the open stay': async ({
    store,
  }) => {
    const tenant = await connect(store);
    const dead = await kill(store, tenant, 'd');
    const [, handled = 0, twice = 0, young = 0] = await receive(
      store,
      ...[rejection(tenant), event(tenant, { id: 1 }), event(tenant, { id: 1 })],
      event(tenant, { id: 2 }, { receivedAt: noon + 1 }),
    );
    expect(await removeHandled(store, noon + 1)).toMatchObject({ done: 1 });
    expect(await stateOf(store, twice)).toBeUndefined();
    await handleAll(store);
    expect(await removeHandled(store, noon)).toMatchObject({ done: 0 });
    expect(await removeHandled(store, noon + 1)).toMatchObject({ done: 1 });
    expect(await statesOf(store, [dead, handled, young])).toEqual(['dead', undefined, 'handled']);
    expect(await store.operator.countEvents({ state: 'rejected' })).toBe(1);
    expect(await removeHandled(store, noon + 366 * day)).toMatchObject({ done: 1 });
    expect(await store.operator.countEvents({})).toBe(2);
  },

  'a tenant’s own retention takes its own, and no one else’s': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    const dead = await kill(store, one, 'd');
    await receive(store, ...[one, two, one].map((tenant) => event(tenant, { id: 1 })), event(one, { id: 2 }, edi));
    await handleAll(store);
    await describeAll(store);
    expect(await removeHandled(store, noon + day, one)).toMatchObject({ done: 3 });
    expect(await store.operator.countEvents({ tenantId: two })).toBe(1);
    expect((await store.operator.listEvents({ tenantId: one }, { limit: 9 })).map(({ id }) => id)).toEqual([dead]);
  },

  'events from the future do not stop retention': async ({ store }) => {
    const tenant = await connect(store);
    const times = [...Array<number>(50).fill(0), ...Array<number>(250).fill(400 * day), ...Array<number>(150).fill(0)];
    await receive(store, ...times.map((shift, id) => event(tenant, { id }, { receivedAt: noon + shift })));
    await handleAll(store);
    await describeAll(store);
    expect(await removeHandled(store, noon + day, tenant)).toMatchObject({ done: 200 });
    expect(await removeHandled(store, noon + day)).toMatchObject({ done: 0 });
    expect(await store.operator.countEvents({})).toBe(250);
  },

  'the oldest that is not handled yet is known, sorted or not, the app’s or a forward’s': async ({ store }) => {
    const tenant = await connect(store);
    expect(await store.operator.oldestUnhandled()).toBeUndefined();
    await addForward(store, tenant);
    await receive(store, rejection(tenant));
    await store.inbox.append([event(tenant, { id: 1 }, { receivedAt: noon + 1 })]);
    expect(await store.operator.oldestUnhandled()).toBe(noon + 1);
    await receive(store, event(tenant, { id: 2 }, { receivedAt: noon + 2 }));
    for (const one of await claim(store, 'a/1')) if (one.forwardId === 0) await finish(store, one);
    expect(await store.operator.oldestUnhandled()).toBe(noon + 1);
    for (const lease of await store.inbox.listLeases())
      await store.inbox.releaseLeases([lease], { now: noon, pauses: [0, 0, 0] });
    await handleAll(store);
    expect(await store.operator.oldestUnhandled()).toBeUndefined();
  },

  'the time that was noted last is known to everybody': async ({ store, database }) => {
    expect(await store.operator.lastSeen()).toBeUndefined();
    const other = await database.open();
    for (const time of [noon, noon - day]) {
      await other.operator.noteSeen(time);
      expect(await store.operator.lastSeen()).toBe(time);
    }
  },
};
