import { fileURLToPath } from 'node:url';
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { texts as ownTexts } from '../../src/app/texts/texts.ts';
import { texts } from '../../src/server/texts/texts.ts';

const views = fileURLToPath(new URL('../../views/', import.meta.url));
const shown = globSync('{app,server}/**/*.eta', { cwd: views }).filter((name) => !name.endsWith('style.eta'));

function keysOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, each]) => keysOf(each, `${path}.${key}`));
}

test('the catalogues have the same keys, and no text is empty', () => {
  for (const { da, en } of [texts, ownTexts]) {
    expect(keysOf(en).sort()).toEqual(keysOf(da).sort());
    expect(keysOf(da).length).toBeGreaterThan(50);
    expect(JSON.stringify([da, en])).not.toContain('""');
  }
});

test('texts that are made of values hold them', () => {
  for (const { changes, settings } of Object.values(ownTexts)) {
    expect(changes.more('1')).not.toBe(changes.more('2').replace('2', '1'));
    expect(settings.daysWrong('400')).toContain('400');
  }
});

/** What is left of a view when its code, its tags and their attributes are gone: that is what it says by itself. */
function bareText(view: string): string {
  return view
    .replace(/<%[\s\S]*?%>/g, ' ')
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&[a-z]+;/g, ' ');
}

test.each(shown)('%s says nothing by itself, in no language', (name) => {
  const view = readFileSync(`${views}${name}`, 'utf8');
  expect(bareText(view).match(/\p{L}{2,}/gu) ?? []).toEqual([]);
  const spoken = [...view.replace(/<%[\s\S]*?%>/g, '').matchAll(/\b(?:title|alt|placeholder|aria-label)="([^"]*)"/g)];
  expect(spoken.filter(([, value]) => /\p{L}{2,}/u.test(value ?? ''))).toEqual([]);
});

test('a bare sentence would be found', () => {
  expect(bareText('<p class="x"><%= it.a %> Ingen <b>felter</b></p>').match(/\p{L}{2,}/gu)).toEqual([
    'Ingen',
    'felter',
  ]);
});

test.each(globSync('app/**/*.eta', { cwd: views }))('%s links and posts through it.link and it.form only', (name) => {
  const view = readFileSync(`${views}${name}`, 'utf8');
  expect(view).not.toMatch(/<a\s|<form[\s>]|\bhref=|\baction=|<iframe|<img|<script|\bstyle=|\bon[a-z]+=/i);
});
