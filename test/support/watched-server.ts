import { fork, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startSandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { nodeEnv } from './node-env.ts';
import { findFreePort } from './find-free-port.ts';
import { connectTo, keys, testSettings } from './start-server.ts';
import { waitUntil } from './wait-until.ts';

const ownRoot = join(import.meta.dirname, '../..');

export interface WatchedServer {
  readonly child: ChildProcess;
  /** Sends an event and answers its HTTP status; 0 when nothing came back. */
  send(fields: Readonly<Record<string, string>>): Promise<number>;
  /** The address of a page as Microbizz opens it. */
  page(hook: string): string;
  /** Runs a command of the command line. */
  command(...words: string[]): Promise<void>;
  /** Runs the work, and answers the longest hold of the server's thread until it is quiet again, in ms; undefined if the process ended. */
  watch(work: () => Promise<unknown>, patience?: number): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** A server as src/main.ts starts it, of this or of another checkout, connected to a sandbox, with its thread watched. */
export async function startWatched(folder: string, root = ownRoot): Promise<WatchedServer> {
  const sandbox = await startSandbox(keys);
  const settings = {
    ...testSettings(await findFreePort(), folder),
    MICROBIZZ_URL: sandbox.url,
    FORWARD_PRIVATE_HOSTS: '127.0.0.1',
    LOG_LEVEL: 'error',
  };
  const url = (settings as Record<string, string>)['PUBLIC_URL'] ?? '';
  const env = { ...nodeEnv(), CONNECT: 'open', ...settings };
  const log = openSync(join(folder, 'output.log'), 'a');
  const child = fork(join(root, 'src/main.ts'), {
    cwd: folder,
    env,
    execArgv: ['--import', join(import.meta.dirname, 'watch-loop.js')],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await sandbox.close();
  };
  try {
    await waitUntil(async () => (await statusOf(`${url}/health/live`)) === 200, 'the server answers');
    const { hooks } = await connectTo(`${url}/connect`, sandbox);
    const address = hooks.find(({ hook }) => hook === 'event_invoice_line_change')?.url ?? '';
    return {
      child,
      stop,
      send(fields) {
        // As PHP's curl does: a form of 1 MB that is urlencoded has 2.
        const body = new FormData();
        for (const [name, value] of Object.entries(fields)) body.set(name, value);
        return statusOf(address, { method: 'POST', body });
      },
      page: (hook) => sandbox.interfaceUrl('user', hook, 12),
      command: (...words) => run(process.execPath, [commandLineOf(root), ...words], folder, env),
      watch: (work, patience) => watch(child, work, patience),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where it stands in this checkout, or stood before the wings. */
function commandLineOf(root: string): string {
  const places = ['src/tools/cli/main.ts', 'src/cli/main.ts'].map((place) => join(root, place));
  return places.find((place) => existsSync(place)) ?? '';
}

/** Quiet: nothing held the thread for 50 ms, four times in a row. */
async function watch(
  child: ChildProcess,
  work: () => Promise<unknown>,
  patience = 60_000,
): Promise<number | undefined> {
  await ask(child);
  const state = { longest: 0, ended: false };
  const working = work().finally(() => {
    state.ended = true;
  });
  const until = performance.now() + patience;
  for (let quiet = 0; quiet < 4;) {
    await pause(250);
    const hold = await ask(child);
    if (hold === undefined || (state.ended && performance.now() > until)) break;
    state.longest = Math.max(state.longest, hold);
    quiet = state.ended && hold < 50 ? quiet + 1 : 0;
  }
  await working;
  return child.exitCode === null && child.signalCode === null ? state.longest : undefined;
}

function ask(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve) => {
    if (!child.connected) {
      resolve(undefined);
      return;
    }
    const gone = (): void => {
      resolve(undefined);
    };
    child.once('exit', gone);
    child.once('message', (hold: number) => {
      child.off('exit', gone);
      resolve(hold);
    });
    child.send('tell');
  });
}

export async function statusOf(url: string, init?: RequestInit): Promise<number> {
  try {
    const answer = await fetch(url, init);
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${args.join(' ')} ended with ${code}`));
    });
  });
}
