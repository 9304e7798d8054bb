import { parseArgs } from 'node:util';
import { tryAttack, type Tried } from './attack.ts';
import { sections } from './sections.ts';
import { openStage } from './stage.ts';

/** Every attack on a server of its own, one line each: `npm run attack`, or `npm run attack -- --only=pages,files`. */
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only?.split(',');
const tried: Tried[] = [];
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

for (const { name, attacks } of sections.filter((section) => only?.includes(section.name) ?? true)) {
  const stage = openStage();
  print(`\n${name}`);
  try {
    for (const attack of await attacks(stage)) {
      const one = await tryAttack(name, attack);
      tried.push(one);
      print(`  ${one.verdict.padEnd(9)} ${one.name}${one.why === undefined ? '' : ` — ${one.why.slice(0, 200)}`}`);
    }
  } catch (error) {
    const why = `its stage could not be set: ${String(error)}`;
    tried.push({ section: name, name: 'the whole section', verdict: 'failed', why });
    print(`  failed    ${why}`);
  } finally {
    await stage.end();
  }
}

const count = (verdict: Tried['verdict']): number => tried.filter((each) => each.verdict === verdict).length;
const failed = tried.filter((each) => each.verdict === 'failed');
if (failed.length > 0) {
  print('\nfailed:');
  for (const { section, name } of failed) print(`  ${section}: ${name}`);
}
print(`\n${tried.length} attacks: ${count('held')} held, ${failed.length} failed, ${count('by design')} by design`);
process.exitCode = failed.length > 0 ? 1 : 0;
