import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PageHook } from '../../src/interfaces/define-page.ts';
import { makeFolder, startStory } from '../support/start-server.ts';
import { linkOf, makeViews } from './open-pages.ts';
import { visit } from './visit-page.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The block of code that follows these words in README.md. */
function readBlock(words: string): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const found = /```\w+\n([^]*?)```/.exec(readme.slice(readme.indexOf(words)));
  if (!readme.includes(words) || found?.[1] === undefined) throw new Error(`README.md has no code after "${words}"`);
  return found[1];
}

/** A checkout whose only new file is the one from the README. */
async function importHook(text: string): Promise<{ customerTab: PageHook }> {
  const folder = makeFolder();
  mkdirSync(join(folder, 'src/hooks'), { recursive: true });
  for (const linked of ['src/interfaces', 'src/domain', 'node_modules', 'package.json'])
    symlinkSync(join(root, linked), join(folder, linked));
  const file = join(folder, 'src/hooks/customer-tab.ts');
  writeFileSync(file, text);
  return (await import(file)) as { customerTab: PageHook };
}

test('the page of the README, added and opened in Microbizz, shows what the command answers', async () => {
  const [hook, view] = [readBlock('A page, `src/hooks/customer-tab.ts`'), readBlock('`views/hooks/customer-tab.eta`')];
  expect(`${hook}${view}`.split('\n').length).toBeLessThan(40);
  const { customerTab } = await importHook(hook);
  const { sandbox, server } = await startStory({
    app: { events: [], pages: [customerTab] },
    views: makeViews({ 'customer-tab': view }),
  });
  const url = sandbox.interfaceUrl('customer', 'tab', 11, { id: '3101', customernumber: 'K-1001' });
  const first = await visit(url);
  expect(first.status).toBe(200);
  expect(first.text).toContain('<h1>Underkunder</h1>');
  expect(first.text).toContain('K-1001-1 Bryggergården, lager Øst');
  expect(first.text).not.toContain('K-1001-2');
  const all = await visit(linkOf(first, server.url, 'I alle led'));
  expect(all.text).toContain('K-1001-1 Bryggergården, lager Øst');
  expect(all.text).toContain('K-1001-2 Bryggergården, kølehus');
});
