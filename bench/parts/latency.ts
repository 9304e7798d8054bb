import { judge } from '../report/bars.ts';
import { median, medianOf } from '../report/statistics.ts';
import { number, percent, type Findings } from '../report/table.ts';
import { startReceiver, type Receiver } from '../servers/start-receiver.ts';
import { titles } from '../servers/variants.ts';
import type { Context } from './context.ts';
import { openCounters } from './counters.ts';
import { measure, type Run } from './measure.ts';

interface Steady extends Run {
  /** Events handled, and messages that the receiver got, a second. */
  readonly handledSpeed?: number;
  readonly forwardedSpeed?: number;
}

const warmUp = 3000;

/**
 * The answer at a steady pace, on a schedule that does not wait: an answer that is late makes the next ones late too, and is counted so.
 * (a) is there to tell the machine's own delays from the server's.
 */
export async function latency(context: Context): Promise<Findings> {
  const { rounds, time, rate } = context.plan.latency;
  const load = { form: 'urlencoded', connections: 64, kept: true, rate } as const;
  const runs = { a: [] as Steady[], b: [] as Steady[] };
  const receiver = await startReceiver();
  for (let round = 0; round < rounds; round += 1) {
    context.say(`latency, round ${round + 1} of ${rounds}`);
    const order = ['a', 'b'] as const;
    for (const variant of round % 2 === 0 ? order : order.toReversed()) {
      const run =
        variant === 'a'
          ? await measure(context, variant, load, { warmUp, time })
          : await measureOurs(context, load, time, receiver);
      runs[variant].push(run);
    }
  }
  await receiver.stop();
  const row = (variant: keyof typeof runs): string[] => {
    const own = runs[variant];
    return [
      `(${variant}) ${titles[variant]}`,
      number(medianOf(own, ({ speed }) => speed)),
      number(
        medianOf(own, ({ p50 }) => p50),
        1,
      ),
      number(
        medianOf(own, ({ p99 }) => p99),
        1,
      ),
      own.map(({ p99 }) => number(p99, 1)).join(' '),
      number(medianOf(own, ({ handledSpeed }) => handledSpeed)),
      number(medianOf(own, ({ forwardedSpeed }) => forwardedSpeed)),
      percent(medianOf(own, ({ serverCpu }) => serverCpu)),
      percent(medianOf(own, ({ foreignCpu }) => foreignCpu)),
    ];
  };
  return {
    tables: [
      {
        title: `Answers at a steady ${number(rate)} events a second, while handlers and one forward run`,
        head: ['', 'events/s', 'p50 ms', 'p99 ms', 'of each round', 'handled/s', 'forwarded/s', 'server', 'others'],
        rows: [row('a'), row('b')],
      },
    ],
    judged: [judge('latency', median(runs.b.map(({ p99 }) => p99)))],
    raw: runs,
  };
}

async function measureOurs(
  context: Context,
  load: Parameters<typeof measure>[2],
  time: number,
  receiver: Receiver,
): Promise<Steady> {
  const seen = { handled: [] as number[], forwarded: [] as Promise<number>[] };
  const run = await measure(
    context,
    'b',
    load,
    { warmUp, time },
    {
      destination: receiver.url,
      moments(server) {
        const counters = openCounters(server.database);
        const look = (): void => {
          seen.handled.push(counters.handled());
          seen.forwarded.push(receiver.count());
        };
        return {
          begin: look,
          end() {
            look();
            counters.close();
          },
        };
      },
    },
  );
  const [handledBefore = 0, handledAfter = 0] = seen.handled;
  const [before = 0, after = 0] = await Promise.all(seen.forwarded);
  return {
    ...run,
    handledSpeed: (handledAfter - handledBefore) / run.seconds,
    forwardedSpeed: (after - before) / run.seconds,
  };
}
