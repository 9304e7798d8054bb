import { expect, test } from 'vitest';
import { openHistory } from './open-history.ts';

test('a search in what waits reads so many bytes for a page, asks the index of large ones, and goes on from there', async () => {
  const { store, send, settle } = await openHistory();
  const { history } = store;
  for (let id = 1; id <= 100; id += 1)
    await send({ id, text: id % 50 === 0 ? 'Kuglehane' : 'Rør', more: 'x'.repeat(15_000) });
  for (const id of [101, 102]) await send({ id, text: id === 101 ? 'Kuglehane' : 'Rør', more: 'x'.repeat(100_000) });
  for (let step = 0; step < 3; step += 1) await settle(true);
  const filter = { text: 'kuglehane', state: 'waiting' } as const;
  const first = await history.listChanges(1, filter, { limit: 25 });
  expect(first.changes.map(({ eventId }) => eventId)).toEqual([101, 100, 50]);
  expect(first.next).toBeGreaterThan(25);
  expect(await history.listChanges(1, filter, { limit: 25, before: first.next })).toEqual({
    changes: [],
    next: undefined,
  });
  const { days, complete } = await history.countChanges(1, filter, { since: '2026-10-01', until: '2026-10-01' });
  expect([days[0]?.changes, complete]).toEqual([3, false]);
});
