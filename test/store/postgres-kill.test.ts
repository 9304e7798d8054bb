import { expect, onTestFinished, test } from 'vitest';
import { startPostgres } from '../support/start-postgres.ts';
import { makeFolder } from '../support/start-server.ts';
import { faultsOf, torture } from '../support/torture.ts';

// `npm run torture -- --store postgres` is the long form.
test('of two servers on one PostgreSQL one is killed four times, and PostgreSQL itself once: nothing is lost, all is handled, in order', async () => {
  const postgres = { ...(await startPostgres('durable')), processes: 2 };
  onTestFinished(() => postgres.stop());
  const result = await torture({ folder: makeFolder(), kills: 4, postgres, restarts: 1 });

  process.stdout.write(`kill -9 on PostgreSQL: ${JSON.stringify(result)}\n`);
  expect(Object.entries(faultsOf(result)).filter(([, count]) => count !== 0)).toEqual([]);
  expect(result.strange).toEqual([]);
  expect(result.exit).toEqual({ code: 0, signal: null });
  expect(result.acknowledged).toBeGreaterThan(result.kills * 10);
}, 180_000);
