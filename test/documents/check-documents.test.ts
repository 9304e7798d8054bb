import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkDocuments } from '../../scripts/check-documents.ts';
import { makeFolder } from '../support/start-server.ts';

/** A small repository in which everything that is mentioned exists, with one more document. */
function makeRepository(more: Readonly<Record<string, string>> = {}): string {
  const root = makeFolder();
  const files = {
    'package.json': '{"scripts": {"start": "node src/main.ts", "dev": "PORT=1 node src/main.ts"}}',
    '.env.example': 'PUBLIC_URL=http://localhost\nAPP_KEY=\n',
    'src/main.ts': '/** See docs/protocol.md §1.2 and inbox/gather.ts. */\n',
    'src/server/inbox/gather.ts': '// As src/main.ts, and $HOME/elsewhere.ts, say.\n',
    'src/server/inbox/README.md': '# inbox\n\n**What lives here.** `gather` (group commit),\n`webhook-id`.\n',
    'src/tools/cli/events.ts':
      "program\n  .command('events')\n  .description('')\n  .command('list')\n  .option('--state <s>')",
    'docs/protocol.md': '# Protocol\n\n## 1. Connect, and keys\n\n1. One\n2. Two\n',
    ...more,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

const good = { 'src/server/inbox/README.md': '# inbox\n\n**What lives here.** `gather` (group commit).\n' };

test.each([
  ['a path', 'see `src/server/inbox/gone.ts`', 'there is no src/server/inbox/gone.ts'],
  ['a folder', 'see `src/gone/`', 'there is no src/gone/'],
  ['a file name', 'see `gone.ts`', 'there is no gone.ts'],
  ['a pattern', 'see `src/server/inbox/gone-*.ts`', 'there is no src/server/inbox/gone-*.ts'],
  ['a link', '[here](docs/gone.md)', 'the link leads to docs/gone.md, which does not exist'],
  ['a heading', '[here](docs/protocol.md#2-gone)', 'docs/protocol.md has no heading #2-gone'],
  ['a script', 'Run npm run gone.', 'package.json has no script gone'],
  ['a setting', 'set `GONE_URL`', 'there is no setting GONE_URL'],
  ['a command', '`npm run appconnect -- gone`', 'the command line has no gone'],
  ['a subcommand', '`events gone`', 'the command line has no events gone'],
  ['an option', '`events list --gone`', 'no command has the option --gone'],
  ['a section', 'docs/protocol.md §1.3', 'docs/protocol.md has no section §1.3'],
])('a dead reference is found: %s', (_kind, text, fault) => {
  const script = text.includes('appconnect') ? { 'package.json': '{"scripts": {"appconnect": ""}}' } : {};
  const root = makeRepository({ ...good, ...script, 'README.md': `# A\n\n${text}\n` });
  expect(checkDocuments(root)).toEqual([`README.md:3  ${fault}`]);
});

test.each([
  ['src/a.ts', 'const a = 1; // as gone.ts does', 'src/a.ts:1  there is no gone.ts'],
  ['src/b.ts', '\n/**\n * As docs/protocol.md §7.\n */', 'src/b.ts:3  docs/protocol.md has no section §7'],
  ['src/c.ts', "say('npm run gone');", 'src/c.ts:1  package.json has no script gone'],
])('a dead reference is found in %s', (file, text, fault) => {
  expect(checkDocuments(makeRepository({ ...good, [file]: text }))).toEqual([fault]);
});

test('a room lists its files without their endings', () => {
  expect(checkDocuments(makeRepository())).toEqual(['src/server/inbox/README.md:4  there is no file webhook-id']);
});

test.each([
  'see `src/server/inbox/gather.ts`, `src/server/inbox/`, `gather.ts`, `inbox/gather.ts`, `src/*/*/README.md` and `data/app.db.json`',
  'https://example.dk/gone.ts and `import "../gone.ts"`, a code for gone.ts',
  '[here](docs/protocol.md#1-connect-and-keys), [there](https://example.dk/gone.md) and [below](#a)',
  'npm run dev, `npm start`, `APP_KEY` and `CURLOPT_POSTFIELDS`',
  '`events list --state dead`, docs/protocol.md §1 and §1.2',
])('what exists or is not ours is no fault: %s', (text) => {
  expect(checkDocuments(makeRepository({ ...good, 'README.md': `# A\n\n${text}\n` }))).toEqual([]);
});

test('of the changelog only the newest section counts', () => {
  const text = '# Changelog\n\n## 0.2.0\n\n- `gone-now.ts`\n\n## 0.1.0\n\n- `gone-before.ts`\n';
  const root = makeRepository({ ...good, 'CHANGELOG.md': text });
  expect(checkDocuments(root)).toEqual(['CHANGELOG.md:5  there is no gone-now.ts']);
});

test('no document and no comment of this repository mentions what does not exist', () => {
  expect(checkDocuments(fileURLToPath(new URL('../../', import.meta.url)))).toEqual([]);
});
