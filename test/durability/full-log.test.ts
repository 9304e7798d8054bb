import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { nodeEnv } from '../support/node-env.ts';
import { findFreePort } from '../support/find-free-port.ts';
import { makeFolder, testSettings } from '../support/start-server.ts';
import { until } from '../support/until.ts';

test.skipIf(!existsSync('/dev/full'))('a log on a full disk costs its lines, not the server', async () => {
  const port = await findFreePort();
  const env = { ...nodeEnv(), ...testSettings(port, makeFolder()), LOG_LEVEL: 'info' };
  const full = openSync('/dev/full', 'w');
  const server = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', full, 'ignore'] });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  const ended = once(server, 'exit');
  const live = await until(() => fetch(`http://127.0.0.1:${port}/health/live`).catch(() => undefined), 'an answer');
  expect(await live.json()).toEqual({ status: 'ok' });
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
