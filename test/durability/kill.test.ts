import { expect, test } from 'vitest';
import { makeFolder } from '../support/start-server.ts';
import { faultsOf, torture } from '../support/torture.ts';

// Five starts, one of them cut off, and what suspects wait. `npm run torture` is the long form.
test('kill -9 at 5 random moments under load: nothing acknowledged is lost, all is handled and forwarded, in order', async () => {
  const result = await torture({ folder: makeFolder(), kills: 5 });

  process.stdout.write(`kill -9: ${JSON.stringify(result)}\n`);
  expect(Object.entries(faultsOf(result)).filter(([, count]) => count !== 0)).toEqual([]);
  expect(result.strange).toEqual([]);
  expect(result.exit).toEqual({ code: 0, signal: null });
  expect(result.acknowledged).toBeGreaterThan(result.kills * 10);
  expect(result.repeated, 'no kill met a handler at work').toBeGreaterThan(0);
}, 180_000);
