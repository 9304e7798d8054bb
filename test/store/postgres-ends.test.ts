import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';

const program = `
  const { startPostgres } = await import(process.argv[1]);
  const postgres = await startPostgres('durable');
  await postgres.restart();
  console.log('started');
`;
const support = pathToFileURL('test/support/start-postgres.ts').href;

// `timeout`, Ctrl-C and a CI that gives up tell the whole group; the kernel that is out of memory tells nobody.
test.each([
  ['a group', 'SIGTERM'],
  ['a group', 'SIGINT'],
  ['a process', 'SIGKILL'],
] as const)('%s that ends by %s leaves neither a PostgreSQL nor its folder', async (whom, signal) => {
  const TMPDIR = makeFolder();
  // As /tmp: PostgreSQL may be somebody else, who then takes the folder away.
  chmodSync(TMPDIR, 0o1777);
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, support], {
    detached: true,
    env: { ...process.env, TMPDIR },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(readdirSync(TMPDIR)).toHaveLength(1);
  const pid = child.pid ?? NaN;
  process.kill(whom === 'a group' ? -pid : pid, signal);
  await until(() => readdirSync(TMPDIR).length === 0, 'the folder that is gone');
});
