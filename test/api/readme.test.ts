import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renewTable } from '../../src/microbizz/api/write-readme.ts';

test('the table in README.md is the one that the definitions give (npm run commands)', () => {
  const readme = readFileSync(new URL('../../src/microbizz/api/README.md', import.meta.url), 'utf8');
  expect(readme).toContain('`GetSubscriptionsBylastChangeID`');
  expect(renewTable(readme)).toBe(readme);
});
