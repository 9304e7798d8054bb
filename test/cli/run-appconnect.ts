import { execFile } from 'node:child_process';
import { expect } from 'vitest';
import { nodeEnv } from '../support/node-env.ts';
import { testSettings, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { runHere } from './run-here.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Run = (...words: string[]) => Promise<Ran>;

/** The command line on the database of the server that goes on running. */
export function buildRun({ services }: Pick<TestServer, 'services'>, more: Record<string, string> = {}): Run {
  return runOn(services.config.DATABASE_URL, more);
}

/** The same on a database file, whether a server runs on it or not. */
export function runOn(file: string, more: Record<string, string> = {}): Run {
  return (...words) => runHere(settingsOf(file, more), '', words);
}

/** The same, with something on standard input. */
export function buildRunWithInput(
  { services }: Pick<TestServer, 'services'>,
  more: Record<string, string> = {},
): (input: string, ...words: string[]) => Promise<Ran> {
  return (input, ...words) => runHere(settingsOf(services.config.DATABASE_URL, more), input, words);
}

/**
 * The command line as an operator runs it: another process. For what comes of that only: locks between processes, files of settings,
 * standard input and output.
 */
export function processOn(file: string, more: Record<string, string> = {}, input = ''): Run {
  return (...words) =>
    new Promise((resolve) => {
      const ended = execFile(
        process.execPath,
        ['src/tools/cli/main.ts', ...words],
        { env: { ...nodeEnv(), ...settingsOf(file, more) } },
        (error, out, err) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err });
        },
      );
      // A command that reads none may be gone before it is written.
      ended.stdin?.on('error', () => undefined).end(input);
    });
}

function settingsOf(file: string, more: Record<string, string>): Record<string, string> {
  return { ...testSettings(1, '', {}), DATABASE_URL: `file:${file}`, ...more };
}

export function json(ran: Ran): unknown {
  expect(ran).toMatchObject({ code: 0, err: '' });
  return JSON.parse(ran.out);
}

/** Resolves when the server's own search after connecting is over: it would find what is changed during it, and count it as an event. */
export async function searched({ services }: Pick<TestServer, 'services'>): Promise<void> {
  await until(async () => (await services.gaps.runs(1))[0]?.since !== undefined);
}
