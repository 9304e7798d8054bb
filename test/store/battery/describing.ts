import { expect } from 'vitest';
import { describeEvent } from '../../../src/server/history/describe-event.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import {
  claimOne,
  connect,
  describeAll,
  event,
  finish,
  noon,
  receive,
  rejection,
  sortAll,
  type Chapter,
} from './world.ts';

const list = async ({ history }: Store, tenant: number): Promise<number[]> =>
  (await history.listChanges(tenant, {}, { limit: 99 })).changes.map(({ eventId }) => eventId);

export const describing: Chapter = {
  'what is sorted comes once, in order, with the one before it; no rejected POST': async ({ store }) => {
    const tenant = await connect(store);
    const ids = await receive(store, ...[1, 1, 2].map((n) => event(tenant, { id: 7, n })), rejection(tenant));
    await store.inbox.append([event(tenant, { id: 8 })]);
    const batch = await store.describing.listUndescribed(50);
    expect(batch).toMatchObject({
      suspect: false,
      events: [
        {
          id: ids[0],
          tenantId: tenant,
          objectId: '7',
          receivedAt: noon,
          gap: false,
          duplicate: false,
          previousId: undefined,
        },
        { id: ids[1], duplicate: true, previousId: ids[0] },
        { id: ids[2], duplicate: false, previousId: ids[0], previous: '{"object":"{\\"id\\":7,\\"n\\":1}"}' },
      ],
    });
    expect(batch?.events).toHaveLength(3);
    if (batch !== undefined) await store.describing.describe(batch, batch.events.map(describeEvent));
    expect(await store.describing.listUndescribed(50)).toBeUndefined();
    expect(await list(store, tenant)).toEqual([ids[2], ids[0]]);
    // What was not sorted then was not passed over.
    await sortAll(store);
    expect((await store.describing.listUndescribed(50))?.events).toMatchObject([{ objectId: '8' }]);
  },

  'of two that describe the same, one writes it, and nothing is there twice': async ({ store, database }) => {
    const other = await database.open();
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    const [mine, theirs] = [await store.describing.listUndescribed(9), await other.describing.listUndescribed(9)];
    if (mine === undefined || theirs === undefined) throw new Error('nothing to describe');
    expect(await store.describing.describe(mine, mine.events.map(describeEvent))).toBe(true);
    expect(await other.describing.describe(theirs, theirs.events.map(describeEvent))).toBe(false);
    await describeAll(other);
    expect(await list(store, tenant)).toEqual([2, 1]);
    const days = { since: '2026-10-01', until: '2026-10-01' };
    expect((await store.history.countChanges(tenant, {}, days)).days).toMatchObject([{ changes: 2 }]);
  },

  'an act that rejects has described nothing': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    const batch = await store.describing.listUndescribed(9);
    if (batch === undefined) throw new Error('nothing to describe');
    const [one, two] = batch.events.map(describeEvent);
    const bad = { ...two, day: null as never } as typeof two;
    if (one === undefined || bad === undefined) throw new Error('nothing was described');
    await expect(store.describing.describe(batch, [one, bad])).rejects.toThrow();
    expect(await list(store, tenant)).toEqual([]);
    await describeAll(store);
    expect(await list(store, tenant)).toEqual([2, 1]);
  },

  'what was removed meanwhile is not described': async ({ store }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1, text: 'weg' }));
    const batch = await store.describing.listUndescribed(9);
    await finish(store, await claimOne(store, 'a/1'));
    await store.operator.remove({}, { after: 0 });
    if (batch !== undefined) await store.describing.describe(batch, batch.events.map(describeEvent));
    await describeAll(store);
    expect((await store.history.listChanges(tenant, { text: 'weg' }, { limit: 9 })).changes).toEqual([]);
    expect(await list(store, tenant)).toEqual([]);
  },

  'what was begun when a process was killed is suspect, and comes one at a time; what comes after it is not': async ({
    store,
    database,
  }) => {
    const dying = await database.open();
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), event(tenant, { id: 2 }));
    await dying.describing.listUndescribed(9);
    await receive(store, event(tenant, { id: 3 }), event(tenant, { id: 4 }));
    await database.drop(dying);
    const next = await database.open();
    const seen: unknown[] = [];
    for (;;) {
      const batch = await next.describing.listUndescribed(9);
      if (batch === undefined) break;
      seen.push([batch.events.map(({ id }) => id), batch.suspect]);
      await next.describing.describe(batch, batch.events.map(describeEvent));
    }
    expect(seen).toEqual([
      [[1], true],
      [[2], true],
      [[3, 4], false],
    ]);
  },

  'how much is still to be described is known, of each tenant; duplicates are none of it': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    await receive(store, event(one, { id: 7 }), event(one, { id: 7 }), event(one, { id: 8 }), event(two, { id: 7 }));
    const count = async (): Promise<unknown[]> => [
      await store.history.countUndescribed(one),
      await store.history.countUndescribed(two),
    ];
    expect(await count()).toEqual([
      { count: 2, atMost: false },
      { count: 1, atMost: false },
    ]);
    await describeAll(store);
    expect(await count()).toEqual(Array(2).fill({ count: 0, atMost: false }));
    await sortAll(store);
  },
};
