import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTree } from './machine.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The end of what it wrote to stderr: why it did not start. */
  readonly complaint: () => string;
}

export interface StartOptions {
  /** Left out with `command`. */
  readonly script?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly ipc?: boolean;
}

const running = new Set<number>();
const folders = new Set<string>();

export function startProcess(options: StartOptions): Started {
  const { script, env = {}, ipc = false, cwd } = options;
  const own = script === undefined ? (options.command ?? []) : [process.execPath, script];
  const [command = '', ...args] = [...own, ...(options.args ?? [])];
  const child = spawn(command, args, {
    // Nothing of the caller's settings may reach a server that is measured.
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'pipe', ...(ipc ? ['ipc' as const] : [])],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started.`);
  running.add(pid);
  child.once('exit', () => running.delete(pid));
  return { child, pid, complaint: () => complaint };
}

/** Asks it to end, and ends it with all its children after two seconds. */
export async function stopProcess({ child, pid }: Started, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  // A PHP server that is killed leaves its workers behind.
  const tree = processTree(pid);
  const kill = (by: NodeJS.Signals): void => {
    for (const each of tree) end(each, by);
  };
  kill(signal);
  const timer = setTimeout(kill, 2000, 'SIGKILL');
  await gone;
  clearTimeout(timer);
}

/** A folder that is gone when the benchmark ends, however it ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'appconnect-bench-'));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

function end(pid: number, by: NodeJS.Signals): void {
  try {
    process.kill(pid, by);
  } catch {
    // It has ended by itself.
  }
}

process.on('exit', () => {
  for (const pid of running) for (const each of processTree(pid)) end(each, 'SIGKILL');
  for (const folder of folders) removeFolder(folder);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
