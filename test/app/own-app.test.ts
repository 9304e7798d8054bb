import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { texts } from '../../src/app/texts/texts.ts';
import { startSandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { visit } from '../interfaces/visit-page.ts';
import { copyCheckout } from '../support/copy-checkout.ts';
import { spawnServer } from '../support/spawn-server.ts';
import { findFreePort } from '../support/find-free-port.ts';
import { connectTo, keys, makeFolder, testSettings } from '../support/start-server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const example = (name: string): string => readFileSync(join(root, 'test/documents/examples', name), 'utf8');

/** A copy of the server without what the shipped app is, and with the page of docs/write-an-app.md as the only hook. */
function copyWithOwnApp(): string {
  const src = ['main.ts', 'prepare-node.js', 'server', 'microbizz', 'tools'].map((wing) => `src/${wing}`);
  const copy = copyCheckout([...src, 'views/server', 'views/sandbox']);
  mkdirSync(join(copy, 'src/app/hooks'), { recursive: true });
  mkdirSync(join(copy, 'views/app'));
  const hook = example('customer-tab.ts').replaceAll('../../../src/', '../../');
  writeFileSync(join(copy, 'src/app/hooks/customer-tab.ts'), hook);
  writeFileSync(join(copy, 'views/app/customer-tab.eta'), example('customer-tab.eta'));
  writeFileSync(
    join(copy, 'src/app/app.ts'),
    `import type { App } from '../server/define-app.ts';
import { customerTab } from './hooks/customer-tab.ts';

export const app: App = { events: [], pages: [customerTab] };
`,
  );
  return copy;
}

test('a copy with an app of its own is a working server', async () => {
  const sandbox = await startSandbox(keys);
  onTestFinished(() => sandbox.close());
  const folder = makeFolder();
  const settings = { ...testSettings(await findFreePort(), folder), MICROBIZZ_URL: sandbox.url, CONNECT: 'open' };
  const server = spawnServer({ settings, folder, root: copyWithOwnApp() });
  server.start();
  onTestFinished(() => void server.stop('SIGKILL'));
  await server.answering();
  const { hooks } = await connectTo(`${server.url}/connect`, sandbox);
  expect(hooks).toMatchObject([{ modcode: 'customer', hook: 'tab', title: 'Underkunder' }]);
  const page = sandbox.interfaceUrl('customer', 'tab', 11, { id: '3101', customernumber: 'K-1001' });
  const first = await visit(page, 'da');
  expect(first).toMatchObject({ status: 200 });
  expect(first.text).toContain('K-1001-1 Bryggergården, lager Øst');
  const refused = await visit(page.replace(/sessiontoken=\w+/, 'sessiontoken=wrong'), 'da');
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('<main');
});

/** Every text of a catalogue that is more than a heading, which may be the same by chance. */
function sentencesOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 30 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentencesOf) : [];
}

test('no text of the shipped app stands in the server or its views', () => {
  const sentences = Object.values(texts).flatMap(sentencesOf);
  expect(sentences.length).toBeGreaterThan(40);
  const files = globSync(['src/server/**/*.ts', 'src/microbizz/**/*.ts', 'views/server/**/*.eta'], { cwd: root });
  expect(files.length).toBeGreaterThan(150);
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return sentences.filter((sentence) => text.includes(sentence)).map((sentence) => `${file}: ${sentence}`);
  });
  expect(found).toEqual([]);
});
