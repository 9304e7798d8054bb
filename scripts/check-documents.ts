import { checks, roomFile } from './documents/checks.ts';
import { readRepository } from './documents/repository.ts';

/** Blanks what the pattern does not find, and keeps the lines. */
function keep(text: string, pattern: RegExp): string {
  let kept = '';
  let end = 0;
  for (const { index, 0: found } of text.matchAll(pattern)) {
    kept += text.slice(end, index).replace(/[^\n]/g, ' ') + found;
    end = index + found.length;
  }
  return kept;
}

/** The parts that may hold names: code in a document, comments in a source. */
function keepMarked(file: string, text: string): string {
  if (file.endsWith('.md')) return keep(text, /```[^]*?```|`[^`\n]+`/g);
  return keep(text, /\/\*[^]*?\*\/|(?<=^|\s)\/\/.*|^#.*/gm);
}

/** Only the newest part of the changelog is checked: the rest is history, and may name things that are gone. */
function dropHistory(file: string, text: string): string {
  return file === 'CHANGELOG.md' ? (/^[^]*?^## [^]*?(?=^## )/m.exec(text)?.[0] ?? text) : text;
}

/**
 * Finds things that documents and comments mention and that do not exist: paths, names of files, links, npm scripts, settings, commands and
 * options of the command line, sections of docs/protocol.md. One line each, `file:line  sentence`.
 */
export function checkDocuments(root: string): string[] {
  const repository = readRepository(root);
  const faults = new Set<string>();
  for (const [file, whole] of repository.texts) {
    const text = dropHistory(file, whole).replace(/\bhttps?:\/\/[^\s)>`'"]+/g, (url) => ' '.repeat(url.length));
    const marked = keepMarked(file, text);
    const find = (check: (typeof checks)[number], within: string): void => {
      for (const { index, 0: found } of within.matchAll(check.pattern)) {
        const fault = check.fault(found, file, repository);
        if (fault !== undefined) faults.add(`${file}:${within.slice(0, index).split('\n').length}  ${fault}`);
      }
    };
    for (const check of checks) find(check, check.where === 'marked' ? marked : text);
    if (/^src\/.*README\.md$/.test(file)) find(roomFile, keep(text, /^\*\*What lives here\.\*\*(?:.+\n)+/gm));
  }
  return [...faults];
}

if (import.meta.main) {
  const faults = checkDocuments(process.cwd());
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
