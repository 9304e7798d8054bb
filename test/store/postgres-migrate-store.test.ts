import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { expect, test } from 'vitest';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { isSame } from '../../src/tools/cli/migrate-store/compare.ts';
import { moveStore, type Step } from '../../src/tools/cli/migrate-store/move-store.ts';
import { openSource } from '../../src/tools/cli/migrate-store/source.ts';
import { parts } from '../../src/tools/cli/migrate-store/tables.ts';
import { runOn } from '../cli/run-appconnect.ts';
import { until } from '../support/until.ts';
import { askStore, workOff } from './ask-store.ts';
import { makeFilled, makeTarget, move, stopAt } from './move-here.ts';

test('interrupted in the middle, twice, it goes on where it was and doubles nothing', async () => {
  const { file, source } = await makeFilled();
  const target = await makeTarget();
  const stops = [3, 40];
  for (const stop of stops) {
    let batches = 0;
    const fail = (): void => {
      batches += 1;
      if (batches === stop) throw new Error('interrupted');
    };
    await expect(move(file, target.url, fail)).rejects.toThrow('interrupted');
    await expect(target.open()).rejects.toThrow('not all of it is there yet');
  }
  const steps: Step[] = [];
  expect(await move(file, target.url, (step) => steps.push(step))).toMatchObject({ same: true });
  const copied = steps.filter(({ doing }) => doing === 'copy');
  expect(copied[0]?.rows).toBeGreaterThan(43);
  expect(copied.at(-1)?.rows).toBe(copied[0]?.all);
  const [old, moved] = [await source.open(), await target.open()];
  expect(await askStore(moved)).toEqual(await askStore(old));
  expect(await workOff(moved)).toEqual(await workOff(old));
});

test('a connection that is lost in the middle of a batch leaves nothing of it', async () => {
  const { file, source } = await makeFilled();
  const target = await makeTarget();
  await expect(move(file, target.url, stopAt('copy', 'tenants'))).rejects.toThrow('stopped');
  const other = new pg.Client(target.url);
  await other.connect();
  await other.query('BEGIN; LOCK TABLE outcomes');
  const lost = expect(move(file, target.url)).rejects.toThrow('cannot be reached');
  await until(async () => {
    const ended = await target.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = current_setting('application_name') AND wait_event_type = 'Lock'",
    );
    return ended.rowCount === 1;
  }, 'the batch that waits');
  await lost;
  await other.end();
  expect(await move(file, target.url)).toMatchObject({ same: true });
  expect(await askStore(await target.open())).toEqual(await askStore(await source.open()));
});

test.each(parts.map(({ table }) => table))('a row of %s that is changed or lost is found, and named', async (table) => {
  const { file } = await makeFilled();
  const target = await makeTarget();
  await expect(move(file, target.url, stopAt('compare', 'tenants'))).rejects.toThrow('stopped');
  const part = parts.find((each) => each.table === table);
  const column = part?.columns.findLast(({ name, kind }) => kind === 'number' && !part.key.includes(name))?.name;
  const one = `WHERE ctid IN (SELECT ctid FROM ${table} LIMIT 1)`;
  const change =
    column === undefined
      ? `DELETE FROM ${table} ${one}`
      : `UPDATE ${table} SET ${column} = coalesce(${column}, 0) + 1 ${one}`;
  expect(await target.ask(`SET session_replication_role = replica; ${change}`)).toMatchObject([{}, { rowCount: 1 }]);
  const { tables, same } = await move(file, target.url);
  expect(same).toBe(false);
  const different = tables.filter((each) => !isSame(each));
  expect(different.map((each) => each.table)).toEqual([table]);
  expect(different[0]?.different).toHaveLength(1);
  await expect(target.open()).rejects.toThrow('not all of it is there yet');
});

test('no table and no column of the target is forgotten', async () => {
  const target = await makeTarget();
  await (await target.open()).close();
  const own = ['schema_version', 'signals', 'checks', 'key_check'];
  const { rows } = (await target.ask(
    `SELECT c.relname AS table, a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = current_schema::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.attnum > 0 AND NOT a.attisdropped`,
  )) as { rows: { table: string; name: string }[] };
  const there = rows.filter(({ table }) => !own.includes(table)).map(({ table, name }) => `${table}.${name}`);
  const moved = parts.flatMap(({ table, columns }) => columns.map(({ name }) => `${table}.${name}`));
  expect(moved.toSorted()).toEqual(there.toSorted());
});

