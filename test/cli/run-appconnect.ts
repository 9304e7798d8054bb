import { execFile } from 'node:child_process';
import { expect } from 'vitest';
import { nodeEnv } from '../support/node-env.ts';
import { testSettings, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line as an operator runs it: another process on the database of the server that goes on running. */
export function buildRun(
  server: Pick<TestServer, 'services'>,
  more: Record<string, string> = {},
): (...words: string[]) => Promise<Ran> {
  return runOn(server.services.config.DATABASE_URL, more);
}

/** The same on a database file, whether a server runs on it or not. */
export function runOn(file: string, more: Record<string, string> = {}): (...words: string[]) => Promise<Ran> {
  const run = buildRunOn(file, more);
  return (...words) => run('', ...words);
}

/** The same, with something on standard input. */
export function buildRunWithInput(
  server: Pick<TestServer, 'services'>,
  more: Record<string, string> = {},
): (input: string, ...words: string[]) => Promise<Ran> {
  return buildRunOn(server.services.config.DATABASE_URL, more);
}

function buildRunOn(file: string, more: Record<string, string>): (input: string, ...words: string[]) => Promise<Ran> {
  const settings = { ...testSettings(1, '', {}), DATABASE_URL: `file:${file}`, ...more };
  return (input, ...words) =>
    new Promise((resolve) => {
      const ended = execFile(
        process.execPath,
        ['src/tools/cli/main.ts', ...words],
        { env: { ...nodeEnv(), ...settings } },
        (error, out, err) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err });
        },
      );
      // A command that reads none may be gone before it is written.
      ended.stdin?.on('error', () => undefined).end(input);
    });
}

export function json(ran: Ran): unknown {
  expect(ran).toMatchObject({ code: 0, err: '' });
  return JSON.parse(ran.out);
}

/** Resolves when the server's own search after connecting is over: it would find what is changed during it, and count it as an event. */
export async function searched({ services }: Pick<TestServer, 'services'>): Promise<void> {
  await until(async () => (await services.gaps.runs(1))[0]?.since !== undefined);
}
