import { expect, test } from 'vitest';
import { day, invoice, noon, openHistory, type TestHistory } from './open-history.ts';

const hour = 3_600_000;

/** Events in the order in which they came, each with its time. */
async function fill(times: readonly number[]): Promise<TestHistory['store']['history']> {
  const { store, settle } = await openHistory();
  const fields = (id: number) => ({ object: JSON.stringify({ id: `o${id}` }) });
  for (let at = 0; at < times.length; at += 500) {
    const arrivals = times
      .slice(at, at + 500)
      .map((receivedAt, n) => ({ ...invoice, tenantId: 1, receivedAt, fields: fields(at + n) }));
    await store.inbox.append(arrivals);
    await settle();
  }
  return store.history;
}

/** The objects of all pages. */
async function listAll(
  history: Awaited<ReturnType<typeof fill>>,
  filter: { since?: number; until?: number; text?: string },
): Promise<string[]> {
  const found: string[] = [];
  let before: number | undefined;
  do {
    const page = await history.listChanges(1, filter, { limit: 400, before });
    found.push(...page.changes.map(({ objectId }) => objectId));
    before = page.next;
  } while (before !== undefined);
  return found;
}

const range = (length: number, time: (n: number) => number): number[] => Array.from({ length }, (_, n) => time(n));

test.each<[string, number[]]>([
  [
    'was ahead',
    [...range(5, (n) => noon + n), ...range(1500, (n) => noon + 2 * day + n), ...range(20, (n) => noon + hour + n)],
  ],
  [
    'was set back',
    [...range(1500, (n) => noon + day + n), ...range(1500, (n) => noon + n), ...range(9, (n) => noon + 2 * day + n)],
  ],
  ['was right', range(1300, (n) => noon + n * 60_000)],
  ['jumped all the time', range(1200, (n) => noon + ((n * 7919) % 1200) * 60_000)],
])('whatever the clock did, a range of time finds what was received in it: it %s', async (_name, times) => {
  const history = await fill(times);
  const sorted = times.toSorted((a, b) => a - b);
  const marks = [0, 0.003, 0.2, 0.5, 0.99, 1].map((part) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
  for (const since of [undefined, ...marks])
    for (const until of [undefined, ...marks.map((mark) => mark + 1)]) {
      const inside = (time: number): boolean => time >= (since ?? 0) && time < (until ?? Infinity);
      const expected = times.flatMap((time, n) => (inside(time) ? [`o${n}`] : [])).reverse();
      const filter = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
      expect([filter, await listAll(history, filter)]).toEqual([filter, expected]);
    }
});
