import { Readable } from 'node:stream';
import { vi } from 'vitest';
import { run } from '../../src/tools/cli/run.ts';
import type { Ran } from './run-appconnect.ts';

/** A command in this process: starting another one costs some twenty times what the command does. One at a time. */
export async function runHere(env: NodeJS.ProcessEnv, input: string, words: readonly string[]): Promise<Ran> {
  const said = { out: '', err: '' };
  const keep = (name: keyof typeof said) => (text: string | Uint8Array) => {
    said[name] += String(text);
    return true;
  };
  const before = process.exitCode;
  const replaced = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep('err')),
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([input]) as unknown as typeof process.stdin),
  ];
  process.exitCode = 0;
  try {
    await run(env, words);
    return { code: process.exitCode, ...said };
  } finally {
    for (const each of replaced) each.mockRestore();
    process.exitCode = before;
  }
}
