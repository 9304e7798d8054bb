import { loadavg } from 'node:os';
import { messageOf } from '../../src/microbizz/domain/message-of.ts';
import { write } from '../report/table.ts';
import { big } from './big.ts';
import { hangingTenants } from './hanging-tenants.ts';
import { hot } from './hot.ts';
import { kills } from './kills.ts';
import { leases } from './leases.ts';
import { lock } from './lock.ts';
import { manyReceivers } from './many-receivers.ts';
import { noisy } from './noisy.ts';
import { poison } from './poison.ts';
import { slowReceivers } from './slow-receivers.ts';
import { buildTemplate } from './template.ts';
import { openWorld, type Finding, type Row, type World } from './world.ts';

/** `npm run isolation`, `-- --only=poison,hot` for some of it. What one event, receiver or tenant does to all others. */
const rows: Readonly<Record<string, Row>> = {
  poison,
  kills,
  receivers: slowReceivers,
  tenants: hangingTenants,
  many: manyReceivers,
  noisy,
  hot,
  big,
  leases,
  lock,
};

const say = (line: string): void => void process.stderr.write(`… ${line}\n`);
const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

async function run(name: string, row: Row, template: string): Promise<Finding[]> {
  const worlds: World[] = [];
  const open = async (): Promise<World> => {
    const world = await openWorld(template);
    worlds.push(world);
    return world;
  };
  try {
    return await row(open, say);
  } catch (error) {
    return [{ what: name, measured: messageOf(error).split('\n')[0] ?? '', bar: 'runs', well: false }];
  } finally {
    for (const world of worlds) await world.close();
  }
}

function chosen(): string[] {
  const [only, ...rest] = process.argv.slice(2);
  const names = only === undefined ? Object.keys(rows) : only.replace(/^--only=/, '').split(',');
  if (rest.length > 0 || (only !== undefined && !only.startsWith('--only=')) || names.some((name) => !(name in rows)))
    throw new Error(`npm run isolation [-- --only=<row>,<row>]   rows: ${Object.keys(rows).join(', ')}`);
  return names;
}

async function main(): Promise<void> {
  const names = chosen();
  const began = performance.now();
  const template = await buildTemplate();
  const table: string[][] = [];
  for (const name of names) {
    const row = rows[name];
    if (row === undefined) continue;
    const [from, before] = [performance.now(), load()];
    const found = await run(name, row, template);
    say(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s, load ${before} before, ${load()} after`);
    for (const { what, measured, bar, well } of found) {
      table.push([what, measured, bar, well ? 'well' : 'short']);
      say(`${what}: ${measured} (${bar}) ${well ? 'well' : 'short'}`);
    }
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const notes = [`${seconds} s; load of the machine ${load()} at the end.`];
  process.stdout.write(write({ title: 'Isolation', head: ['', 'measured', 'bar', ''], rows: table, notes }));
}

try {
  await main();
  process.exit();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
