import { expect, test } from 'vitest';
import type { Asked } from '../../src/server/threads/messages.ts';
import { buildQueue } from '../../src/server/threads/queue.ts';

interface Done {
  readonly id: number;
  readonly answer: unknown;
}

/** A queue over acts that write down when they run, and what came of them. */
function start() {
  const ran: unknown[] = [];
  const done: Done[] = [];
  let last = 0;
  const append = (arrivals: unknown): Promise<unknown> => {
    ran.push(['append', ...(arrivals as number[])]);
    if ((arrivals as number[]).includes(0)) return Promise.reject(new Error('full'));
    return Promise.resolve((arrivals as number[]).map((n) => n * 10));
  };
  const look = (name: unknown): Promise<unknown> => {
    ran.push(name);
    return Promise.resolve(name);
  };
  const queue = buildQueue({
    ports: { inbox: { append, look } },
    async answer({ id }, act) {
      const answer = await act().catch((error: unknown) => (error as Error).message);
      done.push({ id, answer });
    },
  });
  const ask = (method: string, given: unknown): void => {
    last += 1;
    queue.take({ id: last, port: 'inbox', method, given: [given] } satisfies Asked);
  };
  return { queue, ask, ran, done };
}

test('what is to be stored comes before all else, in one commit, and each gets its own ids', async () => {
  const { queue, ask, ran, done } = start();
  ask('look', 'a');
  ask('look', 'b');
  ask('append', [1, 2]);
  ask('append', [3]);
  ask('look', 'c');
  await queue.idle();
  expect(ran).toEqual(['a', ['append', 1, 2, 3], 'b', 'c']);
  expect(done.toSorted((one, other) => one.id - other.id)).toEqual([
    { id: 1, answer: 'a' },
    { id: 2, answer: 'b' },
    { id: 3, answer: [10, 20] },
    { id: 4, answer: [30] },
    { id: 5, answer: 'c' },
  ]);
});

test('a commit has 256 events at most, unless one batch alone has more', async () => {
  const { queue, ask, ran } = start();
  const numbers = (count: number): number[] => Array.from({ length: count }, () => 1);
  ask('look', 'first');
  for (const count of [200, 56, 1, 300, 2]) ask('append', numbers(count));
  await queue.idle();
  expect(ran.slice(1).map((run) => (run as unknown[]).length - 1)).toEqual([256, 1, 300, 2]);
});

test('a commit that fails fails what was in it, and nothing else', async () => {
  const { queue, ask, done } = start();
  ask('look', 'first');
  ask('append', [0]);
  ask('append', [4]);
  await queue.idle();
  ask('append', [5]);
  await queue.idle();
  expect(done.slice(1)).toEqual([
    { id: 2, answer: 'full' },
    { id: 3, answer: 'full' },
    { id: 4, answer: [50] },
  ]);
});

test('an act that there is not is an answer too', async () => {
  const { queue, ask, done } = start();
  ask('vanish', 1);
  await queue.idle();
  expect(done).toEqual([{ id: 1, answer: 'There is no act inbox.vanish.' }]);
});

test('however many appends keep coming, the others have their turns', async () => {
  const { queue, ask, ran } = start();
  for (const name of ['a', 'b', 'c']) ask('look', name);
  for (let round = 0; round < 4; round += 1) {
    ask('append', [round + 1]);
    await new Promise((resolve) => setImmediate(resolve));
    ask('append', [round + 5]);
  }
  await queue.idle();
  const last = ran.lastIndexOf('c');
  expect(ran.slice(last).length).toBeGreaterThan(1);
});
