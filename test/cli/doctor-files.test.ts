import { chmodSync, closeSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/tools/cli/finding.ts';
import { openInbox } from '../support/start-inbox.ts';
import { runServer } from '../support/run-server.ts';
import { makeFolder, testSettings } from '../support/start-server.ts';
import { runOn } from './run-appconnect.ts';

async function openHouse() {
  const folder = makeFolder();
  const file = join(folder, 'appconnect.db');
  const inbox = await openInbox({ folder, settings: { APP_KEY: '' } });
  const examine = async (...words: string[]): Promise<Finding[]> =>
    JSON.parse((await runOn(file, { APP_KEY: '' })('doctor', '--json', ...words)).out) as Finding[];
  return { file, key: join(folder, 'app.key'), inbox, examine };
}
const wrong = (findings: readonly Finding[]): string[] =>
  findings.filter(({ state }) => state === 'wrong').map(({ says }) => says);

test('files that others may read, and a folder that others may write, are wrong', async () => {
  const { file, key, inbox, examine } = await openHouse();
  expect(wrong(await examine())).toEqual([]);
  chmodSync(file, 0o644);
  chmodSync(`${file}-wal`, 0o640);
  chmodSync(dirname(file), 0o777);
  const says = wrong(await examine());
  chmodSync(dirname(file), 0o755);
  expect(says).toEqual([
    `Others on this machine may read ${file}.`,
    `Others on this machine may read ${file}-wal.`,
    `Others on this machine may write in ${dirname(file)}, and put another database or key there.`,
  ]);
  const notes = (await examine()).filter(({ state }) => state === 'note').map(({ says: note }) => note);
  expect(notes).toContain(`Others on this machine may look into ${dirname(file)}.`);
  // The next start makes them private again.
  await inbox.services.close();
  chmodSync(key, 0o644);
  await openInbox({ folder: dirname(file), settings: { APP_KEY: '' } });
  expect([statSync(file).mode & 0o777, statSync(key).mode & 0o777]).toEqual([0o600, 0o600]);
});

test('damage is found, by a quick look and by a full one', async () => {
  const { file, inbox, examine } = await openHouse();
  const tenant = await inbox.addTenant('1');
  for (let id = 0; id < 50; id += 1) await inbox.send(tenant, { id, text: 'x'.repeat(3000) });
  await inbox.services.close();
  expect((await examine()).map(({ says }) => says)).toContain('The database is whole.');
  const handle = openSync(file, 'r+');
  writeSync(handle, 'damage '.repeat(1000), statSync(file).size - 8192);
  closeSync(handle);
  for (const words of [[], ['--full']])
    expect(wrong(await examine(...words))).toContainEqual(expect.stringContaining('The database is damaged:'));
  const { code, err } = await runServer({ ...testSettings(1, dirname(file)), APP_KEY: '' }).exit;
  expect([code, err]).toEqual([1, expect.stringContaining(`The database ${file} is damaged (`)]);
});

test('a write-ahead log that has grown beyond 100 MB is wrong', async () => {
  const { file, inbox, examine } = await openHouse();
  await inbox.send(1, { id: 1 });
  truncateSync(`${file}-wal`, 120 * 1024 * 1024);
  expect(wrong(await examine())).toContain('The write-ahead log has grown to 120 MB.');
});
