import { expect, test } from 'vitest';
import { openInbox, stopClock } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';

interface Line {
  id?: number;
  n: number;
}

test('the events of one object are handled in the order of arrival, one at a time, other objects side by side', async () => {
  const handled: Line[] = [];
  const running = new Map<number, number>();
  let overlap = 0;
  let together = 0;
  const inbox = await openInbox({
    handle: async (event) => {
      const line = event.object as unknown as Line & { id: number };
      running.set(line.id, (running.get(line.id) ?? 0) + 1);
      overlap = Math.max(overlap, running.get(line.id) ?? 0);
      together = Math.max(together, [...running.values()].filter((count) => count > 0).length);
      await new Promise((resolve) => setImmediate(resolve));
      running.set(line.id, (running.get(line.id) ?? 0) - 1);
      handled.push(line);
      return undefined;
    },
  });
  const tenant = await inbox.addTenant('1');
  await Promise.all(Array.from({ length: 200 }, (_, n) => inbox.send(tenant, { id: n % 5, n })));
  inbox.work();
  await until(() => handled.length === 200);
  for (let id = 0; id < 5; id += 1) {
    const ofLane = handled.filter((line) => line.id === id).map(({ n }) => n);
    expect(ofLane).toEqual(ofLane.toSorted((a, b) => a - b));
  }
  expect(overlap).toBe(1);
  expect(together).toBeGreaterThan(1);
});

test('a failing event holds its own lane only', async () => {
  const clock = stopClock();
  const handled: string[] = [];
  let broken = true;
  const inbox = await openInbox({
    world: { now: clock.now },
    handle: async (event) => {
      const { id, n } = event.object as unknown as Line;
      if (id === 1 && broken) throw new Error('not today');
      handled.push(`${String(id)}.${n}`);
      return Promise.resolve(undefined);
    },
  });
  const tenant = await inbox.addTenant('1');
  await inbox.send(tenant, { id: 1, n: 1 });
  await inbox.send(tenant, { id: 1, n: 2 });
  await inbox.send(tenant, { id: 2, n: 1 });
  inbox.work();
  await until(() => inbox.log.some(({ msg }) => msg === 'attempt failed'));
  await until(() => handled.length === 1);
  expect(handled).toEqual(['2.1']);
  expect(inbox.log.find(({ msg }) => msg === 'attempt failed')).toMatchObject({
    tenant,
    hook: 'invoice/event_invoice_line_change',
    event: 1,
    attempt: 1,
    fault: 'not today',
  });
  broken = false;
  clock.move(5000);
  await until(() => handled.length === 3);
  expect(handled).toEqual(['2.1', '1.1', '1.2']);
});

test('events without an id share one lane per tenant and hook, and none of them is taken for a duplicate', async () => {
  const handled: number[] = [];
  let running = 0;
  const inbox = await openInbox({
    handle: async (event) => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      handled.push((event.object as unknown as Line).n);
      return undefined;
    },
  });
  const tenant = await inbox.addTenant('1');
  for (const n of [1, 1, 2, 3]) await inbox.send(tenant, { n });
  inbox.work();
  await until(() => handled.length === 4);
  expect(handled).toEqual([1, 1, 2, 3]);
});

test('a noisy tenant does not starve the others', async () => {
  const handled: number[] = [];
  const release: (() => void)[] = [];
  const inbox = await openInbox({
    handle: async (_event, { tenant }) => {
      handled.push(tenant.id);
      await new Promise<void>((resolve) => release.push(resolve));
      return undefined;
    },
  });
  const [noisy, quiet] = [await inbox.addTenant('noisy'), await inbox.addTenant('quiet')];
  await Promise.all(Array.from({ length: 1000 }, (_, id) => inbox.send(noisy, { id, n: 1 })));
  await inbox.send(quiet, { id: 1, n: 1 });
  inbox.work();
  // None of the noisy tenant's handlers has ended, and still the quiet one has its turn.
  await until(() => handled.includes(quiet));
  expect(handled.filter((id) => id === noisy)).toHaveLength(64);
  await until(() => {
    for (const one of release.splice(0)) one();
    return handled.length === 1001;
  });
  await inbox.services.close();
});
