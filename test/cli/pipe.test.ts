import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodeEnv } from '../support/node-env.ts';
import { openInbox } from '../support/start-inbox.ts';
import { makeFolder, testSettings } from '../support/start-server.ts';

const run = promisify(execFile);

test.each(['--json', ''])('a list of which only the head is wanted ends without a word (%s)', async (how) => {
  const folder = makeFolder();
  const inbox = await openInbox({ folder });
  const tenant = await inbox.addTenant('1');
  await Promise.all(Array.from({ length: 3000 }, (_, id) => inbox.send(tenant, { id })));
  const command = `"${process.execPath}" src/tools/cli/main.ts events list --limit 3000 ${how} | head -1`;
  const { stdout, stderr } = await run('/bin/sh', ['-c', command], {
    env: { ...nodeEnv(), ...testSettings(1, folder) },
  });
  expect([stdout.split('\n').length, stderr]).toEqual([2, '']);
});
