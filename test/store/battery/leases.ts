import { expect } from 'vitest';
import type { Store } from '../../../src/server/store/ports/store.ts';
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
  roomForAll,
  stateOf,
  type Chapter,
} from './world.ts';

const crash = { now: noon, pauses: [1000, 2000, 3000] };
const release = async ({ inbox }: Store, ...leases: string[]) => inbox.releaseLeases(leases, crash);

export const leases: Chapter = {
  'the leases that there are are known to everybody, and no others': async ({ store, database }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    expect(await store.inbox.listLeases()).toEqual([]);
    const [one] = await claim(store, 'a/1', { room: { ...roomForAll, perTarget: 1 } });
    await claim(store, 'b/7');
    const other = await database.open();
    expect((await other.inbox.listLeases()).toSorted()).toEqual(['a/1', 'b/7']);
    if (one !== undefined) await finish(store, one);
    expect(await other.inbox.listLeases()).toEqual(['b/7']);
  },

  'what a killed process held is taken up by another, as the same attempt, and its own ending counts no more': async ({
    store,
    database,
  }) => {
    const dying = await database.open();
    const tenant = await connect(store);
    const [id = 0] = await receive(store, event(tenant, { id: 1, n: 1 }), event(tenant, { id: 1, n: 2 }));
    const stale = await claimOne(dying, 'dead/1');
    await database.drop(dying);
    expect(await claim(store, 'b/1')).toEqual([]);
    expect(await release(store, 'dead/1')).toEqual([
      { eventId: id, tenantId: tenant, crashes: 1, alone: 0, dead: false },
    ]);
    expect(await claim(store, 'b/2', { now: noon + 999 })).toEqual([]);
    expect(await store.inbox.nextDue()).toBe(noon + 1000);
    const again = await claimOne(store, 'b/3', { now: noon + 1000 });
    expect(again).toMatchObject({ event: { id }, attempt: 1, crashes: 1 });
    expect(await finish(store, stale)).toBe(false);
    expect(await finish(store, again)).toBe(true);
  },

  'a lease is ended once, and nobody else’s with it': async ({ store, database }) => {
    const other = await database.open();
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    await claim(store, 'a/1', { room: { ...roomForAll, perTarget: 1 } });
    const kept = await claimOne(store, 'b/1');
    const ended = await Promise.all([release(store, 'a/1', 'x/1'), release(other, 'a/1')]);
    expect(ended.flat()).toHaveLength(1);
    expect(await release(store)).toEqual([]);
    expect(await finish(store, kept)).toBe(true);
  },

  'what was on its way to a forward is due at once, and is charged with nothing': async ({ store }) => {
    const tenant = await connect(store);
    const { id: forwardId } = await addForward(store, tenant);
    await receive(store, event(tenant, { id: 1 }));
    expect(await claim(store, 'dead/1')).toHaveLength(2);
    expect(await release(store, 'dead/1')).toHaveLength(1);
    expect(await claimOne(store, 'b/1')).toMatchObject({ forwardId, attempt: 1, crashes: 0 });
  },

  'suspects are taken only where there is room for them, in the order in which they are due': async ({ store }) => {
    const tenant = await connect(store);
    const ids = await receive(store, ...[1, 2, 3].map((id) => event(tenant, { id })));
    await claim(store, 'dead/1');
    await release(store, 'dead/1');
    const [later] = await receive(store, event(tenant, { id: 4 }));
    const now = noon + 5000;
    expect(idsOf(await claim(store, 'b/1', { now, room: { ...roomForAll, suspects: 0 } }))).toEqual([later]);
    expect(idsOf(await claim(store, 'b/2', { now, room: { ...roomForAll, suspects: 2 } }))).toEqual(ids.slice(0, 2));
    expect(idsOf(await claim(store, 'b/3', { now, room: { ...roomForAll, step: 0 } }))).toEqual([]);
  },

  'one that was under way at two ends is tried alone': async ({ store }) => {
    const tenant = await connect(store);
    const ids = await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    for (const life of ['dead/1', 'dead/2']) {
      await claim(store, life, { now: noon + 1e6 });
      await release(store, life);
    }
    const now = noon + 1e6;
    expect(await claim(store, 'b/1', { now, room: { ...roomForAll, alone: false } })).toEqual([]);
    expect(idsOf(await claim(store, 'b/2', { now }))).toEqual([ids[0]]);
  },

  'beside one that is tried alone no other suspect is taken, also none that is one for the first time': async ({
    store,
  }) => {
    const tenant = await connect(store);
    const [twice = 0] = await receive(store, event(tenant, { id: 1 }));
    for (const life of ['dead/1', 'dead/2']) {
      await claim(store, life, { now: noon + 1e6 });
      await release(store, life);
    }
    const [once = 0] = await receive(store, event(tenant, { id: 2 }));
    expect(idsOf(await claim(store, 'dead/3'))).toEqual([once]);
    await store.inbox.releaseLeases(['dead/3'], { ...crash, now: noon + 5000 });
    const now = noon + 1e6;
    expect(idsOf(await claim(store, 'b/1', { now }))).toEqual([twice]);
  },

  'the only suspect at three ends is dead, and says why; the next of its lane comes': async ({ store }) => {
    const tenant = await connect(store);
    const [id = 0, next = 0] = await receive(store, event(tenant, { id: 1, n: 1 }), event(tenant, { id: 1, n: 2 }));
    const ends: unknown[] = [];
    for (let life = 1; life <= 4; life += 1) {
      expect((await claimOne(store, `dead/${life}`, { now: noon + 1e6 })).attempt).toBe(1);
      ends.push(...(await release(store, `dead/${life}`)));
    }
    expect(ends).toMatchObject([
      { crashes: 1, alone: 0, dead: false },
      { crashes: 2, alone: 1, dead: false },
      { crashes: 3, alone: 2, dead: false },
      { crashes: 4, alone: 3, dead: true },
    ]);
    expect(await store.operator.findEvent(id)).toMatchObject({ state: 'dead', attempt: 0 });
    expect((await store.operator.findEvent(id))?.fault).toContain('3 times');
    expect((await claimOne(store, 'b/1')).event.id).toBe(next);
    expect(await countersOf(store, tenant)).toEqual({ received: 2, dead: 1 });
  },

  'leases of one process are one end: of two suspects in them neither was alone': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    await claim(store, 'dead/1');
    await release(store, 'dead/1');
    const one = { now: noon + 5000, room: { ...roomForAll, suspects: 1 } };
    for (const lease of ['late/1', 'late/2']) expect(await claim(store, lease, one)).toHaveLength(1);
    expect(await release(store, 'late/1', 'late/2')).toMatchObject([
      { crashes: 2, alone: 0 },
      { crashes: 2, alone: 0 },
    ]);
  },

  'whatever comes to an end of its own is no suspect any more; what is given back stays one': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }));
    await claim(store, 'dead/1');
    await release(store, 'dead/1');
    const now = noon + 5000;
    await finish(store, await claimOne(store, 'b/1', { now }), { kind: 'returned' });
    const suspect = await claimOne(store, 'b/2', { now });
    expect(suspect.crashes).toBe(1);
    await finish(store, suspect, { kind: 'retry', fault: 'no', dueAt: now, pause: 0 });
    expect(await claimOne(store, 'b/3', { now })).toMatchObject({ crashes: 0, attempt: 2 });
  },

  'a suspect that is replayed has its chances again': async ({ store }) => {
    const tenant = await connect(store);
    const [id = 0] = await receive(store, event(tenant, { id: 1 }));
    for (let life = 1; life <= 4; life += 1) {
      await claimOne(store, `dead/${life}`, { now: noon + 1e6 });
      await release(store, `dead/${life}`);
    }
    expect(await store.operator.replay({ ids: [id] }, { after: 0 })).toMatchObject({ done: 1 });
    await claimOne(store, 'b/1');
    expect(await release(store, 'b/1')).toMatchObject([{ alone: 1, dead: false }]);
    expect(await stateOf(store, id)).toBe('ready');
  },
};
