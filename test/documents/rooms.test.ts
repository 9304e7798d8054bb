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
  const foldersIn = (folder: string): string[] =>
    readdirSync(new URL(`../../src/${folder}`, import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  // The app is one room.
  const found = foldersIn('').flatMap((wing) =>
    wing === 'app' ? wing : foldersIn(wing).map((name) => `${wing}/${name}`),
  );
  expect(found.sort()).toEqual(Object.keys(rooms).sort());
});

test.each([
  ['server/inbox/worker.ts', 'server/services.ts'],
  ['server/inbox/worker.ts', 'server/build-server.ts'],
  ['server/inbox/worker.ts', 'server/config.ts'],
  ['server/events/event-routes.ts', 'server/store/sqlite/append.ts'],
  ['server/gaps/gaps.ts', 'server/store/remember-briefly.ts'],
  ['server/store/ports/store.ts', 'server/store/remember-briefly.ts'],
  ['server/store/ports/store.ts', 'server/keys/keyring.ts'],
  ['server/store/ports/store.ts', 'server/errors.ts'],
  ['server/history/show-event.ts', 'server/interfaces/define-page.ts'],
  ['server/store/sqlite/append.ts', 'server/events/event-routes.ts'],
  ['server/store/sqlite/append.ts', 'server/keys/keyring.ts'],
  ['server/store/postgres/append.ts', 'server/store/sqlite/append.ts'],
  ['server/events/event-routes.ts', 'server/store/postgres/append.ts'],
  ['server/store/sqlite/deep/append.ts', 'server/build-server.ts'],
  ['app/hooks/user-tab.ts', 'server/events/event-routes.ts'],
  ['app/hooks/user-tab.ts', 'server/events/define-event-too.ts'],
  ['tools/sandbox/main.ts', 'microbizz/api/envelope.ts'],
  ['server/serve.ts', 'tools/sandbox/start-sandbox.ts'],
  ['tools/cli/main.ts', 'tools/sandbox/start-sandbox.ts'],
  ['microbizz/domain/hook.ts', '../test/support/until.ts'],
  ['server/newroom/file.ts', 'microbizz/domain/hook.ts'],
  ['newwing/file.ts', 'microbizz/domain/hook.ts'],
  ['microbizz/domain/hook.ts', 'server/errors.ts'],
  ['microbizz/api/api.ts', 'server/http/language.ts'],
  ['server/services.ts', 'app/app.ts'],
  ['server/build-server.ts', 'tools/cli/print.ts'],
  ['app/hooks/user-tab.ts', 'server/services.ts'],
  ['main.ts', 'tools/demo.ts'],
])('src/%s may not import src/%s', (file, target) => {
  expect(refuseImport(file, target)).toBeTypeOf('string');
});

test.each([
  ['server/store/seal.ts', 'server/keys/keyring.ts'],
  ['server/inbox/worker.ts', 'server/errors.ts'],
  ['server/inbox/worker.ts', 'microbizz/domain/event.ts'],
  ['server/events/event-routes.ts', 'server/store/ports/store.ts'],
  ['server/store/sqlite/append.ts', 'server/store/ports/store.ts'],
  ['server/store/ports/store.ts', 'server/store/ports/inbox.ts'],
  ['app/hooks/changes/period.ts', 'app/hooks/formats.ts'],
  ['app/hooks/user-tab.ts', 'server/interfaces/define-page.ts'],
  ['server/services.ts', 'server/store/sqlite/append.ts'],
  ['tools/cli/main.ts', 'server/services.ts'],
  ['tools/demo.ts', 'tools/sandbox/start-sandbox.ts'],
  ['app/hooks/user-tab.ts', 'server/errors.ts'],
  ['main.ts', 'app/app.ts'],
  ['main.ts', 'server/serve.ts'],
])('src/%s may import src/%s', (file, target) => {
  expect(refuseImport(file, target)).toBeUndefined();
});

test.each([
  "import { app } from '../../server/build-server.ts'; export { app };",
  "export { app } from '../../server/build-server.ts';",
  "export * from '../../server/build-server.ts';",
  "export const app = import('../../server/build-server.ts');",
  "export type App = import('../../server/build-server.ts').App;",
  "import type { Config } from '../../server/config.ts'; export type C = Config;",
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
    { filename: `${root}src/microbizz/domain/hook.ts` },
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
