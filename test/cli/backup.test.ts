import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openInbox, type TestInbox } from '../support/start-inbox.ts';
import { runServer } from '../support/run-server.ts';
import { makeFolder, testSettings } from '../support/start-server.ts';
import { processOn, runOn } from './run-appconnect.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

interface House extends TestInbox {
  readonly folder: string;
  readonly file: string;
  readonly tenant: number;
  readonly run: ReturnType<typeof runOn>;
}
async function openHouse(folder = makeFolder(), settings: Record<string, string> = {}): Promise<House> {
  const inbox = await openInbox({ folder, settings });
  const tenant = await inbox.addTenant('1');
  const file = join(folder, 'appconnect.db');
  return { ...inbox, folder, file, tenant, run: runOn(file, settings) };
}
function idsIn(file: string): number[] {
  const database = new Database(file, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const ids = database.prepare<[], number>('SELECT id FROM events ORDER BY id').pluck().all();
  database.close();
  return ids;
}

test('beside a server that takes events all the while, a backup ends, and has all that was acknowledged before it', async () => {
  const house = await openHouse();
  house.work();
  const text = 'x'.repeat(20_000);
  for (let id = 0; id < 400; id += 1) await house.send(house.tenant, { id, text });
  const copy = join(house.folder, 'copy.db');
  const before: number[] = [];
  for (let id = 0; id < 20; id += 1) before.push(await house.send(house.tenant, { id, text: 'before' }));
  const state = { ended: false };
  const backup = processOn(house.file)('backup', copy, '--json').finally(() => (state.ended = true));
  let meanwhile = 0;
  while (!state.ended) {
    await house.send(house.tenant, { id: meanwhile, meanwhile: (meanwhile += 1) });
    await nextTurn();
  }
  expect(JSON.parse((await backup).out)).toMatchObject({ file: copy, key: null });
  expect(meanwhile).toBeGreaterThan(10);
  expect(idsIn(copy)).toEqual(expect.arrayContaining(before));
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(readdirSync(house.folder).filter((name) => name.includes('part'))).toEqual([]);
});

test('nothing is overwritten, and a backup that fails leaves nothing behind', async () => {
  const { folder, run } = await openHouse();
  const copy = join(folder, 'copy.db');
  writeFileSync(copy, 'mine');
  expect(await run('backup', copy)).toMatchObject({
    code: 1,
    err: `${copy} is there already: nothing is overwritten.\n`,
  });
  expect(readFileSync(copy, 'utf8')).toBe('mine');
  const nowhere = join(folder, 'none', 'copy.db');
  expect((await run('backup', nowhere)).code).toBe(1);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test('the key is in the backup only when asked for, and then for its owner alone', async () => {
  const settings = { APP_KEY: '' };
  const house = await openHouse(makeFolder(), settings);
  const key = readFileSync(join(house.folder, 'app.key'), 'utf8');
  const [plain, whole] = [join(house.folder, 'plain.db'), join(house.folder, 'whole.db')];
  expect((await house.run('backup', plain)).out).toContain('The key is not in it');
  expect(existsSync(`${plain}.key`)).toBe(false);
  expect(readFileSync(plain).includes(key.trim())).toBe(false);
  await house.run('backup', whole, '--with-key');
  expect([readFileSync(`${whole}.key`, 'utf8'), statSync(`${whole}.key`).mode & 0o777]).toEqual([key, 0o600]);
  await house.services.close();

  // On another machine: database and key come out of the two files.
  const elsewhere = makeFolder();
  const ran = await runOn(join(elsewhere, 'appconnect.db'), settings)('restore', whole);
  expect([ran.code, ran.err]).toEqual([0, '']);
  expect(readFileSync(join(elsewhere, 'app.key'), 'utf8')).toBe(key);
  const foreign = await runOn(join(makeFolder(), 'appconnect.db'))('restore', plain);
  expect(foreign.out).toContain('APP_KEY opens none of the tokens');
  const [tenant] = await (await openInbox({ folder: elsewhere, settings })).services.connections.listTenants();
  expect(tenant?.credentials.accesstoken.reveal()).toBe('token');
});

test('a restore is refused while a server has the database open, and changes nothing', async () => {
  const house = await openHouse();
  const copy = join(house.folder, 'copy.db');
  await house.run('backup', copy);
  const id = await house.send(house.tenant, { id: 1 });
  const before = readdirSync(house.folder).toSorted();
  const { code, err } = await processOn(house.file)('restore', copy);
  expect([code, err]).toEqual([
    1,
    `${house.file} is in use: first stop the server and every other program that has it open.\n`,
  ]);
  expect(readdirSync(house.folder).toSorted()).toEqual(before);
  expect(idsIn(house.file)).toContain(id);
  expect(await house.send(house.tenant, { id: 2 })).toBe(id + 1);
});

test.each(['left by a crash', 'of a healthy end', 'that is damaged'])(
  'restored over a database %s: what is in the backup is there, the old database is kept, and no name comes again',
  async (how) => {
    const house = await openHouse();
    const { folder, file, tenant, services } = house;
    const { nameOf } = services.store;
    const kept = [await house.send(tenant, { id: 1 }), await house.send(tenant, { id: 2 })];
    const names = await Promise.all(kept.map(nameOf));
    const copy = join(folder, 'copy.db');
    await house.run('backup', copy);
    const lost = [await house.send(tenant, { id: 3 }), await house.send(tenant, { id: 4 })];
    const given = [...names, ...(await Promise.all(lost.map(nameOf)))];
    // As kill -9 leaves them: with the write-ahead log of what came after the backup.
    const ends = ['', '-wal', '-shm'];
    if (how === 'left by a crash') for (const end of ends) copyFileSync(file + end, `${file}.crash${end}`);
    await services.close();
    if (how === 'left by a crash') for (const end of ends) copyFileSync(`${file}.crash${end}`, file + end);
    if (how === 'that is damaged') {
      writeFileSync(file, 'no database any more '.repeat(1000));
      writeFileSync(`${file}-wal`, 'nor this');
    }

    const ran = await house.run('restore', copy, '--json');
    expect([ran.code, ran.err]).toEqual([0, '']);
    const { aside } = JSON.parse(ran.out) as { aside: string };
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(idsIn(file)).toEqual(kept);
    if (how !== 'that is damaged') expect(idsIn(aside)).toEqual([...kept, ...lost]);
    else expect(readFileSync(aside, 'utf8')).toContain('no database any more');

    const again = await openInbox({ folder });
    expect(await Promise.all(kept.map(again.services.store.nameOf))).toEqual(names);
    const fresh = [await again.send(tenant, { id: 5 }), await again.send(tenant, { id: 6 })];
    expect(fresh).toEqual(lost);
    const all = [...given, ...(await Promise.all(fresh.map(again.services.store.nameOf)))];
    expect(new Set(all).size).toBe(6);
  },
);

test('a backup copied by hand over a database whose log was left is not worked with', async () => {
  const house = await openHouse();
  const { folder, file, tenant, services } = house;
  // More than the log holds before it begins anew: it has the last pages only, and they do not fit the backup's.
  const text = 'x'.repeat(50_000);
  for (let id = 0; id < 200; id += 1) await house.send(tenant, { id, text });
  const copy = join(folder, 'copy.db');
  await house.run('backup', copy);
  for (let id = 200; id < 700; id += 1) await house.send(tenant, { id, text });
  copyFileSync(`${file}-wal`, `${file}-left`);
  await services.close();
  copyFileSync(copy, file);
  copyFileSync(`${file}-left`, `${file}-wal`);
  const { code, err } = await runServer(testSettings(1, folder)).exit;
  expect([code, err]).toEqual([1, expect.stringMatching(/(is damaged|cannot be read)/) as string]);
  expect((await house.run('doctor')).out).toMatch(/wrong .*(is damaged|cannot be read)/);
  expect((await house.run('restore', copy)).code).toBe(0);
  expect(idsIn(file)).toHaveLength(200);
});

test('what is no backup is not restored', async () => {
  const house = await openHouse();
  const { folder, file, run } = house;
  await house.services.close();
  const [junk, empty, cut] = ['junk', 'empty', 'cut'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(junk, 'junk '.repeat(2000));
  new Database(empty).exec('CREATE TABLE t (id)').close();
  writeFileSync(cut, readFileSync(file).subarray(0, 40_960));
  for (const each of [junk, empty, cut, join(folder, 'none')]) {
    const ran = await run('restore', each);
    expect([each, ran.code, ran.out]).toEqual([each, 1, '']);
    expect(ran.err.split('\n')).toHaveLength(2);
  }
  rmSync(cut);
  expect(idsIn(file)).toEqual([]);
  expect(readdirSync(folder).filter((name) => /restor|before|part/.test(name))).toEqual([]);
});
