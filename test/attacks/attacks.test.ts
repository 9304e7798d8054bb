import { expect, onTestFinished, test } from 'vitest';
import { tryAttack } from './attack.ts';
import { sections } from './sections.ts';
import { openStage } from './stage.ts';

/** The short form of `npm run attack`: a few of each section. */
const quick = sections.filter(({ name }) => !['freeze', 'writes', 'fds'].includes(name));

test.each(quick.map(({ name }) => name))('a few attacks of %s do nothing', async (name) => {
  const stage = openStage();
  onTestFinished(() => stage.end());
  const attacks = (await quick.find((section) => section.name === name)?.attacks(stage)) ?? [];
  const few = attacks.filter(({ short }) => short);
  expect(few.length).toBeGreaterThan(0);
  const tried = [];
  for (const attack of few) tried.push(await tryAttack(name, attack));
  expect(tried.filter(({ verdict }) => verdict !== 'held')).toEqual([]);
});
