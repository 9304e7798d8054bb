import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { visit } from '../interfaces/visit-page.ts';
import { copyCheckout } from '../support/copy-checkout.ts';
import { spawnServer } from '../support/spawn-server.ts';
import { findFreePort } from '../support/find-free-port.ts';
import { connectTo, keys, makeFolder, testSettings } from '../support/start-server.ts';

function replace(text: string, from: string | RegExp, to: string): string {
  expect(text).toMatch(from);
  return text.replace(from, to);
}

/** One catalogue beside the English one, and one name in the list. */
function addSwedish(texts: string, words: Readonly<Record<string, string>>): void {
  let catalogue = readFileSync(join(texts, 'en.ts'), 'utf8');
  for (const [english, swedish] of Object.entries(words)) catalogue = replace(catalogue, english, swedish);
  writeFileSync(join(texts, 'sv.ts'), replace(catalogue, /export const en\b/, 'export const sv'));
  const list = readFileSync(join(texts, 'texts.ts'), 'utf8');
  const longer = replace(list, '{ da, en }', '{ da, en, sv }');
  writeFileSync(join(texts, 'texts.ts'), `import { sv } from './sv.ts';\n${longer}`);
}

test('a third language is one catalogue and one name, of the server and of the app', async () => {
  const root = copyCheckout(['src', 'views']);
  addSwedish(join(root, 'src/server/texts'), { "'English'": "'Svenska'", "'Language'": "'Språk'" });
  addSwedish(join(root, 'src/app/texts'), { "'en-GB'": "'sv-SE'", "title: 'Changes'": "title: 'Ändringar'" });
  const sandbox = await startSandbox(keys);
  onTestFinished(() => sandbox.close());
  const folder = makeFolder();
  const settings = { ...testSettings(await findFreePort(), folder), MICROBIZZ_URL: sandbox.url, CONNECT: 'open' };
  const server = spawnServer({ settings, folder, root });
  server.start();
  onTestFinished(() => void server.stop('SIGKILL'));
  await server.answering();
  await connectTo(`${server.url}/connect`, sandbox);

  const page = sandbox.interfaceUrl('user', 'menu', 11);
  const swedish = await visit(page, 'sv');
  expect(swedish).toMatchObject({ status: 200 });
  expect(swedish.text).toContain('<html lang="sv">');
  expect(swedish.text).toContain('<h1>Ändringar</h1>');
  expect(swedish.text).toContain('<nav class="languages" aria-label="Språk">');
  expect(swedish.text).toContain('<span aria-current="true">Svenska</span>');

  const english = await visit(page, 'en');
  const [, link = ''] = /<a href="([^"]+)" lang="sv" hreflang="sv">Svenska<\/a>/.exec(english.text) ?? [];
  const chosen = await visit(new URL(link.replaceAll('&amp;', '&'), page).href, 'en');
  expect(chosen).toMatchObject({ status: 200 });
  expect(chosen.text).toContain('<html lang="sv">');
});
