import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { nodeEnv } from './node-env.ts';
import { until } from './until.ts';

export interface Started {
  /** Its lines so far, as they were logged. */
  readonly lines: () => Record<string, unknown>[];
  readonly exit: Promise<{ code: number | null; err: string }>;
  readonly stop: () => Promise<{ code: number | null; err: string }>;
}

/** src/main.ts as an operator starts it, with these settings and nothing else, in `cwd`. Ended with the test. */
export function runServer(settings: Record<string, string>, cwd = process.cwd()): Started {
  const main = `${import.meta.dirname}/../../src/main.ts`;
  const child = spawn(process.execPath, [main], { cwd, env: { ...nodeEnv(), ...settings } });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const exit = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, err });
    });
  });
  const stop = (): typeof exit => {
    child.kill();
    return exit;
  };
  onTestFinished(async () => {
    await stop();
  });
  const lines = (): Record<string, unknown>[] =>
    out
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, exit, stop };
}

/** Resolves with its lines once it listens. */
export async function listening({ lines }: Started): Promise<Record<string, unknown>[]> {
  await until(() => lines().some(({ msg }) => String(msg).startsWith('Server listening')));
  return lines();
}
