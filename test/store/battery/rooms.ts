import { expect } from 'vitest';
import { appHandler, type Claimed, type Room, type UnderWay } from '../../../src/server/store/ports/inbox.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import {
  addForward,
  claim,
  claimOne,
  connect,
  event,
  finish,
  idsOf,
  receive,
  roomForAll,
  type Chapter,
} from './world.ts';

/** What a tenant has under way: handlings of each target. */
function busy(targets: Readonly<Record<number, number>>, bytes = 0): UnderWay {
  const counts = Object.entries(targets).map(([id, handlings]): [number, number] => [Number(id), handlings]);
  return { handlings: counts.reduce((sum, [, each]) => sum + each, 0), bytes, targets: new Map(counts) };
}

/** How many of each target are claimed, of 10 that each has; they are given back. */
async function countClaimed(store: Store, room: Partial<Room>): Promise<Record<string, number>> {
  const claimed = await claim(store, 'a/1', { room: { ...roomForAll, ...room } });
  for (const one of claimed) await finish(store, one, { kind: 'returned' });
  const byTarget = Map.groupBy(claimed, ({ event: { tenantId }, forwardId }) => `${tenantId}/${forwardId}`);
  return Object.fromEntries([...byTarget].map(([target, own]) => [target, own.length]));
}

/** Two tenants with ten events each; the first has two forwards. */
async function receiveTens(store: Store): Promise<{ one: number; two: number; forwards: [number, number] }> {
  const [one, two] = [await connect(store, '1'), await connect(store, '2')];
  const forwards: [number, number] = [(await addForward(store, one)).id, (await addForward(store, one)).id];
  const ids = Array.from({ length: 10 }, (_, at) => at + 1);
  await receive(store, ...ids.flatMap((id) => [event(one, { id }), event(two, { id })]));
  return { one, two, forwards };
}

/** One event of an object with another before it, and the bytes of both. */
async function receiveLarge(store: Store, contract: string): Promise<{ tenant: number; bytes: number }> {
  const tenant = await connect(store, contract);
  await receive(store, event(tenant, { id: 1, text: 'x'.repeat(5000) }), event(tenant, { id: 1, text: 'y' }));
  const alone = await claimOne(store, 'a/1');
  expect(alone.bytes).toBeGreaterThan(5000);
  await finish(store, alone);
  const one: Claimed = await claimOne(store, 'a/2');
  expect(one.bytes).toBeGreaterThan(alone.bytes);
  await finish(store, one, { kind: 'returned' });
  return { tenant, bytes: one.bytes };
}

export const rooms: Chapter = {
  'the app, the forwards of a tenant together, and each of them have their number': async ({ store }) => {
    const { one, two, forwards } = await receiveTens(store);
    const [a, b] = forwards;
    const limits = { perTarget: 7, forwards: 5, perForward: 3 };
    const own = [
      await countClaimed(store, limits),
      await countClaimed(store, { ...limits, shares: new Map([[b, 1]]) }),
    ];
    expect(own).toEqual([
      { [`${one}/0`]: 7, [`${two}/0`]: 7, [`${one}/${a}`]: 3, [`${one}/${b}`]: 2 },
      { [`${one}/0`]: 7, [`${two}/0`]: 7, [`${one}/${a}`]: 3, [`${one}/${b}`]: 1 },
    ]);
  },

  'what is under way counts for its tenant and its target, and for nobody else': async ({ store }) => {
    const { one, two, forwards } = await receiveTens(store);
    const [a, b] = forwards;
    const limits = { perTarget: 7, forwards: 5, perForward: 3 };
    const underWay = (targets: Readonly<Record<number, number>>) => new Map([[one, busy(targets)]]);
    expect(await countClaimed(store, { ...limits, underWay: underWay({ [appHandler]: 6, [a]: 2 }) })).toEqual({
      [`${one}/0`]: 1,
      [`${one}/${a}`]: 1,
      [`${one}/${b}`]: 2,
      [`${two}/0`]: 7,
    });
    expect(await countClaimed(store, { ...limits, underWay: underWay({ [appHandler]: 9, [a]: 3, [b]: 2 }) })).toEqual({
      [`${two}/0`]: 7,
    });
  },

  'the app begins nothing for a tenant that rests; its forwards go on': async ({ store }) => {
    const { one, two, forwards } = await receiveTens(store);
    expect(await countClaimed(store, { resting: [one, two + 1], perTarget: 2, perForward: 4 })).toEqual({
      [`${one}/${forwards[0]}`]: 4,
      [`${one}/${forwards[1]}`]: 4,
      [`${two}/0`]: 2,
    });
  },

  'a claim takes no more bytes than it may, but always one event': async ({ store }) => {
    const tenant = await connect(store);
    const ids = await receive(store, ...[1, 2, 3, 4].map((id) => event(tenant, { id })));
    const [first] = await claim(store, 'a/1', { room: { ...roomForAll, stepBytes: 1 } });
    expect(idsOf(first === undefined ? [] : [first])).toEqual([ids[0]]);
    const { bytes = 0 } = first ?? {};
    const enough = async (stepBytes: number, lease: string) =>
      idsOf(await claim(store, lease, { room: { ...roomForAll, stepBytes } }));
    expect(await enough(bytes * 2 - 1, 'a/2')).toEqual([ids[1]]);
    expect(await enough(bytes * 2, 'a/3')).toEqual([ids[2], ids[3]]);
  },

  'bytes of a tenant, the event before each included: what has no room waits, unless nothing of it is under way':
    async ({ store }) => {
      const { tenant, bytes } = await receiveLarge(store, '1');
      const room = (tenantBytes: number, underWay?: UnderWay): Room => ({
        ...roomForAll,
        tenantBytes,
        underWay: new Map(underWay && [[tenant, underWay]]),
      });
      expect(await claim(store, 'b/1', { room: room(bytes + 99, busy({ 0: 1 }, 100)) })).toEqual([]);
      await finish(store, await claimOne(store, 'b/2', { room: room(bytes + 100, busy({ 0: 1 }, 100)) }), {
        kind: 'returned',
      });
      expect(await claimOne(store, 'b/3', { room: room(1) })).toMatchObject({ bytes });
    },

  'bytes of all: what has no room waits, and keeps nobody out who has nothing under way': async ({ store }) => {
    const { tenant, bytes } = await receiveLarge(store, '1');
    const other = await connect(store, '2');
    await receive(store, event(other, { id: 1 }), event(other, { id: 2 }));
    const room = (all: number): Room => ({ ...roomForAll, bytes: all, underWay: new Map([[tenant, busy({ 0: 1 })]]) });
    const few = await claim(store, 'b/1', { room: room(1) });
    expect(few.map(({ event: { tenantId } }) => tenantId)).toEqual([other]);
    for (const one of few) await finish(store, one);
    await finish(store, await claimOne(store, 'b/2', { room: room(1) }));
    expect(await claim(store, 'b/3', { room: room(bytes - 1) })).toEqual([]);
    expect(await claimOne(store, 'b/4', { room: room(bytes) })).toMatchObject({ bytes });
  },
};
