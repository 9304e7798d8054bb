import { expect } from 'vitest';
import type { Claimed, Room } from '../../../src/server/store/ports/inbox.ts';
import {
  addForward,
  claim,
  claimOne,
  connect,
  day,
  edi,
  event,
  finish,
  idsOf,
  noon,
  receive,
  roomForAll,
  sortAll,
  todo,
  type Chapter,
} from './world.ts';

/** Room for so many in a claim, and so many of a target. */
function roomFor(step: number, perTarget: number): Room {
  return { ...roomForAll, step, perTarget, perForward: perTarget };
}

export const claims: Chapter = {
  'a lane gives its events one at a time, in the order of arrival': async ({ store, database }) => {
    const handles = [store, await database.open()];
    const tenant = await connect(store);
    const ids = await receive(store, ...[1, 2, 3, 4].map((n) => event(tenant, { id: 7, n })));
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const one = await claimOne(handles[turn % 2] ?? store, `a/${turn}`);
      for (const handle of handles) expect(await claim(handle, `b/${turn}`)).toEqual([]);
      seen.push(one.event.id);
      expect(one.more).toBe(turn < 3);
      await finish(handles[(turn + 1) % 2] ?? store, one);
    }
    expect(seen).toEqual(ids);
  },

  'all hooks of a module tell of one object in one lane; what names none has one for its hook': async ({ store }) => {
    const tenant = await connect(store);
    const objects = [event(tenant, { id: 7 }), event(tenant, { id: 7 }, edi), event(tenant, { id: 7 }, todo)];
    const nameless = [event(tenant, { n: 1 }), event(tenant, { n: 2 }), event(tenant, { n: 3 }, edi)];
    const ids = await receive(store, ...objects, ...nameless);
    expect(idsOf(await claim(store, 'a/1')).toSorted()).toEqual([ids[0], ids[2], ids[3], ids[5]]);
  },

  'what is held is never claimed again, whoever asks and however late it is': async ({ store, database }) => {
    const other = await database.open();
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    expect(await claim(store, 'a/1')).toHaveLength(2);
    for (const handle of [store, other])
      for (const now of [noon, noon + 366 * day]) expect(await claim(handle, 'a/1', { now })).toEqual([]);
  },

  'of processes that claim at the same time, each event goes to one': async ({ store, database }) => {
    const others = [await database.open(), await database.open()];
    const tenant = await connect(store);
    await receive(store, ...Array.from({ length: 40 }, (_, n) => event(tenant, { id: n % 20, n })));
    const taken = await Promise.all(
      [store, ...others, store].map((handle, at) => claim(handle, `p${at}/1`, { room: roomFor(7, 7) })),
    );
    const ids = taken.flatMap(idsOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(20);
  },

  'a target gives no more than there is room for, and what has none stays where it is': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    await receive(store, ...[1, 2, 3, 4].flatMap((id) => [event(one, { id }), event(two, { id })]));
    const first = await claim(store, 'a/1', { room: roomFor(100, 3) });
    expect(first.filter(({ event: { tenantId } }) => tenantId === one)).toHaveLength(3);
    expect(first).toHaveLength(6);
    const rest = await claim(store, 'a/2');
    expect([...idsOf(first), ...idsOf(rest)].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  },

  'everybody has a turn, though the first could take all the room each time': async ({ store }) => {
    const tenants: number[] = [];
    for (let number = 1; number <= 6; number += 1) tenants.push(await connect(store, `${number}`));
    const [noisy = 0] = tenants;
    const forward = await addForward(store, noisy);
    for (const tenant of tenants) await receive(store, ...[1, 2, 3, 4, 5].map((id) => event(tenant, { id })));
    const seen: Claimed[] = [];
    for (let turn = 1; turn <= 7; turn += 1)
      for (const one of await claim(store, `a/${turn}`, { room: roomFor(2, 2) })) {
        seen.push(one);
        await finish(store, one);
      }
    expect(new Set(seen.map(({ event: { tenantId }, forwardId }) => `${tenantId}/${forwardId}`))).toEqual(
      new Set([...tenants.map((tenant) => `${tenant}/0`), `${noisy}/${forward.id}`]),
    );
  },

  'a claim that stopped before it saw all says so': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    await receive(store, event(one, { id: 1 }), event(two, { id: 1 }));
    const ask = async (room: Room) => store.inbox.advance({ now: noon, claim: { now: noon, lease: 'a/1', room } });
    expect((await ask(roomFor(1, 1))).cut).toBe(true);
    expect(await ask(roomForAll)).toMatchObject({ cut: false, claimed: [{ lease: 'a/1' }] });
  },

  'nothing is claimed for a forward from its pause on, settled or not; its events queue up, and the app’s go on':
    async ({ store, database }) => {
      const tenant = await connect(store);
      const { id } = await addForward(store, tenant);
      await receive(store, event(tenant, { id: 1 }));
      await (await database.open()).forwards.pause(id, 'operator');
      const [first] = await claim(store, 'a/1');
      expect(first?.forwardId).toBe(0);
      await store.forwards.settle(id, 100);
      await receive(store, event(tenant, { id: 2 }), event(tenant, { id: 1, n: 2 }));
      expect((await claim(store, 'a/2')).map(({ forwardId }) => forwardId)).toEqual([0]);
      await store.forwards.resume(id);
      await store.forwards.settle(id, 100);
      expect(idsOf(await claim(store, 'a/3'))).toEqual([1, 2]);
    },

  'a step is one act: when a part of it fails, nothing of it was done': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 1, n: 2 }));
    const held = await claimOne(store, 'a/1');
    await store.inbox.append([event(tenant, { id: 3 })]);
    // Nothing that claims can do without.
    const room = { ...roomForAll, resting: undefined as never, underWay: undefined as never };
    const events = await store.inbox.listUnsorted(9);
    const lanes = events.map((each) => ({
      ...each,
      rejected: false,
      objectId: '',
      hash: Buffer.from('h'),
      handler: true,
    }));
    await expect(
      store.inbox.advance({
        now: noon,
        finishes: [{ claimed: held, ending: { kind: 'handled' } }],
        sorted: lanes.map((each) => ({ ...each, lane: 'x' })),
        claim: { now: noon, lease: 'a/2', room },
      }),
    ).rejects.toThrow();
    expect(await store.inbox.findHandling(1)).toMatchObject({ state: 'ready', attempt: 0 });
    expect(await store.inbox.findHandling(3)).toBeUndefined();
    expect(await store.inbox.listLeases()).toEqual(['a/1']);
    // Nor did it count anything: what is counted next is what is done next.
    await sortAll(store);
    expect(await finish(store, held)).toBe(true);
    expect(await store.operator.counters()).toEqual([
      { tenantId: tenant, name: 'handled', value: 1 },
      { tenantId: tenant, name: 'received', value: 3 },
    ]);
  },
};
