import { judge } from '../report/bars.ts';
import { median, medianOf } from '../report/statistics.ts';
import { number, type Findings } from '../report/table.ts';
import type { Context } from './context.ts';
import { openCounters, waitUntilHandled, type Counters } from './counters.ts';
import { measure, type Run } from './measure.ts';

const load = { form: 'urlencoded', connections: 64, kept: true } as const;
const patience = 120_000;

interface EndToEnd extends Run {
  readonly handledSpeed: number;
  readonly stored: number;
  /** Milliseconds after the load until all was handled. */
  readonly rest: number | undefined;
}

/** Events handled a second while as many are taken as go; how long the rest takes; and what memory it came to. */
export async function handled(context: Context): Promise<Findings> {
  const { rounds, time } = context.plan.handled;
  const runs: EndToEnd[] = [];
  for (let round = 0; round < rounds; round += 1) {
    context.say(`handled end to end, round ${round + 1} of ${rounds}`);
    runs.push(await once(context, time));
  }
  const shares = runs.map(({ handledSpeed, speed }) => handledSpeed / speed);
  const [rss, pss] = [medianOf(runs, ({ memory }) => memory.rss), medianOf(runs, ({ memory }) => memory.pss)];
  const row = (run: EndToEnd, at: number): string[] => [
    `round ${at + 1}`,
    number(run.speed),
    number(run.handledSpeed),
    number(run.handledSpeed / run.speed, 2),
    number(run.stored),
    number(run.rest === undefined ? undefined : run.rest / 1000, 1),
    number(run.memory.rss),
    number(run.memory.pss),
  ];
  return {
    tables: [
      {
        title: `End to end: 64 kept connections, urlencoded, ${time / 1000} s`,
        head: ['', 'taken/s', 'handled/s', 'share', 'stored', 's until all handled', 'RSS MB', 'PSS MB'],
        rows: runs.map(row),
      },
    ],
    judged: [judge('handled', median(shares)), ...(rss === undefined ? [] : [judge('memory', rss)])],
    raw: { runs, rss, pss },
  };
}

async function once(context: Context, time: number): Promise<EndToEnd> {
  let counters: Counters | undefined;
  const seen = { begin: 0, end: 0, stored: 0 };
  let rest: number | undefined;
  const run = await measure(
    context,
    'b',
    load,
    { warmUp: 1000, time },
    {
      moments(server) {
        const own = (counters = openCounters(server.database));
        return {
          begin: () => (seen.begin = own.handled()),
          end: () => (seen.end = own.handled()),
        };
      },
      async after() {
        if (!counters) return;
        rest = await waitUntilHandled(counters, patience);
        seen.stored = counters.stored();
        counters.close();
      },
    },
  );
  return { ...run, handledSpeed: (seen.end - seen.begin) / run.seconds, stored: seen.stored, rest };
}
