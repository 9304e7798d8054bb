import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';
import fence, { refuseImport, rooms } from '../../scripts/import-fence.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const document = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');

/** The rows of the table of rooms: a name, and what it may import. */
function readRooms(): Record<string, string[]> {
  const [, table = ''] = /\n\| room \|[^\n]*\n\|[-| ]+\n((?:\|.*\n)+)/.exec(document) ?? [];
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()));
  return Object.fromEntries(
    rows.map(([, name = '', , allowed = '']) => [
      name.replaceAll('`', ''),
      allowed.startsWith('everything')
        ? ['everything']
        : [...allowed.matchAll(/`([^`]+)`/g)].map(([, place = '']) => place),
    ]),
  );
}

test('docs/architecture.md and the linter have the same table of rooms', () => {
  const held = Object.entries(rooms).map(([room, allowed]) => [room, [allowed].flat().sort()]);
  const said = Object.entries(readRooms()).map(([room, allowed]) => [room, allowed.sort()]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(held));
});

test('every folder of src/ is a room, and no room is missing', () => {
  const folders = readdirSync(new URL('../../src', import.meta.url), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(rooms).sort());
});

test.each([
  ['inbox/worker.ts', 'services.ts'],
  ['inbox/worker.ts', 'app.ts'],
  ['inbox/worker.ts', 'config.ts'],
  ['events/event-routes.ts', 'store/sqlite/append.ts'],
  ['gaps/gaps.ts', 'store/store.ts'],
  ['history/show-event.ts', 'interfaces/define-page.ts'],
  ['store/sqlite/append.ts', 'events/event-routes.ts'],
  ['store/sqlite/deep/append.ts', 'app.ts'],
  ['hooks/user-tab.ts', 'events/event-routes.ts'],
  ['hooks/user-tab.ts', 'events/define-event-too.ts'],
  ['sandbox/main.ts', 'api/envelope.ts'],
  ['serve.ts', 'sandbox/start-sandbox.ts'],
  ['cli/main.ts', 'sandbox/start-sandbox.ts'],
  ['domain/hook.ts', '../test/support/until.ts'],
  ['newroom/file.ts', 'domain/hook.ts'],
])('src/%s may not import src/%s', (file, target) => {
  expect(refuseImport(file, target)).toBeTypeOf('string');
});

test.each([
  ['inbox/worker.ts', 'errors.ts'],
  ['inbox/worker.ts', 'domain/event.ts'],
  ['events/event-routes.ts', 'store/store.ts'],
  ['store/sqlite/append.ts', 'store/store.ts'],
  ['hooks/changes/period.ts', 'hooks/formats.ts'],
  ['hooks/user-tab.ts', 'interfaces/define-page.ts'],
  ['services.ts', 'store/sqlite/append.ts'],
  ['cli/main.ts', 'services.ts'],
  ['demo.ts', 'sandbox/start-sandbox.ts'],
])('src/%s may import src/%s', (file, target) => {
  expect(refuseImport(file, target)).toBeUndefined();
});

test.each([
  "import { app } from '../app.ts'; export { app };",
  "export { app } from '../app.ts';",
  "export * from '../app.ts';",
  "export const app = import('../app.ts');",
  "export type App = import('../app.ts').App;",
  "import type { Config } from '../config.ts'; export type C = Config;",
])('the fence sees %s', (text) => {
  const found = new Linter({ cwd: root }).verify(
    text,
    [
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { rooms: { rules: { fence } } },
        rules: { 'rooms/fence': 'error' },
      },
    ],
    { filename: `${root}src/domain/hook.ts` },
  );
  expect(found.map(({ ruleId }) => ruleId)).toEqual(['rooms/fence']);
});

test('npm run lint has the fence around every room', async () => {
  const lint = new ESLint({ cwd: root });
  for (const room of Object.keys(rooms)) {
    const config = (await lint.calculateConfigForFile(`src/${room}/file.ts`)) as Linter.Config;
    expect(config.rules).toMatchObject({ 'rooms/import-fence': [2] });
  }
});
