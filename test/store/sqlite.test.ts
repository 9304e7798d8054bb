import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrations } from '../../src/server/store/sqlite/migrations.ts';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';
import { selectEvents } from '../../src/server/store/sqlite/operator/select-events.ts';
import { makeFolder } from '../support/start-server.ts';

test('every open is WAL and synchronous FULL, also of a file that is WAL already', () => {
  const file = join(makeFolder(), 'sub', 'a.db');
  for (const time of ['first', 'second']) {
    const database = openDatabase(file);
    database.exec('UPDATE describing SET after_id = after_id');
    expect([
      time,
      database.pragma('journal_mode', { simple: true }),
      database.pragma('synchronous', { simple: true }),
      database.pragma('foreign_keys', { simple: true }),
    ]).toEqual([time, 'wal', 2, 1]);
    database.close();
  }
});

test('nobody but the server’s user reads the database or what lies beside it', () => {
  const folder = makeFolder();
  const database = openDatabase(join(folder, 'a.db'));
  database.exec('UPDATE describing SET after_id = after_id');
  for (const name of readdirSync(folder)) expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
  expect(readdirSync(folder).toSorted()).toEqual(['a.db', 'a.db-shm', 'a.db-wal']);
  database.close();
});

test('a database that is newer than the program is refused, and left as it was', () => {
  const file = join(makeFolder(), 'a.db');
  const database = openDatabase(file);
  database.pragma(`user_version = ${migrations.length + 1}`);
  database.close();
  expect(() => openDatabase(file)).toThrow(/newer/);
});

test('the worker’s questions are answered from the partial indexes, however many events are handled', () => {
  const database = openDatabase(':memory:');
  const plan = (sql: string, ...values: unknown[]): string =>
    JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values));
  const open = "state IN ('ready', 'queued', 'held')";
  expect(plan(`SELECT 1 FROM handlings WHERE forward_id = 0 AND lane = 'x' AND ${open} LIMIT 1`)).toContain(
    'handlings_lane',
  );
  expect(
    plan(
      `SELECT event_id, state FROM handlings WHERE forward_id = 0 AND lane = 'x' AND ${open} ORDER BY event_id LIMIT 1`,
    ),
  ).not.toContain('TEMP B-TREE');
  expect(
    plan(
      "SELECT tenant_id, forward_id FROM handlings WHERE state = 'ready' AND lease IS NULL AND crashes = 0 AND tenant_id = 1 AND forward_id > 1 ORDER BY forward_id LIMIT 1",
    ),
  ).toMatch(/SEARCH.*handlings_due.*tenant_id=\? AND forward_id[>=]/);
  expect(
    plan(
      "SELECT 1 FROM handlings h WHERE h.state = 'ready' AND h.lease IS NULL AND h.crashes = 0 AND h.tenant_id = 1 AND h.forward_id = 0 AND h.due_at <= 5 ORDER BY h.due_at, h.event_id LIMIT 9",
    ),
  ).toMatch(/SEARCH.*handlings_due/);
  expect(
    plan(
      "SELECT 1 FROM handlings WHERE state = 'ready' AND lease IS NULL AND crashes > 0 AND due_at <= 5 ORDER BY due_at",
    ),
  ).toMatch(/SEARCH.*handlings_suspects/);
  expect(
    plan("SELECT min(due_at) FROM handlings WHERE state = 'ready' AND lease IS NULL AND due_at > 0 AND due_at > 5"),
  ).toMatch(/SEARCH.*handlings_next/);
  const dead = selectEvents({ state: 'dead' });
  expect(plan(`SELECT ${dead.columns} ${dead.from} AND e.id < 9 ORDER BY e.id DESC LIMIT 9`, ...dead.values)).toContain(
    'handlings_dead',
  );
  database.close();
});
