import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeEnv } from './node-env.ts';
import { waitUntil } from './wait-until.ts';

/** How a process ended: `code` is null when a signal did it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnOptions {
  readonly settings: Readonly<Record<string, string>>;
  /** Where its output goes. */
  readonly folder: string;
  /** `src/main.ts`, or another entry that composes the server as it does. */
  readonly entry?: string;
  /** Another checkout. */
  readonly root?: string | undefined;
  /** The number of the next start, where several servers are counted together; its own starts when left out. */
  readonly nextStart?: () => number;
}

/** The server as a process of its own, to be killed and started again on the same database and port. */
export interface SpawnedServer {
  readonly url: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Where it was started: the checkout. */
  readonly root: string;
  /** The number of the last start; 0 before the first. */
  readonly starts: number;
  readonly pid: number;
  /** Resolves with how the process that was started last ended. */
  readonly ended: Promise<Exit>;
  /** Starts the process, and does not wait for it. */
  start(): void;
  /** Resolves when it answers. Rejects when it ended before that. */
  answering(): Promise<void>;
  /** Sends the signal to this process alone, and resolves with how it ended. Of one that has ended already, how it did. */
  stop(signal: NodeJS.Signals): Promise<Exit>;
  /** Memory in use, in bytes. */
  memory(): number;
  output(): string;
}

const ownRoot = join(import.meta.dirname, '../..');

export function spawnServer({
  settings,
  folder,
  entry = 'src/main.ts',
  root = ownRoot,
  nextStart,
}: SpawnOptions): SpawnedServer {
  const url = settings['PUBLIC_URL'] ?? '';
  const outputFile = join(folder, 'output.log');
  let child: ChildProcess | undefined;
  let ended: Promise<Exit> | undefined;
  let starts = 0;

  const running = (): ChildProcess => {
    if (child === undefined) throw new Error('The server was not started.');
    return child;
  };
  const output = (): string => readFileSync(outputFile, 'utf8');

  return {
    url,
    settings,
    root,
    get starts() {
      return starts;
    },
    get pid() {
      return running().pid ?? 0;
    },
    get ended() {
      if (ended === undefined) throw new Error('The server was not started.');
      return ended;
    },
    start() {
      starts = nextStart?.() ?? starts + 1;
      const log = openSync(outputFile, 'a');
      const started = spawn(process.execPath, [entry], {
        cwd: root,
        env: { ...nodeEnv(), ...settings, STARTS: String(starts) },
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      child = started;
      ended = new Promise((resolve) => {
        const number = starts;
        started.once('exit', (code, signal) => {
          // From now on others may begin what it had begun.
          if (settings['RECORD'] !== undefined) appendFileSync(settings['RECORD'], `[${number},"gone"]\n`);
          resolve({ code, signal });
        });
      });
    },
    async answering() {
      const current = running();
      await waitUntil(async () => {
        if (current.exitCode !== null) throw new Error(`The server ended (${current.exitCode}):\n${output()}`);
        return current.signalCode !== null || (await isLive(url));
      }, 'the server answers');
    },
    async stop(signal) {
      running().kill(signal);
      return (await ended) ?? { code: null, signal };
    },
    memory: () => readMemory(running().pid ?? 0),
    output,
  };
}

async function isLive(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/live`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Resident set size from Linux' /proc; 0 where there is none (macOS), so that a limit on it holds there unseen. */
function readMemory(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
