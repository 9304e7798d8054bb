import { join } from 'node:path';

const compiled = join(import.meta.dirname, '../../node_modules/.cache/compiled');

/**
 * The environment of our processes in tests, before their settings: nothing of the runner's own, such as its NODE_OPTIONS. Compiling is half
 * of a start, so that all of them share a folder of compiled code, where nobody else writes.
 */
export function nodeEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compiled };
}
