import { judge } from '../report/bars.ts';
import { median, medianOf } from '../report/statistics.ts';
import { number, type Findings } from '../report/table.ts';
import type { Context } from './context.ts';
import { openCounters, waitUntilHandled, type Counters } from './counters.ts';
import { measure, type Run } from './measure.ts';

const load = { form: 'urlencoded', connections: 64, kept: true } as const;
const patience = 120_000;
/** Milliseconds. Its events are handled too, so it counts. */
const warmUp = 1000;

interface EndToEnd extends Run {
  /** Events handled a second: while as many were taken as went, and from the first event until all were handled. */
  readonly meanwhile: number;
  readonly endToEnd: number | undefined;
  readonly stored: number;
  /** Milliseconds after the load until all was handled. */
  readonly rest: number | undefined;
}

/**
 * A flood of events and its end: how many were taken a second, how many were handled a second from the first event until all were, and
 * what memory it came to. While it lasts, the worker gives way to the answers; what it does not get done waits on disk.
 */
export async function handled(context: Context): Promise<Findings> {
  const { rounds, time } = context.plan.handled;
  const runs: EndToEnd[] = [];
  for (let round = 0; round < rounds; round += 1) {
    context.say(`handled end to end, round ${round + 1} of ${rounds}`);
    runs.push(await once(context, time));
  }
  const shares = runs.map(({ endToEnd = 0, speed }) => endToEnd / speed);
  const [rss, pss] = [medianOf(runs, ({ memory }) => memory.rss), medianOf(runs, ({ memory }) => memory.pss)];
  const row = (run: EndToEnd, at: number): string[] => [
    `round ${at + 1}`,
    number(run.speed),
    number(run.meanwhile),
    number(run.stored),
    number(run.rest === undefined ? undefined : run.rest / 1000, 1),
    number(run.endToEnd),
    number((run.endToEnd ?? 0) / run.speed, 2),
    number(run.memory.rss),
    number(run.memory.pss),
  ];
  return {
    tables: [
      {
        title: `End to end: 64 kept connections, urlencoded, ${time / 1000} s`,
        head: [
          '',
          'taken/s',
          'handled/s meanwhile',
          'stored',
          's until all handled',
          'handled/s end to end',
          'share',
          'RSS MB',
          'PSS MB',
        ],
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
    { warmUp, time },
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
  const meanwhile = (seen.end - seen.begin) / run.seconds;
  const endToEnd = rest === undefined ? undefined : seen.stored / (warmUp / 1000 + run.seconds + rest / 1000);
  return { ...run, meanwhile, endToEnd, stored: seen.stored, rest };
}
