import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { openPostgresStore } from '../../src/server/store/postgres/open-postgres-store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { isSame } from '../../src/tools/cli/migrate-store/compare.ts';
import { moveStore, type Moved, type Step } from '../../src/tools/cli/migrate-store/move-store.ts';
import { openSource } from '../../src/tools/cli/migrate-store/source.ts';
import { parts } from '../../src/tools/cli/migrate-store/tables.ts';
import { runOn } from '../cli/run-appconnect.ts';
import { appKey, makeFolder } from '../support/start-server.ts';
import { askStore, plain, workOff } from './ask-store.ts';
import { addForward, connect, describeAll, event, handleAll, noon, receive, sortAll } from './battery/world.ts';
import { fillStore } from './fill-store.ts';
import { until } from '../support/until.ts';
import { makeSchema, urlOf } from './open-postgres.ts';

const keyring = buildKeyring([appKey]);
const small = { rows: 7, bytes: 20_000 };

/** Opens the file as a server does, again and again: each closes the one before. */
function sqliteOf(file: string): { open: () => Promise<Store>; close: () => Promise<void> } {
  let opened: Store | undefined;
  const close = async (): Promise<void> => {
    await opened?.close();
    opened = undefined;
  };
  onTestFinished(close);
  return {
    close,
    async open() {
      await close();
      opened = buildStore(await openSqliteStore(file), keyring);
      return opened;
    },
  };
}

async function makeTarget() {
  const { schema, end } = await makeSchema();
  const url = urlOf(schema);
  onTestFinished(end);
  const ask = async (sql: string): Promise<pg.QueryResult> => {
    const client = new pg.Client(url);
    await client.connect();
    return client.query(sql).finally(() => client.end());
  };
  const open = async (): Promise<Store> => {
    const store = buildStore((await openPostgresStore(url)).adapter, keyring);
    onTestFinished(() => store.close());
    return store;
  };
  return { url, ask, open };
}

async function makeFilled() {
  const file = join(makeFolder(), 'appconnect.db');
  const source = sqliteOf(file);
  await fillStore(source.open);
  await source.close();
  return { file, source };
}

/** The move, as the command does it. */
async function move(file: string, url: string, tell: (step: Step) => void = () => undefined): Promise<Moved> {
  const source = openSource(file);
  try {
    return await moveStore({ source, url, name: 'the target', keyring, tell, size: small });
  } finally {
    source.database.close();
  }
}

const stopAt = (doing: Step['doing'], table: string) => (step: Step) => {
  if (step.doing === doing && step.table === table) throw new Error('stopped');
};

const stateOf = (file: string): string =>
  `${statSync(file).mtimeMs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;

test('what is moved answers every question as before, and its work goes on in the same order', async () => {
  const { file, source } = await makeFilled();
  const before = stateOf(file);
  const target = await makeTarget();
  const { tables, same } = await move(file, target.url);
  expect(same).toBe(true);
  expect(tables.filter(({ source: { rows } }) => rows === 0).map(({ table }) => table)).toEqual([]);
  expect(stateOf(file)).toBe(before);
  const [old, moved] = [await source.open(), await target.open()];
  expect(await askStore(moved)).toEqual(await askStore(old));
  for (const store of [old, moved]) {
    await sortAll(store);
    await describeAll(store);
  }
  expect(await askStore(moved)).toEqual(await askStore(old));
  expect(await workOff(moved)).toEqual(await workOff(old));
  expect(await askStore(moved)).toEqual(await askStore(old));
});

test('new ids are above all that were given, and what is new takes its place behind what is moved', async () => {
  const { file, source } = await makeFilled();
  const target = await makeTarget();
  await move(file, target.url);
  const [old, moved] = [await source.open(), await target.open()];
  const goOn = async (store: Store) => {
    const tenant = await connect(store, 'new');
    const forward = await addForward(store, tenant);
    const [id = 0] = await receive(store, event(tenant, { id: 1 }));
    await handleAll(store, noon);
    await describeAll(store);
    await store.connections.noteVerified('away', noon);
    await sortAll(store);
    const last = plain(await store.operator.listEvents({}, { limit: 3 }));
    return { tenant, forward: forward.id, id, last };
  };
  const [here, there] = [await goOn(old), await goOn(moved)];
  expect(there).toEqual(here);
  expect(await moved.nameOf(there.id)).not.toBe(await old.nameOf(here.id));
});

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
  expect(ran.err).toMatch(/100 % copied, clock: \d+ rows a second, 0 s left\n(.*\n)*100 % compared, clock/);
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
  await expect(move(file, target.url)).rejects.toThrow('not what the move to the target was begun with');

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
