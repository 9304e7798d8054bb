import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Environment } from '../src/server/config.ts';
import { examineSettings } from '../src/server/settings-file.ts';
import { processOn } from './cli/run-appconnect.ts';
import { listening, runServer } from './support/run-server.ts';
import { findFreePort } from './support/find-free-port.ts';
import { makeFolder, testSettings } from './support/start-server.ts';

function examine(text: string): string[] {
  const file = join(makeFolder(), '.env');
  writeFileSync(file, text, { mode: 0o600 });
  return examineSettings(file, Object.keys(Environment.shape)).map((says) => says.replaceAll(file, '.env'));
}

test.each([
  ['a # in the value', 'MICROBIZZ_SECRETKEY=abc#123def'],
  ['double quotes', 'MICROBIZZ_SECRETKEY="abc123def"'],
  ['single quotes, and more', "MICROBIZZ_SECRETKEY='abc'def"],
  ['a blank at the end', 'MICROBIZZ_SECRETKEY=abc '],
  ['a remark behind', 'MICROBIZZ_SECRETKEY=abc # from Ventu'],
  ['export', 'export MICROBIZZ_SECRETKEY=abc'],
  ['more than one line', 'MICROBIZZ_SECRETKEY="abc\ndef"'],
])('%s is read in two ways, and said without the value', (_name, text) => {
  const said = examine(`HOST=127.0.0.1\n${text}\n`).join('\n');
  expect(said).toContain('MICROBIZZ_SECRETKEY in .env');
  expect(said).not.toMatch(/abc|def/);
});

test.each(['A secret=with=signs', 'abc+/=', 'æøå', ''])('%s is read in one way', (value) => {
  expect(examine(`# a remark # with signs\n\nMICROBIZZ_SECRETKEY=${value}\r\nPORT=3000`)).toEqual([]);
});

test('a name that is no setting is said, with the one that may be meant', () => {
  expect(examine('MICROBIZZ_HOST=a.example\nCRM_URL=x')).toEqual([
    'CRM_URL in .env is no setting of this server.',
    'MICROBIZZ_HOST in .env is no setting of this server. Is MICROBIZZ_HOSTS meant?',
  ]);
});

test('a file that others may read, and values read in two ways, are said at the start and by doctor', async () => {
  const folder = makeFolder();
  const file = join(folder, 'my settings');
  const { MICROBIZZ_SECRETKEY = '', ...settings } = testSettings(await findFreePort(), folder);
  writeFileSync(file, `MICROBIZZ_SECRETKEY="${MICROBIZZ_SECRETKEY}"\n`);
  chmodSync(file, 0o644);
  const lines = await listening(runServer({ ...settings, SETTINGS_FILE: file }, makeFolder()));
  expect(lines[0]).toMatchObject({ settings: file });
  const warned = lines.filter(({ level }) => level === 40).map(({ msg }) => String(msg));
  expect(warned).toEqual([
    expect.stringContaining(`MICROBIZZ_SECRETKEY in ${file} is read without its quotes`) as string,
    expect.stringContaining(`Others on this machine may read ${file}`) as string,
  ]);
  const run = processOn(join(folder, 'appconnect.db'), { SETTINGS_FILE: file });
  const { out } = await run('doctor');
  for (const says of warned) expect(out).toContain(`note   ${says}`);
});

test('a file that is named and not there is no start', async () => {
  const folder = makeFolder();
  const settings = { ...testSettings(1, folder), SETTINGS_FILE: join(folder, 'none') };
  const { code, err } = await runServer(settings).exit;
  expect([code, err]).toEqual([1, expect.stringContaining(`SETTINGS_FILE names ${join(folder, 'none')}`) as string]);
});
