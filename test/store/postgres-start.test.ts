import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openPostgresStore } from '../../src/server/store/postgres/open-postgres-store.ts';
import { until } from '../support/until.ts';
import { askCluster, makeSchema, urlOf } from './open-postgres.ts';

/** Milliseconds after which the database itself ends a statement that says nothing else. */
const limit = 500;

test('a server waits for the migration of another for longer than any statement may take', async () => {
  const { schema, end } = await makeSchema();
  onTestFinished(end);
  const url = new URL(urlOf(schema));
  url.searchParams.set('options', `-c search_path=${schema} -c statement_timeout=${limit}`);
  const other = new pg.Client(urlOf('public'));
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN; SELECT pg_advisory_xact_lock(9, 0)');

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const opening = openPostgresStore(url.href);
  const opened = expect(opening).resolves.toBeDefined();
  await until(async () => {
    const waiting = await askCluster(
      `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND application_name = $1
       AND clock_timestamp() - query_start > $2 * interval '1 ms'`,
      [schema, 2 * limit],
    );
    return waiting.rowCount === 1;
  }, 'a start that waits for longer than the limit');
  // And no limit of this side.
  vi.advanceTimersByTime(60_000);
  await other.query('COMMIT');
  await opened;
  await (await opening).adapter.close();
});
