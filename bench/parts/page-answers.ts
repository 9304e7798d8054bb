import { danishDay } from '../../src/microbizz/domain/danish-day.ts';
import { hookPath } from '../../src/microbizz/domain/hook.ts';
import type { ChangeFilter } from '../../src/server/store/ports/history.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import { busySeconds, cpuSeconds } from '../process/machine.ts';
import { stopProcess } from '../process/start-process.ts';
import { judge } from '../report/bars.ts';
import { median, p95 } from '../report/statistics.ts';
import { number, percent, type Findings } from '../report/table.ts';
import type { FilledHistory } from '../servers/history-template.ts';
import {
  openBrowser,
  openHook,
  startPagesServer,
  type Answer,
  type Browser,
  type OpenedHook,
} from '../servers/open-pages.ts';
import type { Context } from './context.ts';
import { filters } from './history.ts';

const day = 86_400_000;

interface Asked {
  readonly name: string;
  readonly path: string;
}

interface Timed {
  readonly name: string;
  readonly first: Answer;
  /** Milliseconds, after something was written, and without. */
  readonly written: readonly number[];
  readonly unwritten: readonly number[];
}

/** One request at a time on a kept connection, each page many times in a row. Its first answer is told apart. */
export async function pageAnswers({ plan, say, template }: Context, filled: FilledHistory): Promise<Findings> {
  const { answers } = plan.pages;
  const server = await startPagesServer(filled.folder);
  const browser = openBrowser(server.port);
  // Another connection: what it commits is all that the server's memory looks at.
  const store = await openSqliteStore(filled.database);
  try {
    const menu = await openHook(browser, template.pages.menu);
    const tab = await openHook(browser, template.pages.tab, { id: '7', usercode: 'U7' });
    const timed: Timed[] = [];
    const othersBefore = foreignSeconds(server.started.pid);
    const began = performance.now();
    for (const { name, path } of list(menu, tab, filled.now, plan.history.changes)) {
      say(`pages: ${name}`);
      await store.checkWritable();
      const first = await ask(browser, path);
      timed.push({
        name,
        first,
        written: await time(answers, browser, path, () => store.checkWritable()),
        unwritten: await time(answers, browser, path, () => Promise.resolve()),
      });
    }
    const others = (foreignSeconds(server.started.pid) - othersBefore) / ((performance.now() - began) / 1000);
    const slowest = Math.max(...timed.flatMap(({ written, unwritten }) => [p95(written), p95(unwritten)]));
    return {
      tables: [
        {
          title: `Pages with ${number(plan.history.changes)} changes of ${number(plan.history.objects)} objects, ${answers} answers each, ms`,
          head: ['', 'kB', 'rows', 'first', 'written: p50', 'p95', 'max', 'unwritten: p50', 'p95', 'max'],
          rows: timed.map(({ name, first, written, unwritten }) => [
            name,
            number(Buffer.byteLength(first.body) / 1000),
            String(first.body.split('<time ').length - 1),
            ...[first.milliseconds, median(written), p95(written), Math.max(...written)].map((value) =>
              number(value, 1),
            ),
            ...[median(unwritten), p95(unwritten), Math.max(...unwritten)].map((value) => number(value, 1)),
          ]),
          notes: [
            `The very first page of a new process, opened with a sessiontoken: ${number(menu.opened.milliseconds, 1)} ms, with Microbizz' answer.`,
            `Other programs took ${percent(others)} of a core meanwhile.`,
            ...(plan.quick ? ['--quick stays far below a million: no bar is judged.'] : []),
          ],
        },
      ],
      judged: [judge('pages', slowest)],
      raw: timed.map(({ first: { milliseconds }, ...rest }) => ({ ...rest, first: milliseconds })),
    };
  } finally {
    await store.close();
    browser.close();
    await stopProcess(server.started);
  }
}

/** What part history asks the store for, as addresses; where that has no time, for the 30 days that the page shows and for a year. */
function list(menu: OpenedHook, tab: OpenedHook, now: number, changes: number): Asked[] {
  const asked = Object.entries(filters(now)).flatMap(([name, filter]): Asked[] => {
    const query = writeQuery(filter, now);
    if (filter.named !== undefined) return [{ name: `tab: ${name}`, path: tab.url('first', query) }];
    const path = menu.url('first', query);
    if (query['time'] !== undefined) return [{ name, path }];
    return [
      { name, path },
      { name: `${name}, 365 days`, path: menu.url('first', { ...query, time: '365' }) },
    ];
  });
  const middle = String(Math.floor(changes / 2));
  const object = { kind: 'invoice/event_invoice_line_change', id: '1' };
  return [
    ...asked,
    { name: 'today', path: menu.url('first', { time: '1' }) },
    { name: 'older, 365 days', path: menu.url('first', { time: '365', before: middle }) },
    {
      name: 'older, a word that all have, 365 days',
      path: menu.url('first', { time: '365', text: 'stk', before: middle }),
    },
    { name: 'tab: older', path: tab.url('first', { before: middle }) },
    { name: 'object with 1,000 changes', path: menu.url('object', object) },
    { name: 'object with 1,000 changes, older', path: menu.url('object', { ...object, before: middle }) },
  ];
}

/** The filter as the form of the page sends it. */
function writeQuery({ hook, since, until, text, state }: ChangeFilter, now: number): Record<string, string> {
  return {
    ...(hook && { kind: hookPath(hook) }),
    ...(text !== undefined && { text }),
    ...(state !== undefined && { state }),
    ...(since !== undefined && until === undefined && { time: String(Math.round((now - since) / day)) }),
    ...(since !== undefined && until !== undefined && { time: 'range', from: danishDay(since), to: danishDay(until) }),
  };
}

async function time(answers: number, browser: Browser, path: string, before: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < answers; count += 1) {
    await before();
    times.push((await ask(browser, path)).milliseconds);
  }
  return times;
}

async function ask(browser: Browser, path: string): Promise<Answer> {
  const answer = await browser.get(path);
  if (answer.status !== 200) throw new Error(`A page was answered ${answer.status}: ${answer.body.slice(0, 500)}`);
  return answer;
}

/** Of CPU, by neither the server nor this process, on all cores. NaN where it cannot be read. */
function foreignSeconds(pid: number): number {
  const { user, system } = process.cpuUsage();
  return (busySeconds() ?? NaN) - (cpuSeconds(pid) ?? NaN) - (user + system) / 1e6;
}
