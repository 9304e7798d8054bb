import { expect } from 'vitest';
import type { ChangeFilter, ChangePage } from '../../../src/server/store/ports/history.ts';
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
  todo,
  type Chapter,
} from './world.ts';
import type { Arrival } from '../../../src/microbizz/domain/event.ts';

const week = { since: '2026-10-01', until: '2026-10-07' };

async function tell(store: Store, ...arrivals: Arrival[]): Promise<number[]> {
  const ids = await receive(store, ...arrivals);
  await describeAll(store);
  return ids;
}
async function found({ history }: Store, tenant: number, filter: ChangeFilter, page: ChangePage = { limit: 99 }) {
  return (await history.listChanges(tenant, filter, page)).changes.map(({ eventId }) => eventId);
}

export const history: Chapter = {
  'a change is shown with what changed, newest first, in pages by key': async ({ store }) => {
    const tenant = await connect(store);
    const line = { id: 7, text: 'Kuglehane', amount: 1, userid: 12, usercode: 'MN' };
    const [one = 0, two = 0] = await tell(store, event(tenant, line), event(tenant, { id: 8 }, todo));
    const gapAfter = await store.gaps.lastEventId();
    const [three = 0] = await tell(store, event(tenant, { ...line, amount: 2 }, { receivedAt: noon + 2, gapAfter }));
    const { changes, next } = await store.history.listChanges(tenant, {}, { limit: 2 });
    expect(next).toBe(two);
    expect(changes).toMatchObject([
      {
        ...{ ...invoice, eventId: three, objectId: '7', receivedAt: noon + 2, gap: true, userid: '12', usercode: 'MN' },
        ...{ title: 'Kuglehane', more: 0, first: false, state: 'waiting' },
        fields: [{ path: 'amount', kind: 'changed', from: 1, to: 2 }],
      },
      { ...todo, eventId: two, first: true, fields: [], gap: false, userid: '' },
    ]);
    expect(await found(store, tenant, {}, { limit: 2, before: two })).toEqual([one]);
    expect(await store.history.lastEventAt(tenant)).toBe(noon + 2);
    expect(await store.history.lastEventAt(tenant + 1)).toBeUndefined();
  },

  'a search finds words and beginnings of the last one, as Danes tell letters apart': async ({ store }) => {
    const tenant = await connect(store);
    const [one = 0, two = 0] = await tell(
      store,
      event(tenant, { id: 101, text: 'Rød kuglehane 1.250,50' }),
      event(tenant, { id: 102, text: 'Rod "kugle" André' }),
    );
    const expected: [string, number[]][] = [
      ['kugle', [two, one]],
      ['KUGLEHANE rød', [one]],
      ['rød kugle', [one]],
      ['kugle rød', []],
      ['rod', [two]],
      ['andre', [two]],
      ['1250,5', [one]],
      ['101', [one]],
      ['kug hane', []],
      ['" OR *', []],
      ['?', []],
      [' ', [two, one]],
    ];
    for (const [text, ids] of expected) expect([text, await found(store, tenant, { text })]).toEqual([text, ids]);
  },

  'times are from the first on, and without the last, though they do not rise with the ids': async ({ store }) => {
    const tenant = await connect(store);
    const at = (shift: number, id: number): Arrival => event(tenant, { id }, { receivedAt: noon + shift });
    const [a, b, c, d] = await tell(store, at(20, 1), at(0, 2), at(10, 3), at(30, 4));
    expect(await found(store, tenant, { since: noon + 10 })).toEqual([d, c, a]);
    expect(await found(store, tenant, { until: noon + 20 })).toEqual([c, b]);
    expect(await found(store, tenant, { since: noon + 10, until: noon + 20 })).toEqual([c]);
  },

  'who is named by id or code is found, and nobody by nothing': async ({ store }) => {
    const tenant = await connect(store);
    const [both, id, code] = await tell(
      store,
      ...[
        { id: 1, userid: 5, usercode: 'AB' },
        { id: 2, userid: '5' },
        { id: 3, usercode: 'AB' },
        { id: 4, userid: 0 },
      ].map((object) => event(tenant, object)),
    );
    expect(await found(store, tenant, { named: { userid: '5', usercode: '' } })).toEqual([id, both]);
    expect(await found(store, tenant, { named: { userid: '5', usercode: 'AB' } })).toEqual([code, id, both]);
    expect(await found(store, tenant, { named: { userid: '', usercode: '' } })).toEqual([]);
  },

  'one tenant’s changes, words, objects and counts are never another’s': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    const [mine = 0, theirs = 0] = await tell(
      store,
      event(one, { id: 7, text: 'hemmelig', userid: 5 }),
      event(two, { id: 7, text: 'åben', userid: 5 }),
    );
    const named = { userid: '5', usercode: '' };
    for (const filter of [
      {},
      { text: '7' },
      { named },
      { text: '7', named },
      { hook: invoice },
      { state: 'waiting' as const },
    ]) {
      expect([filter, await found(store, one, filter)]).toEqual([filter, [mine]]);
      expect((await store.history.countChanges(two, filter, week)).days).toMatchObject([{ changes: 1 }]);
    }
    expect(await found(store, two, { text: 'hemmelig' })).toEqual([]);
    expect(await store.history.readEvent(two, mine)).toBeUndefined();
    expect(await store.history.readEvent(two, theirs)).toContain('åben');
    expect(await store.history.findObject(two, { ...invoice, objectId: '7' })).toMatchObject({ title: 'åben' });
  },

  'changes are counted by how they stand: waiting, failed, or done': async ({ store }) => {
    const tenant = await connect(store);
    await tell(store, ...[1, 2, 3, 4, 5, 6].map((id) => event(tenant, { id })));
    const claimed = await claim(store, 'a/1');
    for (const [at, one] of claimed.slice(0, 5).entries())
      await finish(store, one, at < 3 ? { kind: 'handled' } : { kind: 'dead', fault: 'no' });
    const counted = async (state: 'waiting' | 'failed' | 'done'): Promise<unknown> =>
      (await store.history.countChanges(tenant, { state }, week)).days.map(({ changes }) => changes);
    expect([await counted('waiting'), await counted('failed'), await counted('done')]).toEqual([[1], [2], [3]]);
  },

  'changes are counted by Danish day and hook, those that name a user once': async ({ store }) => {
    const tenant = await connect(store);
    await tell(
      store,
      event(tenant, { id: 1, userid: 5, usercode: 'AB' }),
      event(tenant, { id: 2, userid: 5 }, { receivedAt: noon + day }),
      event(tenant, { id: 3, usercode: 'AB' }, { ...todo, receivedAt: noon + day }),
      // Half past midnight in Denmark, still the day before in UTC.
      event(tenant, { id: 4 }, { receivedAt: Date.parse('2026-10-03T22:30:00Z') }),
    );
    const count = async (filter: ChangeFilter, days = week): Promise<string[]> =>
      (await store.history.countChanges(tenant, filter, days)).days.map(
        (each) => `${each.day} ${each.modcode} ${each.changes}`,
      );
    const all = ['2026-10-01 invoice 1', '2026-10-02 invoice 1', '2026-10-02 todo 1', '2026-10-04 invoice 1'];
    expect(await count({})).toEqual(all);
    expect(await count({ named: { userid: '5', usercode: 'AB' } })).toEqual(all.slice(0, 3));
    expect(await count({ hook: todo })).toEqual([all[2]]);
    expect(await count({ state: 'waiting' })).toEqual(all);
    expect(await count({}, { since: '2026-10-02', until: '2026-10-03' })).toEqual(all.slice(1, 3));
  },

  'whom changes named is forgotten, of one tenant or of all; how many there were is not': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    await tell(store, event(one, { id: 7, userid: 12 }), event(two, { id: 7, userid: 12 }));
    const count = async (tenant: number): Promise<number[]> =>
      [
        await store.history.countChanges(tenant, { named: { userid: '12', usercode: '' } }, week),
        await store.history.countChanges(tenant, {}, week),
      ].map(({ days }) => days.length);
    await store.retention.forgetUsers('2026-10-01');
    expect(await count(one)).toEqual([1, 1]);
    await store.retention.forgetUsers('2026-10-02', one);
    expect([await count(one), await count(two)]).toEqual([
      [0, 1],
      [1, 1],
    ]);
    await store.retention.forgetUsers('2026-10-02');
    expect(await count(two)).toEqual([0, 1]);
  },

  'a change is waiting, failed or done by all its handlings, the forwards’ too': async ({ store }) => {
    const tenant = await connect(store);
    const forward = await addForward(store, tenant);
    const [id] = await tell(store, event(tenant, { id: 1 }));
    const state = async (): Promise<unknown[]> =>
      Promise.all((['waiting', 'failed', 'done'] as const).map((each) => found(store, tenant, { state: each })));
    const [app, theirs] = (await claim(store, 'a/1')).toSorted((a, b) => a.forwardId - b.forwardId);
    if (app === undefined || theirs === undefined) throw new Error('not claimed');
    await finish(store, app);
    expect(await state()).toEqual([[id], [], []]);
    await finish(store, theirs, { kind: 'dead', fault: 'no', posted: { status: 500, ms: 4 } }, noon + 1);
    expect(await state()).toEqual([[], [id], []]);
    const shown = await store.history.listObjectChanges(tenant, { ...invoice, objectId: '1' }, { limit: 9 });
    expect(shown.changes).toMatchObject([
      {
        ...{ eventId: id, state: 'failed', previousId: undefined, size: '{"object":"{\\"id\\":1}"}'.length },
        forwards: [
          {
            ...{ forwardId: forward.id, url: forward.url, state: 'dead', attempt: 1, fault: 'no' },
            lastAttempt: { at: noon + 1, status: 500, ms: 4 },
          },
        ],
      },
    ]);
    await store.operator.replay({ forwardId: forward.id }, { after: 0 });
    await finish(store, await claimOne(store, 'a/2'));
    expect(await state()).toEqual([[], [], [id]]);
  },

  'an object is known by its hook, and what retention took of it is counted': async ({ store }) => {
    const tenant = await connect(store);
    const [old = 0, kept = 0] = await tell(
      store,
      event(tenant, { id: 7, text: 'A' }),
      event(tenant, { id: 7, text: 'B' }, { receivedAt: noon + day }),
    );
    await handleAll(store);
    const name = { ...invoice, objectId: '7' };
    const known = { changes: 2, firstAt: noon, changedAt: noon + day, latestId: kept, title: 'B' };
    expect(await store.history.findObject(tenant, name)).toEqual(known);
    expect(await store.history.listObjectChanges(tenant, name, { limit: 1 })).toMatchObject({
      changes: [{ eventId: kept, previousId: old }],
      next: kept,
    });
    await store.operator.removeHandled(noon + 1, { after: 0 });
    expect(await store.history.findObject(tenant, name)).toEqual({ ...known, firstAt: noon + day });
    expect(await store.history.listObjectChanges(tenant, name, { limit: 9 })).toMatchObject({
      changes: [{ eventId: kept, previousId: undefined }],
      next: undefined,
    });
    expect(await store.history.findObject(tenant, { ...edi, objectId: '7' })).toBeUndefined();
    expect(await store.history.findObject(tenant, { ...invoice, objectId: '' })).toBeUndefined();
    expect(await store.history.listObjectChanges(tenant, { ...invoice, objectId: '' }, { limit: 9 })).toEqual({
      changes: [],
      next: undefined,
    });
  },

  'a tenant’s own retention is kept, and ends': async ({ store, database }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    await store.retention.set(two, 30);
    const other = await database.open();
    expect(await other.retention.list()).toEqual([{ tenantId: two, days: 30 }]);
    expect([await other.retention.find(two), await other.retention.find(one)]).toEqual([30, undefined]);
    await other.retention.set(two, undefined);
    expect(await store.retention.list()).toEqual([]);
  },
};
