import { fileURLToPath } from 'node:url';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const views = fileURLToPath(new URL('../../views/app', import.meta.url));
/** What leads somewhere without a pass: it would show "This page must be opened in Microbizz". */
const bare = /<\s*(a|form|area|iframe|frame)\b|\b(href|action|formaction|ping)\s*=|http-equiv|location\s*[.=]/gi;

export function findBareLinks(text: string): string[] {
  return [...text.matchAll(bare)].map(([found]) => found);
}

test('no view of a hook has a link or form of its own: it.link, it.form, it.outside and it.url write them', () => {
  const files = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.eta'));
  expect(files.length).toBeGreaterThan(0);
  const found = files.flatMap((file) =>
    findBareLinks(readFileSync(join(views, file), 'utf8')).map((link) => `${file}: ${link}`),
  );
  expect(found).toEqual([]);
});

test.each([
  '<a href="x">',
  '< A\nhref=x>',
  '<form method="post">',
  '<button formaction="x">',
  '<meta http-equiv="refresh">',
  'window.location = "x"',
])('it would find %j', (text) => {
  expect(findBareLinks(text)).not.toEqual([]);
});

test.each(["<%~ it.link('x', '') %>", "<%~ it.form('add') %></form>", '<article>', '<abbr>'])(
  'it lets %j pass',
  (text) => {
    expect(findBareLinks(text)).toEqual([]);
  },
);
