import { expect } from 'vitest';
import { connect, edi, event, invoice, noon, receive, rejection, todo, type Chapter } from './world.ts';

export const gaps: Chapter = {
  'the last event that there is, stored by anybody': async ({ store, database }) => {
    const tenant = await connect(store);
    expect(await store.gaps.lastEventId()).toBe(0);
    const [id] = await (await database.open()).inbox.append([rejection(tenant)]);
    expect(await store.gaps.lastEventId()).toBe(id);
  },

  'when a tenant was connected first': async ({ store }) => {
    expect(await store.gaps.findConnectedAt(await connect(store))).toBe(noon);
    expect(await store.gaps.findConnectedAt(999)).toBeUndefined();
  },

  'the latest of each object that is known, of this tenant and hook': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    await receive(
      store,
      ...[event(one, { id: 1, n: 1 }), event(one, { id: 1, n: 2 }), event(one, { id: 1, n: 2 }), event(one, { id: 2 })],
      ...[event(two, { id: 3 }), event(one, { id: 4 }, edi)],
    );
    await store.inbox.append([event(one, { id: 2, n: 'unsorted' })]);
    const latest = await store.gaps.listLatest(one, invoice, ['1', '2', '3', '4', "'", '']);
    expect([...latest].toSorted()).toEqual([
      ['1', { object: '{"id":1,"n":2}' }],
      ['2', { object: '{"id":2}' }],
    ]);
    expect(await store.gaps.listLatest(one, invoice, [])).toEqual(new Map());
  },

  'a run is noted for its tenant and hook; the watermark stays where it has none': async ({ store, database }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    expect(await store.gaps.findRun(one, invoice)).toBeUndefined();
    const run = { tenantId: one, ...invoice };
    await store.gaps.noteRun({ ...run, since: '2026-10-01 12:00:00', endedAt: noon, found: 3, skipped: 1 });
    await store.gaps.noteRun({ ...run, endedAt: noon + 1, fault: 'broke off' });
    const expected = { ...run, since: '2026-10-01 12:00:00', endedAt: noon + 1, fault: 'broke off' };
    const other = await database.open();
    expect(await other.gaps.findRun(one, invoice)).toEqual(expected);
    await other.gaps.noteRun({ tenantId: one, ...todo, since: '2026-10-02 00:00:00', endedAt: noon, found: 0 });
    expect(await store.gaps.listRuns(one)).toMatchObject([expected, { ...todo, found: 0 }]);
    expect([await store.gaps.listRuns(two), await store.gaps.findRun(two, invoice)]).toEqual([[], undefined]);
  },
};
