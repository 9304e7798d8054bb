import type { Form } from '../load/payload.ts';
import { judge, type BarName, type Judged } from '../report/bars.ts';
import { medianOf, medianRatio } from '../report/statistics.ts';
import { number, percent, type Findings, type Table } from '../report/table.ts';
import { hasPhp, titles, type Variant } from '../servers/variants.ts';
import type { Context } from './context.ts';
import { measure, type Load, type Run } from './measure.ts';

interface Case {
  readonly load: Load;
  readonly variants: readonly Variant[];
  readonly side: boolean;
  readonly bars: readonly { readonly bar: BarName; readonly under: Variant }[];
}

type Runs = Partial<Record<Variant, Run[]>>;

function list(): Case[] {
  const others: Variant[] = hasPhp ? ['c', 'd'] : ['c'];
  const load = (connections: number, kept: boolean, form: Form): Load => ({ form, connections, kept });
  const side = (each: Load): Case => ({ load: each, variants: ['a', 'b'], side: true, bars: [] });
  return [
    {
      load: load(64, true, 'urlencoded'),
      variants: ['a', 'b', ...others],
      side: false,
      bars: [
        { bar: 'keptUrlencoded', under: 'a' },
        { bar: 'keptExpress', under: 'c' },
        { bar: 'keptPhp', under: 'd' },
      ],
    },
    {
      load: load(64, true, 'multipart'),
      variants: ['a', 'b'],
      side: false,
      bars: [{ bar: 'keptMultipart', under: 'a' }],
    },
    {
      load: load(64, false, 'urlencoded'),
      variants: ['a', 'b', ...others],
      side: false,
      bars: [
        { bar: 'newUrlencoded', under: 'a' },
        { bar: 'newExpress', under: 'c' },
      ],
    },
    {
      load: load(64, false, 'multipart'),
      variants: ['a', 'b'],
      side: false,
      bars: [{ bar: 'newMultipart', under: 'a' }],
    },
    ...[1, 256].flatMap((connections) => [
      side(load(connections, true, 'urlencoded')),
      side(load(connections, true, 'multipart')),
    ]),
  ];
}

/** Events taken a second, by each server under each load. */
export async function throughput(context: Context): Promise<Findings> {
  const { plan, say } = context;
  const { rounds, sideRounds, warmUp, time } = plan.throughput;
  const cases = list().filter(({ side }) => !side || sideRounds > 0);
  const runs = new Map(cases.map((each): [Case, Runs] => [each, {}]));
  for (let round = 0; round < rounds; round += 1) {
    for (const each of cases) {
      if (each.side && round >= sideRounds) continue;
      say(`throughput, round ${round + 1} of ${rounds}: ${name(each.load)}`);
      const own = runs.get(each) ?? {};
      // Backwards every other round: whoever comes second finds a warmer machine.
      for (const variant of round % 2 === 0 ? each.variants : each.variants.toReversed()) {
        (own[variant] ??= []).push(await measure(context, variant, each.load, { warmUp, time }));
      }
    }
  }
  const found = [...runs];
  return {
    tables: found.map(([each, own]) => tableOf(each, own)),
    judged: found.flatMap(([each, own]) => judgeCase(each, own)),
    raw: found.map(([{ load }, own]) => ({ load, runs: own })),
  };
}

function name({ connections, kept, form }: Load): string {
  return kept
    ? `${connections} kept connections, ${form}`
    : `a new connection for each request, ${connections} at a time, ${form}`;
}

function speeds(runs: Runs, variant: Variant): number[] {
  return (runs[variant] ?? []).map(({ speed }) => speed);
}

function judgeCase({ bars }: Case, runs: Runs): Judged[] {
  return bars.flatMap(({ bar, under }) => {
    const ratio = medianRatio(speeds(runs, 'b'), speeds(runs, under));
    return ratio === undefined ? [] : [judge(bar, ratio)];
  });
}

function tableOf({ load, variants }: Case, runs: Runs): Table {
  const row = (variant: Variant): string[] => {
    const own = runs[variant] ?? [];
    const all = own.map(({ speed }) => speed);
    return [
      `(${variant}) ${titles[variant]}`,
      number(medianOf(own, ({ speed }) => speed)),
      `${number(Math.min(...all))}–${number(Math.max(...all))}`,
      number(medianRatio(all, speeds(runs, 'a')), 2),
      number(medianRatio(speeds(runs, 'b'), all), 2),
      number(
        medianOf(own, ({ p50 }) => p50),
        1,
      ),
      number(
        medianOf(own, ({ p99 }) => p99),
        1,
      ),
      number(medianOf(own, ({ cost }) => cost)),
      percent(medianOf(own, ({ serverCpu }) => serverCpu)),
      percent(medianOf(own, ({ cpu }) => cpu)),
      percent(medianOf(own, ({ foreignCpu }) => foreignCpu)),
      number(medianOf(own, ({ memory }) => memory.rss)),
      String(own.reduce((sum, { failed }) => sum + failed, 0)),
    ];
  };
  const head = [
    '',
    'events/s',
    'min–max',
    '÷(a)',
    '(b)÷',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'server',
    'generator',
    'others',
    'RSS MB',
    'failed',
  ];
  const missing = variants.includes('c') && !hasPhp ? ['(d) is skipped: there is no php with pdo_sqlite here.'] : [];
  return { title: name(load), head, rows: variants.map(row), notes: missing };
}
