import { expect, test, vi } from 'vitest';
import { countWrites } from '../support/count-writes.ts';
import { startServer } from '../support/start-server.ts';

const ask = async (url: string): Promise<number> => (await fetch(`${url}/health/ready`)).status;

test('however many ask, the database is checked once a second, also while a check runs', async () => {
  const { url, services } = await startServer();
  let answer: (() => void) | undefined;
  const check = vi
    .spyOn(services.store, 'checkWritable')
    .mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  const waiting = Array.from({ length: 30 }, () => ask(url));
  await vi.waitFor(() => {
    expect(check).toHaveBeenCalled();
  });
  // Thirty requests are on their way; the first one's check goes on until all of them are answered by it.
  await fetch(`${url}/health/live`);
  answer?.();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([200]));
  expect(await ask(url)).toBe(200);
  expect(check).toHaveBeenCalledTimes(1);
});

test('a database that cannot be written is not ready until something was written', async () => {
  const { url, services } = await startServer();
  const check = vi.spyOn(services.store, 'checkWritable').mockRejectedValueOnce(new Error('full'));
  expect([await ask(url), await ask(url)]).toEqual([503, 503]);
  expect(check).toHaveBeenCalledTimes(1);
  const link = { createdAt: 1, expiresAt: 2, contract: undefined, host: undefined };
  await services.store.invitations.add({ id: 'a', ...link });
  expect(await ask(url)).toBe(200);
});

test('asking for readiness tells the pages nothing new', async () => {
  const { services } = await startServer({ work: false });
  const writes = await countWrites(services.store.changes);
  await services.store.checkWritable();
  expect(await writes()).toBe(0);
});
