import { expect } from 'vitest';
import {
  claimOne,
  connect,
  event,
  finish,
  noon,
  receive,
  rejection,
  sortSome,
  stateOf,
  type Chapter,
} from './world.ts';

export const arrivals: Chapter = {
  'an act answers the id of each event, and a tenant’s rise in their order': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    const ids = await store.inbox.append([event(one, 'a'), event(two, 'b'), rejection(one), event(two, 'c')]);
    const found = await Promise.all(ids.map((id) => store.operator.findEvent(id)));
    expect(found).toMatchObject([
      { tenantId: one, state: 'unsorted', fields: { object: '"a"' }, body: undefined },
      { tenantId: two, fields: { object: '"b"' } },
      {
        tenantId: one,
        state: 'rejected',
        fields: undefined,
        contentType: 'text/x',
        body: 'no form',
        fault: 'not a form',
      },
      { tenantId: two, fields: { object: '"c"' } },
    ]);
    expect(ids[2]).toBeGreaterThan(ids[0] ?? Infinity);
    expect(ids[3]).toBeGreaterThan(ids[1] ?? Infinity);
  },

  'a rejected event that two have read arrives once, with a higher id, and the other is told so': async ({
    store,
    database,
  }) => {
    const other = await database.open();
    const tenant = await connect(store);
    const [id = 0, last = 0] = await receive(store, rejection(tenant), event(tenant, { id: 1 }));
    const read = [{ id, fields: { object: '{"id":2}' } }];
    const arrivals = await Promise.all([store, other].map(({ operator }) => operator.settleRejected(read)));
    expect(arrivals.toSorted()).toEqual([0, 1]);
    expect(await other.operator.settleRejected([{ id, fault: 'late' }])).toBe(0);
    // Nor is what arrived of it settled once more.
    const all = (await store.operator.listEvents({}, { limit: 9 })).map((each) => each.id);
    const again = all.map((each) => ({ id: each, fields: { object: '{"id":9}' } }));
    expect(await other.operator.settleRejected(again)).toBe(0);
    expect(await store.operator.findEvent(id)).toBeUndefined();
    const [arrived] = await sortSome(store, 10);
    expect(arrived).toMatchObject({ tenantId: tenant, receivedAt: noon, fields: '{"object":"{\\"id\\":2}"}' });
    expect(arrived?.id).toBeGreaterThan(last);
    expect(await sortSome(store, 10)).toEqual([]);
  },

  'ids rise in the order of commit, whoever stores: what is read is never followed by a lower one': async ({
    store,
    database,
  }) => {
    const other = await database.open();
    const tenant = await connect(store);
    const one = async (at: number): Promise<void> => {
      const handle = at % 2 === 0 ? store : other;
      const seen = await (at % 3 === 0 ? store : other).gaps.lastEventId();
      const ids = await handle.inbox.append([event(tenant, { id: at, n: 1 }), event(tenant, { id: at, n: 2 })]);
      expect(Math.min(...ids)).toBeGreaterThan(seen);
    };
    await Promise.all(Array.from({ length: 40 }, (_, at) => one(at)));
    const ids: number[] = [];
    for (const handle of [store, other, other, store]) ids.push(...(await handle.inbox.append([event(tenant, 'x')])));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  },

  'whoever sorts while others store misses none, and sees each once, a tenant’s in order': async ({
    store,
    database,
  }) => {
    const [writer, sorter] = [await database.open(), await database.open()];
    const tenants = [await connect(store, '1'), await connect(store, '2')];
    const stored = Array.from({ length: 60 }, (_, n) =>
      (n % 2 === 0 ? store : writer).inbox.append(tenants.map((tenant) => event(tenant, { id: n % 5, n }))),
    );
    const seen = new Map<number, number[]>();
    const look = async (): Promise<number> => {
      const events = await sortSome(sorter, 7);
      for (const { id, tenantId } of events) seen.set(tenantId, [...(seen.get(tenantId) ?? []), id]);
      return events.length;
    };
    for (const act of stored) {
      await look();
      await act;
    }
    while ((await look()) > 0);
    const ids = await Promise.all(stored);
    for (const [at, tenant] of tenants.entries())
      expect(seen.get(tenant)).toEqual(ids.map((act) => act[at]).toSorted((a, b) => Number(a) - Number(b)));
  },

  'an act that rejects has stored nothing': async ({ store }) => {
    const tenant = await connect(store);
    const bad = event(tenant, 'b', { hook: null as never });
    await expect(store.inbox.append([event(tenant, 'a'), bad, event(tenant, 'c')])).rejects.toThrow();
    expect(await store.operator.countEvents({})).toBe(0);
    expect(await store.inbox.append([event(tenant, 'd')])).toHaveLength(1);
    expect(await store.operator.countEvents({})).toBe(1);
  },

  'no id is given twice, though the newest event was removed': async ({ store, database }) => {
    const tenant = await connect(store);
    const [first = 0, second = 0] = await receive(store, event(tenant, { id: 1 }), rejection(tenant));
    await finish(store, await claimOne(store, 'a/1'));
    expect(await store.operator.remove({}, { after: 0 })).toMatchObject({ done: 2 });
    const [third = 0] = await (await database.open()).inbox.append([event(tenant, { id: 1 })]);
    expect(third).toBeGreaterThan(Math.max(first, second));
  },

  'what came is given back as it came, long or strange': async ({ store }) => {
    const tenant = await connect(store);
    const fields = {
      object: ' {"id" : 357012345678901234, "n":1.10, "text":"æ \\u00e6 😀 \u2028 \' \\" % _ \\\\"}',
      æøå: 'x'.repeat(200_000),
      '': '',
      __proto__: 'p',
    };
    const [id = 0] = await receive(store, event(tenant, {}, { fields }));
    expect((await claimOne(store, 'a/1')).event.fields).toEqual(fields);
    expect(JSON.parse((await store.history.readEvent(tenant, id)) ?? '')).toEqual(fields);
    expect((await store.operator.findEvent(id))?.fields).toEqual(fields);
  },

  'no more are listed to be sorted than were asked for': async ({ store }) => {
    const tenant = await connect(store);
    await store.inbox.append(Array.from({ length: 9 }, (_, n) => event(tenant, { id: n })));
    expect(await sortSome(store, 4)).toHaveLength(4);
    expect(await sortSome(store, 4)).toHaveLength(4);
    expect(await sortSome(store, 4)).toHaveLength(1);
    expect(await sortSome(store, 4)).toEqual([]);
  },

  'of all that waits to be sorted each tenant has some, whoever has thousands; and the next list goes on behind them':
    async ({ store }) => {
      const tenants = [await connect(store, '1'), await connect(store, '2'), await connect(store, '3')];
      const [noisy = 0, ...quiet] = tenants;
      await store.inbox.append(Array.from({ length: 200 }, (_, n) => event(noisy, { id: n })));
      for (const tenant of quiet) await store.inbox.append([event(tenant, { id: 1 }), event(tenant, { id: 2 })]);
      const listed = Map.groupBy(await store.inbox.listUnsorted(100), ({ tenantId }) => tenantId);
      expect(tenants.map((tenant) => listed.get(tenant)?.length)).toEqual([96, 2, 2]);
      const seen = new Set<number>();
      for (let step = 0; step < 3; step += 1) for (const { tenantId } of await sortSome(store, 1)) seen.add(tenantId);
      expect(seen.size).toBe(3);
    },

  'of an act whose process ends in the middle all is there or nothing, and all that was acknowledged': async ({
    store,
    database,
  }) => {
    const dying = await database.open();
    const tenant = await connect(store);
    const [safe = 0] = await dying.inbox.append([event(tenant, { id: 0 })]);
    const lost = dying.inbox.append(Array.from({ length: 5 }, (_, n) => event(tenant, { id: n + 1 })));
    await database.drop(dying);
    await Promise.race([lost.catch(() => undefined), new Promise(setImmediate)]);
    const next = await database.open();
    expect(await stateOf(next, safe)).toBe('unsorted');
    expect([1, 6]).toContain(await next.operator.countEvents({}));
    const [later = 0] = await next.inbox.append([event(tenant, { id: 9 })]);
    expect(later).toBeGreaterThan(safe);
  },
};
