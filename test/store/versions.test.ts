import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { pauseReasons } from '../../src/server/forwards/pause-reasons.ts';
import { migrations } from '../../src/server/store/sqlite/migrations.ts';
import { pauseReasons as pauseReasonsStep } from '../../src/server/store/sqlite/migrations/pause-reasons.ts';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';
import { runOn } from '../cli/run-appconnect.ts';
import { listening, runServer } from '../support/run-server.ts';
import { findFreePort } from '../support/find-free-port.ts';
import { makeFolder, testSettings } from '../support/start-server.ts';

const newest = migrations.length;

/** A database as an older program left it. */
function makeOld(folder: string, version = 1): { file: string; old: Database.Database } {
  const file = join(folder, 'appconnect.db');
  const old = new Database(file);
  old.pragma('journal_mode = WAL');
  for (const sql of migrations.slice(0, version)) old.exec(sql);
  old.pragma(`user_version = ${version}`);
  old.exec("INSERT INTO events (tenant_id, modcode, hook, received_at, fields) VALUES (1, 'm', 'h', 5, '{}')");
  return { file, old };
}
const schemaOf = (database: Database.Database): unknown[] => [
  database.pragma('user_version', { simple: true }),
  ...database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all(),
];

test('beside an older server that runs, the new command line changes nothing, whatever the command', async () => {
  const { file, old } = makeOld(makeFolder());
  const before = schemaOf(old);
  const says = `The database ${file} is version 1, this program needs version ${newest}: restart the server first, which brings it up to date.`;
  for (const words of [
    ['tenants'],
    ['events', 'list'],
    ['events', 'remove', '1'],
    ['gaps', 'list'],
    ['forwards', 'list'],
  ])
    expect([words, await runOn(file)(...words)]).toEqual([words, { code: 1, out: '', err: `${says}\n` }]);
  const doctor = await runOn(file)('doctor');
  expect([doctor.code, doctor.out]).toEqual([1, expect.stringContaining(`wrong  ${says}`) as string]);
  expect(schemaOf(old)).toEqual(before);
  // The old server goes on with its own statements.
  expect(old.prepare('SELECT count(*) AS days FROM days').get()).toEqual({ days: 0 });
  old.close();
});

test('a newer database is left as it is, by the command line, by doctor and by the server', async () => {
  const folder = makeFolder();
  const file = join(folder, 'appconnect.db');
  const database = openDatabase(file);
  database.pragma(`user_version = ${newest + 1}`);
  const before = schemaOf(database);
  const says = `is newer (version ${newest + 1}) than this program (version ${newest}).`;
  expect(() => openDatabase(file)).toThrow(says);
  expect((await runOn(file)('tenants')).err).toContain(says);
  expect((await runOn(file)('doctor')).out).toContain(says);
  const { code, err } = await runServer(testSettings(1, folder)).exit;
  expect([code, err.trimEnd().split('\n').length]).toEqual([1, 2]);
  expect(err).toContain(says);
  expect(schemaOf(database)).toEqual(before);
  expect(readdirSync(folder).filter((name) => name.includes('version'))).toEqual([]);
  database.close();
});

test('a file that is not there is never made by the command line', async () => {
  const folder = makeFolder();
  const file = join(folder, 'sub', 'appconnect.db');
  for (const words of [['tenants'], ['events', 'list'], ['doctor']]) {
    const ran = await runOn(file)(...words);
    expect(ran.err + ran.out).toContain(`There is no database ${file}`);
  }
  expect(existsSync(join(folder, 'sub'))).toBe(false);
});

test('before it migrates, the server keeps a copy, checked and private, until the next; and says how long it took', async () => {
  const folder = makeFolder();
  const { file, old } = makeOld(folder);
  old.close();
  const before = schemaOf(new Database(file, { readonly: true }));
  const port = await findFreePort();
  const server = runServer(testSettings(port, folder));
  const lines = await listening(server);
  const copy = `${file}.version-1`;
  expect(lines).toContainEqual(
    expect.objectContaining({ from: 1, to: newest, copy, ms: expect.any(Number) as number }) as object,
  );
  await server.stop();
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const kept = new Database(copy, { readonly: true });
  expect(kept.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(schemaOf(kept)).toEqual(before);
  expect(kept.prepare('SELECT count(*) AS events FROM events').get()).toEqual({ events: 1 });
  kept.close();
});

test('the copy of a version takes the place of the one before; without room for it, or when told so, none is kept', () => {
  const folder = makeFolder();
  makeOld(folder, 1).old.close();
  const file = join(folder, 'appconnect.db');
  const copies = (): string[] => readdirSync(folder).filter((name) => name.includes('.version-'));
  openDatabase(file).close();
  const database = new Database(file);
  database.pragma('user_version = 0');
  database.close();
  expect(copies()).toEqual(['appconnect.db.version-1']);

  const other = makeFolder();
  makeOld(other, 1).old.close();
  openDatabase(join(other, 'appconnect.db'), { keepCopy: false }).close();
  expect(readdirSync(other)).toEqual(['appconnect.db']);
});

test('what is no database is refused in one sentence', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'appconnect.db'), 'junk '.repeat(1000));
  const { code, err } = await runServer(testSettings(1, folder)).exit;
  expect([code, err]).toEqual([
    1,
    `${join(folder, 'appconnect.db')} cannot be read as a database: file is not a database.\nThe server was not started.\n`,
  ]);
});

test('why a forward is paused, once a sentence, becomes its code', () => {
  const { file, old } = makeOld(makeFolder(), migrations.indexOf(pauseReasonsStep));
  old.pragma('foreign_keys = OFF');
  const add = old.prepare("INSERT INTO forwards (tenant_id, url, hooks, secrets, paused) VALUES (1, ?, '[]', '[]', ?)");
  const sentences = [...Object.entries(pauseReasons), ['operator', 'Somebody’s own words.']];
  sentences.forEach(([, sentence], at) => add.run(`https://erp.example/${at}`, sentence));
  add.run('https://erp.example/runs', null);
  old.close();
  const paused = openDatabase(file).prepare('SELECT paused FROM forwards ORDER BY id').pluck().all();
  expect(paused).toEqual([...sentences.map(([code]) => code), null]);
});
