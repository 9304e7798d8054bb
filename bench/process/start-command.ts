import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What Node is started with by `npm start`, up to its script: what is measured runs as operators run it. */
export function startOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const [, ...options] = scripts.start.split(' ').slice(0, -1);
  return options.map((option) => (option.startsWith('./') ? join(root, option) : option));
}
