import { readFileSync, writeFileSync } from 'node:fs';
import { commands } from './commands/table.ts';
import { drawTable } from './command-table.ts';

const begin = '<!-- commands: written by `npm run commands` -->';
const end = '<!-- /commands -->';

/** The text of README.md with the table of commands that the definitions give. */
export function renewTable(readme: string): string {
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('README.md has lost the marks of its table');
  return `${before}${begin}\n\n${drawTable(commands)}\n\n${end}${after}`;
}

if (import.meta.main) {
  const file = new URL('README.md', import.meta.url);
  writeFileSync(file, renewTable(readFileSync(file, 'utf8')));
}
