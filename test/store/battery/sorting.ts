import { expect } from 'vitest';
import { sortEvent } from '../../../src/server/inbox/sort-event.ts';
import {
  addForward,
  claim,
  claimOne,
  connect,
  countersOf,
  edi,
  event,
  finish,
  handleAll,
  idsOf,
  invoice,
  receive,
  rejection,
  sortAll,
  statesOf,
  todo,
  type Chapter,
} from './world.ts';

export const sorting: Chapter = {
  'the same content told again is a duplicate, for the app and every forward; A, B, A are three changes': async ({
    store,
  }) => {
    const tenant = await connect(store);
    await addForward(store, tenant);
    const told = ['A', 'A', 'B', 'A', 'A'].map((v) => event(tenant, { id: 7, v }));
    const ids = await receive(store, ...told);
    expect(await statesOf(store, ids)).toEqual(['ready', 'duplicate', 'queued', 'queued', 'duplicate']);
    await handleAll(store);
    expect(await countersOf(store, tenant)).toEqual({ received: 5, duplicate: 2, handled: 3, forwarded: 3 });
    expect((await store.operator.findEvent(ids[1] ?? 0))?.forwards).toEqual([]);
  },

  'told again after a sort, by another process, it is one too': async ({ store, database }) => {
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 7 }));
    const [second] = await receive(await database.open(), event(tenant, { id: 7 }));
    expect(await statesOf(store, [second ?? 0])).toEqual(['duplicate']);
  },

  'another tenant’s, another hook’s, another object’s and no object’s are none': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    const same = { id: 7 };
    const ids = await receive(
      store,
      ...[event(one, same), event(two, same), event(one, same, edi), event(one, { id: '8' })],
      ...[event(one, { n: 1 }), event(one, { n: 1 })],
    );
    expect(await statesOf(store, ids)).toEqual(['ready', 'ready', 'queued', 'ready', 'ready', 'queued']);
  },

  'what the handler refused is a new question; unless something came after it': async ({ store }) => {
    const tenant = await connect(store);
    const refuse = async (): Promise<boolean> =>
      finish(store, await claimOne(store, 'a/1'), { kind: 'handled', refusal: 'no' });
    await receive(store, event(tenant, { id: 7 }));
    await refuse();
    expect(await statesOf(store, await receive(store, event(tenant, { id: 7 })))).toEqual(['ready']);
    const [changed] = await receive(store, event(tenant, { id: 7, n: 1 }));
    await refuse();
    expect(await statesOf(store, [changed ?? 0])).toEqual(['ready']);
    expect(await statesOf(store, await receive(store, event(tenant, { id: 7, n: 1 })))).toEqual(['duplicate']);
  },

  'an event with the one before it: of the same object and hook, and also after a duplicate': async ({ store }) => {
    const tenant = await connect(store);
    const objects = [{ id: 7, n: 1 }, { id: 7, n: 1 }, { id: 8 }, { id: 7, n: 2 }];
    await receive(store, ...objects.map((object) => event(tenant, object)), event(tenant, { id: 7 }, edi));
    const previous: unknown[] = [];
    for (let turn = 1; turn <= 3; turn += 1)
      for (const one of await claim(store, `a/${turn}`)) {
        previous.push([one.event.fields['object'], one.previous?.['object']]);
        await finish(store, one);
      }
    expect(previous.toSorted()).toEqual([
      ['{"id":7,"n":1}', undefined],
      ['{"id":7,"n":2}', '{"id":7,"n":1}'],
      ['{"id":7}', undefined],
      ['{"id":8}', undefined],
    ]);
  },

  'without a handler an event is handled by being stored, and still forwarded': async ({ store }) => {
    const tenant = await connect(store);
    const { id: forwardId } = await addForward(store, tenant, { hooks: ['todo/event_product_use_change'] });
    const ids = await store.inbox.append([event(tenant, { id: 1 }), event(tenant, { id: 2 }, todo)]);
    await sortAll(store, false);
    expect(await statesOf(store, ids)).toEqual(['handled', 'handled']);
    expect(await claim(store, 'a/1')).toMatchObject([{ forwardId, event: { id: ids[1] } }]);
  },

  'a rejected POST is counted, and nothing else': async ({ store }) => {
    const tenant = await connect(store);
    await addForward(store, tenant);
    const [id] = await receive(store, rejection(tenant));
    expect(await countersOf(store, tenant)).toEqual({ rejected: 1 });
    expect(await claim(store, 'a/1')).toEqual([]);
    expect(await store.operator.findEvent(id ?? 0)).toMatchObject({ state: 'rejected', forwards: [] });
    expect(await store.inbox.findHandling(id ?? 0)).toBeUndefined();
  },

  'of two that sort the same, one does it': async ({ store, database }) => {
    const other = await database.open();
    const tenant = await connect(store);
    await store.inbox.append([1, 2, 3].map((id) => event(tenant, { id })));
    const [one, two] = [await store.inbox.listUnsorted(9), await other.inbox.listUnsorted(2)];
    const sort = (events: typeof one) => ({
      now: 0,
      sorted: events.map((each) => ({ ...sortEvent(each), handler: true })),
    });
    await Promise.all([store.inbox.advance(sort(one)), other.inbox.advance(sort(two)), store.inbox.advance(sort(one))]);
    await sortAll(other);
    expect(await countersOf(store, tenant)).toEqual({ received: 3 });
    expect(await claim(store, 'a/1')).toHaveLength(3);
  },

  'a gap that was asked for before the latest event came loses against it, whatever it says': async ({ store }) => {
    const tenant = await connect(store);
    const gapAfter = await store.gaps.lastEventId();
    await receive(store, event(tenant, { id: 7, n: 1 }));
    const ids = await receive(store, event(tenant, { id: 7, n: 2 }, { gapAfter }));
    expect(await statesOf(store, ids)).toEqual(['duplicate']);
  },

  'a gap is news when it was asked for later, but not the same in another writing': async ({ store }) => {
    const tenant = await connect(store);
    const [first = 0] = await receive(store, event(tenant, { id: 7, n: 1 }));
    const gaps = ['1', '2'].map((n) => event(tenant, { id: 7, n }, { gapAfter: first }));
    expect(await statesOf(store, await receive(store, ...gaps))).toEqual(['duplicate', 'queued']);
  },

  'a forward gets the events of its tenant that come after it, of the hooks that it wants': async ({ store }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    await receive(store, event(one, { id: 1 }));
    const all = await addForward(store, one);
    const some = await addForward(store, one, { hooks: ['invoice/event_edi_change', 'todo/x'] });
    const theirs = await addForward(store, two);
    const ids = await receive(store, event(one, { id: 2 }, edi), event(one, { id: 3 }, invoice), event(two, { id: 4 }));
    const claimed = await claim(store, 'a/1');
    const of = (id: number): number[] => idsOf(claimed.filter(({ forwardId }) => forwardId === id));
    expect([of(all.id), of(some.id), of(theirs.id)]).toEqual([[ids[0], ids[1]], [ids[0]], [ids[2]]]);
  },
};
