import { join } from 'node:path';
import { startSandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { spawnServer, type SpawnedServer } from './spawn-server.ts';
import { findFreePort } from './find-free-port.ts';
import { connectTo, keys, testSettings } from './start-server.ts';

export interface Recording {
  readonly server: SpawnedServer;
  /** The event URLs that the server handed out, by `modcode/hook`. */
  readonly urls: ReadonlyMap<string, string>;
  readonly database: string;
  /** What the handlers wrote down. */
  readonly record: string;
}

export const recordingEntry = 'test/support/recording-main.ts';

/** Starts recording-main.ts with a database of its own in `folder`, and connects it to a sandbox that is then no longer needed. */
export async function startRecording(
  folder: string,
  more: Readonly<Record<string, string>> = {},
  nextStart?: () => number,
): Promise<Recording> {
  const sandbox = await startSandbox(keys);
  const record = join(folder, 'handled');
  const settings = {
    ...testSettings(await findFreePort(), folder),
    MICROBIZZ_URL: sandbox.url,
    FORWARD_PRIVATE_HOSTS: '127.0.0.1',
    LOG_LEVEL: 'error',
    RECORD: record,
    ...more,
  };
  const server = spawnServer({ settings, folder, entry: recordingEntry, ...(nextStart && { nextStart }) });
  server.start();
  try {
    await server.answering();
    const { hooks } = await connectTo(`${server.url}/connect`, sandbox);
    const urls = new Map(hooks.map(({ modcode, hook, url }) => [`${modcode}/${hook}`, url]));
    return { server, urls, database: join(folder, 'appconnect.db'), record };
  } catch (error) {
    await server.stop('SIGKILL');
    throw error;
  } finally {
    await sandbox.close();
  }
}
