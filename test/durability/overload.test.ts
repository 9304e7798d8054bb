import { expect, test } from 'vitest';
import { overload } from '../support/overload.ts';
import { makeFolder } from '../support/start-server.ts';

test('256 clients send as fast as they can: each event is acknowledged and stored, or refused; none hangs; memory is bounded', async () => {
  const result = await overload(makeFolder(), 3);

  process.stdout.write(`overload: ${JSON.stringify(result)}\n`);
  expect(result).toMatchObject({ strange: [], unanswered: 0 });
  expect(result.acknowledged + result.refused).toBe(result.sent);
  // A minute of it (`npm run torture -- --overload 60`) ends between 340 and 600 MB.
  expect(Math.max(...result.memory)).toBeLessThan(800);
  expect(result.stored).toBe(result.acknowledged);
  expect(result.acknowledged).toBeGreaterThan(1000);
});
