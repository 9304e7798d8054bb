import { countWrites } from '../../support/count-writes.ts';
import { expect } from 'vitest';
import { claim, connect, event, receive, type Chapter } from './world.ts';

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
