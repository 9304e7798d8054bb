import { afterAll, expect, onTestFinished, test } from 'vitest';
import { tryAttack } from './attack.ts';
import { sections } from './sections.ts';
import { openStage, type Stage, type Victim } from './stage.ts';

/** The short form of `npm run attack`: a few of each section. */
const quick = sections.filter(({ name }) => !['freeze', 'writes', 'fds'].includes(name));

/** One server for all that ask for nothing special: each brings tenants and addresses of its own. */
const common = openStage();
let plain: Promise<Victim> | undefined;
afterAll(() => common.end());

function openShort(): Stage {
  const stage = openStage();
  return {
    ...stage,
    victim: (settings) => (settings === undefined ? (plain ??= common.victim()) : stage.victim(settings)),
  };
}

test.each(quick.map(({ name }) => name))('a few attacks of %s do nothing', async (name) => {
  const stage = openShort();
  onTestFinished(() => stage.end());
  const attacks = (await quick.find((section) => section.name === name)?.attacks(stage)) ?? [];
  const few = attacks.filter(({ short }) => short);
  expect(few.length).toBeGreaterThan(0);
  const tried = [];
  for (const attack of few) tried.push(await tryAttack(name, attack));
  expect(tried.filter(({ verdict }) => verdict !== 'held')).toEqual([]);
});
