import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { nodeEnv } from './node-env.ts';
import type { ForwardReceiver } from './record-forwards.ts';
import type { SpawnedServer } from './spawn-server.ts';

/** As an operator does it while the server runs: by the command line. */
export async function addForward({ settings, root }: SpawnedServer, { url, secret }: ForwardReceiver): Promise<void> {
  const command = ['src/tools/cli/main.ts', 'forwards', 'add', '1', url, '--secret', secret, '--json'];
  await promisify(execFile)(process.execPath, command, { cwd: root, env: { ...nodeEnv(), ...settings } });
}
