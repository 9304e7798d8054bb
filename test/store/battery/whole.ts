import { countWrites } from '../../support/count-writes.ts';
import { expect } from 'vitest';
import { Secret } from '../../../src/microbizz/domain/secret.ts';
import { claim, connect, event, noon, receive, rejection, type Chapter } from './world.ts';

export const whole: Chapter = {
  'an event has one name, whichever process tells it, for as long as there is the event': async ({
    store,
    database,
  }) => {
    const tenant = await connect(store);
    const [first = 0] = await receive(store, event(tenant, { id: 1 }));
    const name = await store.nameOf(first);
    const other = await database.open();
    const [second = 0] = await receive(other, event(tenant, { id: 2 }));
    expect([await store.nameOf(first), await other.nameOf(first)]).toEqual([name, name]);
    expect(await store.nameOf(second)).toBe(await other.nameOf(second));
    expect(await store.nameOf(second)).not.toBe(name);
    const claimed = await claim(other, 'a/1');
    expect(claimed.map((one) => one.name)).toEqual([name, await store.nameOf(second)]);
  },

  'an id that nothing has finds nothing, however large it is': async ({ store }) => {
    const { operator, forwards, connections, grants, retention, gaps } = store;
    const tenant = await connect(store);
    await receive(store, event(tenant, { id: 1 }), rejection(tenant));
    const step = { after: 0 };
    const ask = async (id: number): Promise<unknown[]> => [
      await operator.listEvents({ tenantId: id }, { limit: 9 }),
      await operator.countEvents({ tenantId: id }),
      await operator.countEvents({ forwardId: id, state: 'queued' }),
      await operator.replay({ tenantId: id }, step),
      await operator.replay({ forwardId: id }, step),
      await operator.listRejected({ tenantId: id }, step),
      await operator.remove({ tenantId: id }, step),
      await operator.removeHandled(noon, { ...step, tenantId: id }),
      await forwards.list(id),
      await forwards.find(id),
      await forwards.pause(id, 'operator'),
      await forwards.resume(id),
      await forwards.settle(id, 9),
      await forwards.removeSome(id, 9),
      await forwards.listAttempts(id, 9),
      await forwards.rotateSecret(id, new Secret('whsec_a'), noon, noon),
      await forwards.noteFailure(id, noon, 5, 'failing'),
      await connections.findTenant(id),
      await grants.listAddresses(id),
      await retention.find(id),
      await gaps.findConnectedAt(id),
      await gaps.listRuns(id),
    ];
    const nothing = await ask(999);
    expect(nothing.slice(0, 5)).toMatchObject([[], 0, 0, { done: 0, skipped: 0 }, { done: 0, skipped: 2 }]);
    // Beyond 32 bits, and the largest that the command line takes.
    for (const id of [9_999_999_999, 999_999_999_999_999]) {
      expect(await ask(id)).toEqual(nothing);
      await connections.noteToken(id, noon);
      await retention.set(id, 9);
      await retention.forgetUsers('2026-10-01', id);
    }
    expect(await operator.countEvents({})).toBe(2);
  },

  'that anything was written is known to everybody; a look and a check write nothing': async ({ store, database }) => {
    const other = await database.open();
    const [mine, theirs] = [await countWrites(store.changes), await countWrites(other.changes)];
    await store.operator.listEvents({}, { limit: 9 });
    expect([await mine(), await theirs()]).toEqual([0, 0]);
    await store.checkWritable();
    expect(await mine()).toBe(0);
    const already = await theirs();
    await connect(store);
    expect(await mine()).toBeGreaterThan(0);
    expect(await theirs()).toBeGreaterThan(already);
  },

  'a check that events can be stored stores none, and gives no id away': async ({ store }) => {
    const tenant = await connect(store);
    const [first = 0] = await store.inbox.append([event(tenant, { id: 1 })]);
    await store.checkWritable();
    expect(await store.operator.countEvents({})).toBe(1);
    expect(await store.gaps.lastEventId()).toBe(first);
  },

  'what is under way when a handle is closed is done, and what comes after is refused': async ({ store, database }) => {
    const tenant = await connect(store);
    const acts = [1, 2, 3].map((id) => store.inbox.append([event(tenant, { id })]));
    const closed = store.close();
    expect((await Promise.all(acts)).flat()).toHaveLength(3);
    await closed;
    await expect(store.inbox.append([event(tenant, { id: 4 })])).rejects.toThrow();
    expect(await (await database.open()).operator.countEvents({})).toBe(3);
  },

  'after a handle is closed, another goes on with all that was stored': async ({ store, database }) => {
    const tenant = await connect(store);
    const [id = 0] = await receive(store, event(tenant, { id: 1 }));
    const other = await database.open();
    await store.close();
    expect(await other.operator.findEvent(id)).toMatchObject({ state: 'ready' });
    expect(await (await database.open()).inbox.append([event(tenant, { id: 2 })])).toHaveLength(1);
  },
};
