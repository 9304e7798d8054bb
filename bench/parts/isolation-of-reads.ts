import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildRequest } from '../load/payload.ts';
import { makeFolder, removeFolder, stopProcess } from '../process/start-process.ts';
import { judge } from '../report/bars.ts';
import { number, percent, type Findings } from '../report/table.ts';
import type { FilledHistory } from '../servers/history-template.ts';
import { openBrowser, openHook, startMicrobizz, startPagesServer } from '../servers/open-pages.ts';
import { databaseName } from '../servers/template.ts';
import type { Context } from './context.ts';
import { observe, type Run } from './measure.ts';

/** Events a second: what else the server does is to be seen, not how much it can take. */
const rate = 500;

const variants = {
  quiet: 'nothing else',
  searches: 'searches for a word that all have, back to back',
  retention: 'retention removes a fifth of all events',
} as const;
type Variant = keyof typeof variants;

interface Measured {
  readonly run: Run;
  /** Milliseconds: the longest hold of the thread that answers. */
  readonly hold: number;
  /** Pages that were answered meanwhile, and milliseconds that one took at most. */
  readonly pages: number;
  readonly slowestPage: number;
}

/** How long an event waits for its answer while somebody else asks for a lot. */
export async function isolationOfReads(context: Context): Promise<Findings> {
  const filled = await context.fillHistory();
  const microbizz = await startMicrobizz(context.template);
  const found: [Variant, Measured][] = [];
  try {
    for (const variant of Object.keys(variants) as Variant[]) {
      context.say(`isolation of reads: ${variants[variant]}`);
      found.push([variant, await measureOne(context, filled, variant)]);
    }
  } finally {
    await microbizz.stop();
  }
  const slowest = Math.max(...found.map(([, { run }]) => run.p99));
  return {
    tables: [
      {
        title: `Answers at ${number(rate)} events a second, with ${number(context.plan.history.changes)} changes, ms`,
        head: ['meanwhile', 'events/s', 'p50', 'p99', 'longest hold', 'pages', 'slowest page', 'server', 'others'],
        rows: found.map(([variant, { run, hold, pages, slowestPage }]) => [
          variants[variant],
          number(run.speed),
          number(run.p50, 1),
          number(run.p99, 1),
          number(hold, 1),
          String(pages),
          number(slowestPage),
          percent(run.serverCpu),
          percent(run.foreignCpu),
        ]),
      },
    ],
    judged: context.plan.quick ? [] : [judge('isolation', slowest)],
    raw: found,
  };
}

async function measureOne(context: Context, filled: FilledHistory, variant: Variant): Promise<Measured> {
  const { generator, plan, template } = context;
  const folder = makeFolder();
  copyFileSync(filled.database, join(folder, databaseName));
  // Of 400 days.
  const retention = variant === 'retention' ? { RETENTION_DAYS: '320' } : { RETENTION_DAYS: '500' };
  const server = await startPagesServer(folder, retention);
  const browser = openBrowser(server.port);
  try {
    const menu = await openHook(browser, template.pages.menu);
    const search = menu.url('first', { time: '365', text: 'stk' });
    const times: number[] = [];
    let looking = variant === 'searches';
    const looks = (async () => {
      while (looking) times.push((await browser.get(search)).milliseconds);
    })();
    await server.hold();
    const load = { form: 'urlencoded', connections: 64, kept: true, rate } as const;
    const job = { port: server.port, ...buildRequest(template.path, load.form), ...load };
    const run = await observe(generator, server.started.pid, {
      ...job,
      warmUp: 1000,
      time: plan.latency.time,
    });
    looking = false;
    const hold = await server.hold();
    await looks;
    return { run, hold, pages: times.length, slowestPage: Math.max(0, ...times) };
  } finally {
    browser.close();
    await stopProcess(server.started);
    removeFolder(folder);
  }
}
