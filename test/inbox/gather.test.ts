import { expect, test } from 'vitest';
import type { Arrival, Rejection } from '../../src/microbizz/domain/event.ts';
import { buildGatherer } from '../../src/server/inbox/gather.ts';

const arrival = (n: number): Arrival => ({ tenantId: n, modcode: 'm', hook: 'h', receivedAt: 0, fields: {} });
const limits = {
  age: 2,
  turn: 1,
  batch: 256,
  underWay: 6,
  most: 256,
  mostBytes: 1_000_000,
  events: 4096,
  bytes: 1_000_000,
};

function gatherer(
  more: Partial<typeof limits> = {},
  commit?: (batch: readonly (Arrival | Rejection)[]) => Promise<number[]>,
  now: () => number = () => 0,
) {
  const commits: number[][] = [];
  const take = (batch: readonly (Arrival | Rejection)[]): Promise<number[]> => {
    commits.push(batch.map(({ tenantId }) => tenantId));
    return commit?.(batch) ?? Promise.resolve(batch.map(({ tenantId }) => tenantId * 10));
  };
  return { commits, ...buildGatherer(take, { now, limits: { ...limits, ...more } }) };
}

test('what arrives together is committed together, and each gets its own id', async () => {
  const { add, commits } = gatherer();
  expect(await Promise.all([1, 2, 3].map((n) => add(arrival(n), 1)))).toEqual([10, 20, 30]);
  expect(commits).toEqual([[1, 2, 3]]);
});

test('arrivals of several turns of the loop are one commit: PHP opens a connection for each event, and a turn brings one', async () => {
  const { add, commits } = gatherer();
  const adding: Promise<number>[] = [];
  for (let n = 1; n <= 5; n += 1) {
    adding.push(add(arrival(n), 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(adding);
  expect(commits).toEqual([[1, 2, 3, 4, 5]]);
});

test('an arrival that comes alone waits for one empty turn of the loop and not longer', async () => {
  const { add, commits } = gatherer();
  const adding = add(arrival(1), 1);
  let turns = 0;
  while (commits.length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  await adding;
  expect(turns).toBeLessThanOrEqual(3);
});

test('a long turn of the loop has brought all that was there: no other is waited for', async () => {
  let time = 0;
  const { add, commits } = gatherer({}, undefined, () => (time += 1));
  const adding: Promise<number>[] = [];
  for (let n = 1; n <= 3; n += 1) {
    adding.push(add(arrival(n), 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(adding);
  expect(commits).toEqual([[1], [2], [3]]);
});

test('a full batch is committed without waiting for a quiet turn', async () => {
  const { add, commits } = gatherer({ batch: 2 });
  const adding: Promise<number>[] = [];
  for (let n = 1; n <= 6; n += 1) {
    adding.push(add(arrival(n), 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(adding);
  expect(Math.max(...commits.map(({ length }) => length))).toBeLessThanOrEqual(3);
});

test('full batches go out while their turn goes on, so many at a time; what comes meanwhile is the next one', async () => {
  const ends: (() => void)[] = [];
  const { add, commits } = gatherer(
    { batch: 2, underWay: 2, most: 3 },
    (batch) =>
      new Promise((resolve) =>
        ends.push(() => {
          resolve(batch.map(() => 1));
        }),
      ),
  );
  const adding = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => add(arrival(n), 1));
  expect(commits).toEqual([
    [1, 2],
    [3, 4],
  ]);
  ends[0]?.();
  await adding[1];
  expect(commits.slice(2)).toEqual([[5, 6, 7]]);
  ends[1]?.();
  await adding[3];
  while (commits.length < 4) await new Promise((resolve) => setImmediate(resolve));
  expect(commits.slice(3)).toEqual([[8]]);
  for (const end of ends.slice(2)) end();
  await Promise.all(adding);
});

test('a batch ends with the event that makes it large', async () => {
  const { add, commits } = gatherer({ mostBytes: 100 });
  await Promise.all([40, 60, 1, 200, 5].map((size, at) => add(arrival(at), size)));
  expect(commits).toEqual([[0, 1], [2, 3], [4]]);
});

test('a failed commit fails exactly the events that were in it', async () => {
  const { add } = gatherer({}, (batch) =>
    batch.some(({ tenantId }) => tenantId === 2) ? Promise.reject(new Error('disk full')) : Promise.resolve([7]),
  );
  const failed = await Promise.allSettled([add(arrival(1), 1), add(arrival(2), 1)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(failed[0]).toMatchObject({ reason: { code: 'unavailable', cause: { message: 'disk full' } } });
  expect(await add(arrival(3), 1)).toBe(7);
});

test('beyond the bounds an arrival is refused, and taken again when there is room', async () => {
  let go: () => void = () => undefined;
  const { add } = gatherer(
    { events: 2, bytes: 100 },
    (batch) =>
      new Promise(
        (resolve) =>
          (go = () => {
            resolve(batch.map(() => 1));
          }),
      ),
  );
  const taken = [add(arrival(1), 10), add(arrival(2), 10)];
  await expect(add(arrival(3), 10)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'Too many events are waiting to be stored. Send it again later.',
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  while (
    (await Promise.race([Promise.all(taken), new Promise((resolve) => setImmediate(resolve, 'waiting'))])) === 'waiting'
  )
    go();
  const big = add(arrival(4), 99);
  await expect(add(arrival(5), 10)).rejects.toMatchObject({ code: 'unavailable' });
  while ((await Promise.race([big, new Promise((resolve) => setImmediate(resolve, 'waiting'))])) === 'waiting') go();
});
