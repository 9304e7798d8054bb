import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './support/start-server.ts';

test.each([
  ['v20.20.2', 1, 'Node 24 or later is needed, this is 20.20.2.'],
  ['v24.0.0', 0, ''],
  ['v30.1.0', 0, ''],
])('Node %s', (version, status, says) => {
  const pretend = `data:text/javascript,Object.defineProperty(process,'version',{value:'${version}'})`;
  const ran = spawnSync(process.execPath, ['--import', pretend, '--import', './src/prepare-node.js', '-e', ''], {
    encoding: 'utf8',
  });
  expect([ran.status, ran.stderr]).toEqual([status, expect.stringContaining(says)]);
});

test('compiled code is kept where the server has made a folder for it, and nowhere else', () => {
  const folder = makeFolder();
  const settings = join(makeFolder(), 'settings');
  writeFileSync(settings, `DATABASE_URL=file:${join(folder, 'appconnect.db')}\n`);
  const args = ['--import', './src/prepare-node.js', '-e', "import('./src/server/errors.ts')"];
  const run = (): number | null => spawnSync(process.execPath, args, { env: { SETTINGS_FILE: settings } }).status;
  expect([run(), readdirSync(folder)]).toEqual([0, []]);
  const cache = join(folder, 'compile-cache');
  mkdirSync(cache);
  chmodSync(cache, 0o770);
  expect([run(), readdirSync(cache)]).toEqual([0, []]);
  chmodSync(cache, 0o700);
  expect(run()).toBe(0);
  expect(readdirSync(cache)).not.toEqual([]);
});

test('npm start, the image and docs/operate.md start the server with one command', () => {
  const read = (file: string): string => readFileSync(file, 'utf8');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
  expect(`CMD ${JSON.stringify(scripts.start.split(' ')).replaceAll('","', '", "')}`).toBe(
    read('Dockerfile').trim().split('\n').at(-1),
  );
  expect(read('docs/operate.md')).toContain(`\`${scripts.start}\``);
});