test('a difference ends the command with 1, and is named by table and key', async () => {
  const { file } = await makeFilled();
  const target = await makeTarget();
  await expect(move(file, target.url, stopAt('compare', 'tenants'))).rejects.toThrow('stopped');
  await target.ask("UPDATE events SET fields = fields || ' ' WHERE id = 70; DELETE FROM counters WHERE name = 'dead'");
  const ran = await runOn(file)('migrate-store', `file:${file}`, target.url, '--json');
  expect(ran.code).toBe(1);
  expect(ran.err).toMatch(/^Not the same: events \(70\); counters \(1\/dead, 2\/dead\)\. No server starts/m);
  expect(JSON.parse(ran.out)).toMatchObject({ same: false });
});

test('the tables have the indexes that a server would have made', async () => {
  const { file } = await makeFilled();
  const [moved, made] = [await makeTarget(), await makeTarget()];
  await move(file, moved.url);
  await (await made.open()).close();
  const list = async ({ ask }: typeof moved) => {
    const found = await ask(
      "SELECT replace(indexdef, current_schema, '') AS sql FROM pg_indexes WHERE schemaname = current_schema ORDER BY 1",
    );
    return found.rows as unknown;
  };
  expect(await list(moved)).toEqual(await list(made));
});

test('the command moves, tells how far it is, and refuses what it must', async () => {
  const { file, source } = await makeFilled();
  const target = await makeTarget();
  const run = runOn(file);
  const words = ['migrate-store', `file:${file}`, target.url];
  await source.open();
  expect(await run(...words)).toMatchObject({ code: 1, err: expect.stringContaining('in use') as string });
  await source.close();
  const wrong = { APP_KEY: 'another app key that is long enough too' };
  expect((await runOn(file, wrong)(...words)).err).toContain('APP_KEY opens none of the tokens');
  expect((await run('migrate-store', target.url, `file:${file}`)).err).toContain('no way back');
  expect((await run('migrate-store', 'file:/nowhere/x.db', target.url)).err).toContain('There is no database');

  const ran = await run(...words, '--json');
  expect(ran.code).toBe(0);
  expect(ran.err).toMatch(/^100 % copied, clock$[^]*^100 % compared, clock$/m);
  expect(JSON.parse(ran.out)).toMatchObject({ same: true, tables: parts.map(({ table }) => ({ table })) });
  expect((await run(...words)).err).toContain('holds something already, in its table tenants');
  await (await target.open()).close();
});

test('a source that was changed since the move began, or has another version, is refused', async () => {
  const { file, source } = await makeFilled();
  const target = await makeTarget();
  await expect(move(file, target.url, stopAt('copy', 'tenants'))).rejects.toThrow('stopped');
  await source.open();
  await source.close();
  await expect(move(file, target.url)).rejects.toThrow('not the one that the move to the target was begun with');

  const old = new Sqlite(file);
  old.pragma('user_version = 3');
  old.close();
  await expect(move(file, target.url)).rejects.toThrow('restart the server first');
});

test('a target with another key, or with tables of somebody else, is refused', async () => {
  const { file } = await makeFilled();
  const target = await makeTarget();
  await expect(move(file, target.url, stopAt('copy', 'tenants'))).rejects.toThrow('stopped');
  const source = openSource(file);
  const other = buildKeyring(['another app key that is long enough too']);
  const given = { source, url: target.url, name: 'the target', keyring: other, tell: () => undefined };
  await expect(moveStore(given)).rejects.toThrow('APP_KEY is not the key');
  source.database.close();

  const foreign = await makeTarget();
  await foreign.ask('CREATE TABLE customers (id int)');
  await expect(move(file, foreign.url)).rejects.toThrow('holds something already, in its table customers');
  const used = await makeTarget();
  await (await used.open()).close();
  await expect(move(file, used.url)).rejects.toThrow('holds something already, in its table epochs');
});
