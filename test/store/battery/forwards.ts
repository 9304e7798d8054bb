import { expect } from 'vitest';
import { Secret } from '../../../src/microbizz/domain/secret.ts';
import type { Forward, NewForward } from '../../../src/server/store/ports/forwards.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import { addForward, claim, connect, day, event, finish, handleAll, noon, receive, type Chapter } from './world.ts';

const forward = (tenantId: number, url: string, secret = 'whsec_a'): NewForward => ({
  tenantId,
  url,
  hooks: ['invoice/a', 'todo/b'],
  secret: new Secret(secret),
});
/** Newest first, with the time at which each ends. */
const secretsOf = (found: Forward | undefined): unknown[] | undefined =>
  found?.secrets.map(({ secret, until }) => [secret.reveal(), until]);

const settleAll = async ({ forwards }: Store, id: number): Promise<number> => {
  let settled = 0;
  for (let some = 1; some > 0; settled += some) some = await forwards.settle(id, 2);
  return settled;
};
const statesAt = async ({ operator }: Store, forwardId: number): Promise<string[]> =>
  (await operator.listEvents({ forwardId }, { limit: 99 })).map(({ state }) => state).reverse();

export const forwards: Chapter = {
  'a forward is kept as it was added, with its secret; a second one to its URL, and one too many, are not': async ({
    store,
    database,
  }) => {
    const [one, two] = [await connect(store, '1'), await connect(store, '2')];
    const added = await store.forwards.add(forward(one, 'https://a.example/'), 2);
    expect(added).toMatchObject({ tenantId: one, url: 'https://a.example/', hooks: ['invoice/a', 'todo/b'] });
    expect(await store.forwards.add(forward(one, 'https://a.example/'), 9)).toBe('same');
    expect(await store.forwards.add(forward(two, 'https://a.example/'), 2)).toMatchObject({ tenantId: two });
    await store.forwards.add(forward(one, 'https://b.example/'), 2);
    expect(await store.forwards.add(forward(one, 'https://c.example/'), 2)).toBe('full');
    const other = await database.open();
    const all = await other.forwards.list();
    expect(all.map(({ tenantId, url }) => [tenantId, url])).toEqual([
      [one, 'https://a.example/'],
      [two, 'https://a.example/'],
      [one, 'https://b.example/'],
    ]);
    expect(all[0]).toMatchObject({ paused: undefined, failingSince: undefined });
    expect(secretsOf(all[0])).toEqual([['whsec_a', undefined]]);
    expect(await other.forwards.list(two)).toEqual([all[1]]);
    expect(await other.forwards.find(all[2]?.id ?? 0)).toEqual(all[2]);
    expect(await other.forwards.find(999)).toBeUndefined();
  },

  'of those that race to add one URL, one is added': async ({ store, database }) => {
    const tenant = await connect(store);
    const handles = [store, await database.open(), store, await database.open()];
    const added = await Promise.all(
      handles.map((each) => each.forwards.add(forward(tenant, 'https://a.example/'), 20)),
    );
    expect(added.filter((each) => each === 'same')).toHaveLength(3);
    expect(await store.forwards.list()).toHaveLength(1);
  },

  'the first reason of a pause stays, and a resume ends it; what is not there is neither': async ({ store }) => {
    const { id } = await addForward(store, await connect(store));
    expect([await store.forwards.pause(id, 'page'), await store.forwards.pause(id, 'operator')]).toEqual([true, true]);
    expect((await store.forwards.find(id))?.paused).toBe('page');
    expect(await store.forwards.resume(id)).toBe(true);
    expect((await store.forwards.find(id))?.paused).toBeUndefined();
    expect([await store.forwards.pause(id + 1, 'page'), await store.forwards.resume(id + 1)]).toEqual([false, false]);
    expect(await store.forwards.settle(id + 1, 9)).toBe(0);
  },

  'settling takes heads aside in small acts, whoever goes on with it, and brings them back for a first attempt':
    async ({ store, database }) => {
      const other = await database.open();
      const tenant = await connect(store);
      const { id } = await addForward(store, tenant);
      await receive(store, ...[1, 2, 3, 4, 5].map((object) => event(tenant, { id: object })));
      for (const one of await claim(store, 'a/1'))
        if (one.forwardId === id)
          await finish(store, one, { kind: 'retry', fault: 'f', dueAt: noon + day, pause: day });
      await store.forwards.pause(id, 'operator');
      expect(await store.forwards.settle(id, 2)).toBe(2);
      expect((await statesAt(store, id)).toSorted()).toEqual(['held', 'held', 'ready', 'ready', 'ready']);
      expect(await settleAll(other, id)).toBe(3);
      await other.forwards.resume(id);
      expect([await store.forwards.settle(id, 3), await settleAll(other, id)]).toEqual([3, 2]);
      expect(await claim(store, 'a/2')).toMatchObject(Array(5).fill({ forwardId: id, attempt: 1 }));
    },

  'what is being tried while its forward is paused and resumed comes to its own end': async ({ store }) => {
    const tenant = await connect(store);
    const { id } = await addForward(store, tenant);
    for (const [object, resumed] of [
      [1, false],
      [2, true],
    ] as const) {
      await receive(store, event(tenant, { id: object }));
      const one = (await claim(store, `a/${object}`)).find(({ forwardId }) => forwardId === id);
      if (one === undefined) throw new Error('not claimed');
      await store.forwards.pause(id, 'page');
      await settleAll(store, id);
      if (resumed) await store.forwards.resume(id);
      if (resumed) await settleAll(store, id);
      expect(await finish(store, one)).toBe(true);
      await store.forwards.resume(id);
    }
    expect(await statesAt(store, id)).toEqual(['handled', 'handled']);
  },

  'a forward is removed in small acts: what is open goes, what was handled stays in the lists': async ({ store }) => {
    const tenant = await connect(store);
    const { id } = await addForward(store, tenant);
    await receive(store, event(tenant, { id: 1 }));
    await handleAll(store);
    await receive(store, ...[2, 3, 4].map((object) => event(tenant, { id: object })), event(tenant, { id: 4, n: 1 }));
    const [held] = (await claim(store, 'a/1')).filter(({ forwardId }) => forwardId === id);
    let acts = 1;
    while (!(await store.forwards.removeSome(id, 2))) acts += 1;
    expect(acts).toBe(3);
    expect(await store.forwards.find(id)).toBeUndefined();
    expect(await statesAt(store, id)).toEqual(['handled', 'unsorted', 'unsorted', 'unsorted', 'unsorted']);
    expect(await store.forwards.listAttempts(id, 9)).toEqual([]);
    if (held !== undefined) expect(await finish(store, held)).toBe(false);
    const next = await addForward(store, tenant);
    expect(next.id).toBeGreaterThan(id);
  },

  'each attempt that counts is on record, newest first': async ({ store }) => {
    const tenant = await connect(store);
    const { id } = await addForward(store, tenant);
    const [eventId = 0] = await receive(store, event(tenant, { id: 1 }));
    const endings = [
      { kind: 'retry', fault: 'busy', dueAt: noon, pause: 0, posted: { status: 503, ms: 7 } },
      { kind: 'postponed', fault: 'wait', dueAt: noon, pause: 0 },
      { kind: 'returned' },
      { kind: 'retry', fault: 'no answer', dueAt: noon, pause: 0 },
      { kind: 'handled', posted: { status: 200, ms: 2 } },
    ] as const;
    for (const [at, ending] of endings.entries()) {
      const one = (await claim(store, `a/${at}`)).find(({ forwardId }) => forwardId === id);
      if (one !== undefined) await finish(store, one, ending, noon + at);
    }
    const expected = [
      { eventId, at: noon + 4, attempt: 3, status: 200, ms: 2 },
      { eventId, at: noon + 3, attempt: 2, fault: 'no answer' },
      { eventId, at: noon, attempt: 1, status: 503, ms: 7, fault: 'busy' },
    ];
    expect(await store.forwards.listAttempts(id, 9)).toEqual(expected);
    expect(await store.forwards.listAttempts(id, 2)).toEqual(expected.slice(0, 2));
  },

  'a new secret comes first; the older ones end when it is said, or earlier as was said before, and are few': async ({
    store,
  }) => {
    const { id } = await addForward(store, await connect(store), { secret: 's0' });
    const rotate = async (secret: string, now: number, until: number): Promise<unknown> => {
      expect(await store.forwards.rotateSecret(id, new Secret(secret), now, until)).toBe(true);
      return secretsOf(await store.forwards.find(id));
    };
    expect(await rotate('s1', noon, noon + 10)).toEqual([
      ['s1', undefined],
      ['s0', noon + 10],
    ]);
    expect(await rotate('s2', noon, noon + 20)).toEqual([
      ['s2', undefined],
      ['s1', noon + 20],
      ['s0', noon + 10],
    ]);
    expect(await rotate('s3', noon + 10, noon + 15)).toEqual([
      ['s3', undefined],
      ['s2', noon + 15],
      ['s1', noon + 15],
    ]);
    for (let number = 4; number < 12; number += 1) await rotate(`s${number}`, noon + 11, noon + 99);
    expect((await rotate('last', noon + 12, noon + 99)) as unknown[]).toHaveLength(5);
    expect(await store.forwards.rotateSecret(id + 1, new Secret('x'), noon, noon)).toBe(false);
  },

  'nothing but failures on so many days pauses it; a success, a resume or a clock set back begins anew': async ({
    store,
  }) => {
    const tenant = await connect(store);
    const { id } = await addForward(store, tenant);
    const fail = async (at: number) => store.forwards.noteFailure(id, at, 3, 'failing');
    expect([await fail(noon), await fail(noon + day), await fail(noon + 2 * day)]).toEqual(Array(3).fill('failing'));
    expect((await store.forwards.find(id))?.failingSince).toBe(noon);
    await receive(store, event(tenant, { id: 1 }));
    for (const one of await claim(store, 'a/1')) {
      await finish(store, one, { kind: one.forwardId === id ? 'returned' : 'handled' });
      expect((await store.forwards.find(id))?.failingSince, 'by what it took itself').toBe(noon);
    }
    for (const one of await claim(store, 'a/2')) await finish(store, one);
    expect((await store.forwards.find(id))?.failingSince).toBeUndefined();
    // Three days later, but on two days only.
    expect([await fail(noon), await fail(noon + 3 * day)]).toEqual(['failing', 'failing']);
    expect(await fail(noon + 4 * day)).toBe('paused');
    expect(await fail(noon + 5 * day)).toBe('was-paused');
    expect((await store.forwards.find(id))?.paused).toBe('failing');
    await store.forwards.resume(id);
    expect([await fail(noon + day), await fail(noon), await fail(noon + 4 * day)]).toEqual(Array(3).fill('failing'));
    expect(await store.forwards.noteFailure(id + 1, noon, 3, 'failing')).toBe('failing');
  },
};
