import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/architecture.md gives a reason for each package, and for no other', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const [, table = ''] = /\n\| package \| why \|\n\|[-| ]+\n((?:\|.*\n)+)/.exec(read('docs/architecture.md')) ?? [];
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split('|')[1] ?? '');
  const named = (isDev: boolean): string[] =>
    rows
      .filter((row) => row.includes('dev:') === isDev)
      .flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
      .sort();
  expect(named(false)).toEqual(Object.keys(dependencies ?? {}).sort());
  expect(named(true)).toEqual(Object.keys(devDependencies ?? {}).sort());
});
