import { fileURLToPath } from 'node:url';
import { statfsSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { judge } from '../report/bars.ts';
import { median, medianRatio } from '../report/statistics.ts';
import { number, type Findings } from '../report/table.ts';
import { makeFolder, removeFolder, startProcess, stopProcess } from '../process/start-process.ts';
import type { Context } from './context.ts';

/** Gigabytes that the three databases need, with room for their logs. */
const needed = 15;

/** Microseconds an event, by size of the database and round. */
export type Costs = Readonly<Record<string, readonly number[]>>;

/** What an insert costs when much is stored already: the store's own append, in a process of its own. */
export async function growth({ plan, say }: Context): Promise<Findings> {
  const { sizes, rounds } = plan.growth;
  const disk = statfsSync(tmpdir());
  const free = (disk.bavail * disk.bsize) / 1e9;
  if (!plan.quick && free < needed)
    return skip(`skipped: needs ${needed} GB in ${tmpdir()}, there are ${number(free)}.`);
  say(`growth: filling databases with ${sizes.map((size) => number(size)).join(', ')} events`);
  const folder = makeFolder();
  const script = fileURLToPath(new URL('../growth/time-appends.ts', import.meta.url));
  const started = startProcess({ script, args: [folder, JSON.stringify(plan.growth)], ipc: true });
  try {
    const ended = once(started.child, 'exit').then(() => {
      throw new Error(`The growth of the inbox was not measured. ${started.complaint()}`);
    });
    const [costs] = (await Promise.race([once(started.child, 'message'), ended])) as [Costs];
    ended.catch(() => undefined);
    const zero = costs['0'] ?? [];
    const rows = sizes.map((size) => {
      const own = costs[size] ?? [];
      return [number(size), number(median(own), 1), number(medianRatio(own, zero), 2)];
    });
    const ratio = medianRatio(costs[sizes.at(-1) ?? 0] ?? [], zero);
    return {
      tables: [
        {
          title: `Cost of an insert in batches of 64, ${rounds} rounds over all sizes`,
          head: ['events stored', 'µs an event', '÷ at 0'],
          rows,
          notes: plan.quick ? ['--quick stays far below 5 million: no bar is judged.'] : [],
        },
      ],
      judged: plan.quick || ratio === undefined ? [] : [judge('growth', ratio)],
      raw: costs,
    };
  } finally {
    await stopProcess(started);
    removeFolder(folder);
  }
}

function skip(why: string): Findings {
  return { tables: [{ title: 'Cost of an insert', head: [why], rows: [] }], judged: [], raw: { skipped: why } };
}
