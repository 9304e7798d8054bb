import { buildGet, buildRequest } from '../load/payload.ts';
import { buildSender } from '../load/sender.ts';
import { stopProcess } from '../process/start-process.ts';
import { judge } from '../report/bars.ts';
import { medianOf, medianRatio } from '../report/statistics.ts';
import { number, percent, type Findings } from '../report/table.ts';
import type { FilledHistory } from '../servers/history-template.ts';
import { openBrowser, openHook, startBarePages, startPagesServer, type PagesServer } from '../servers/open-pages.ts';
import type { Context } from './context.ts';
import { observe, type Run } from './measure.ts';

const connections = 64;
/** Milliseconds from event to event. */
const pause = 100;
const titles = {
  bare: 'bare Fastify + eta, 50 rows of a constant',
  quiet: 'user/menu, nothing written',
  events: `user/menu, an event every ${pause} ms`,
};
type Variant = keyof typeof titles;
const variants: readonly Variant[] = ['bare', 'quiet', 'events'];

/** Pages a second: `user/menu` as it opens, with nothing written and with events coming, against a table that is always the same. */
export async function pageRates(context: Context, filled: FilledHistory): Promise<Findings> {
  const { plan, say } = context;
  const runs: Record<Variant, Run[]> = { bare: [], quiet: [], events: [] };
  const sizes: Partial<Record<Variant, number>> = {};
  for (let round = 0; round < plan.pages.rounds; round += 1) {
    say(`pages: ${connections} kept connections, round ${round + 1} of ${plan.pages.rounds}`);
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const { run, bytes } = await measureOnce(context, filled, variant);
      runs[variant].push(run);
      sizes[variant] = bytes;
    }
  }
  const speeds = (variant: Variant): number[] => runs[variant].map(({ speed }) => speed);
  const row = (variant: Variant): string[] => {
    const own = runs[variant];
    return [
      titles[variant],
      number((sizes[variant] ?? NaN) / 1000),
      number(medianOf(own, ({ speed }) => speed)),
      `${number(Math.min(...speeds(variant)))}–${number(Math.max(...speeds(variant)))}`,
      number(medianRatio(speeds(variant), speeds('bare')), 2),
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
      String(own.reduce((sum, { failed }) => sum + failed, 0)),
    ];
  };
  return {
    tables: [
      {
        title: `Pages a second, ${connections} kept connections, ${plan.pages.rounds} rounds`,
        head: [
          '',
          'kB',
          'pages/s',
          'min–max',
          '÷ bare',
          'p50 ms',
          'p99 ms',
          'CPU µs',
          'server',
          'generator',
          'others',
          'failed',
        ],
        rows: variants.map(row),
      },
    ],
    judged: [judge('pageRate', medianRatio(speeds('quiet'), speeds('bare')) ?? NaN)],
    raw: runs,
  };
}

async function measureOnce(
  { generator, template, plan: { pages } }: Context,
  { folder }: FilledHistory,
  variant: Variant,
): Promise<{ run: Run; bytes: number }> {
  const server = await (variant === 'bare' ? startBarePages() : startPagesServer(folder));
  const browser = openBrowser(server.port);
  const path = variant === 'bare' ? '/' : (await openHook(browser, template.pages.menu)).url('first');
  const { body } = await browser.get(path);
  browser.close();
  const stopEvents = variant === 'events' ? sendEvents(server, template.path) : undefined;
  try {
    const job = { port: server.port, ...buildGet(path), connections, kept: true, ...pages };
    return { run: await observe(generator, server.started.pid, job), bytes: Buffer.byteLength(body) };
  } finally {
    stopEvents?.();
    await stopProcess(server.started);
  }
}

let lastId = 500_000_000;

/** As Microbizz sends them, each of an object of its own. One that is not answered yet holds up the next. */
function sendEvents({ port }: PagesServer, path: string): () => void {
  const { request, ...rest } = buildRequest(path, 'multipart');
  let free = true;
  const sender = buildSender({
    port,
    ...rest,
    request: Buffer.from(request, 'base64'),
    kept: true,
    answered(ok) {
      if (!ok) throw new Error('An event was not taken.');
      free = true;
    },
  });
  const timer = setInterval(() => {
    if (!free) return;
    free = false;
    sender.send((lastId += 1));
  }, pause);
  return () => {
    clearInterval(timer);
    sender.close();
  };
}
