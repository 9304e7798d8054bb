import { danishDay } from '../../src/microbizz/domain/danish-day.ts';
import type { ChangeFilter } from '../../src/server/store/ports/history.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { judge } from '../report/bars.ts';
import { median, p95 } from '../report/statistics.ts';
import { number, type Findings } from '../report/table.ts';
import type { Context } from './context.ts';

const day = 86_400_000;
const shown = 25;
const hook = { modcode: 'todo', hook: 'event_product_use_change' };
const named = { userid: '7', usercode: 'U7' };

/** Each filter alone, and the pairs in which one says much and the other little. */
export function filters(now: number): Record<string, ChangeFilter> {
  const old = { since: now - 390 * day, until: now - 380 * day };
  const [common, rare] = [{ text: 'stk' }, { text: '4711' }];
  return {
    'no filter': {},
    kind: { hook },
    '7 days': { since: now - 7 * day },
    '365 days': { since: now - 365 * day },
    'ten days, a year ago': old,
    user: { named },
    failed: { state: 'failed' },
    waiting: { state: 'waiting' },
    done: { state: 'done' },
    'a word that all have': common,
    'a rare word': rare,
    'two words, one cut short': { text: 'sørensen kug' },
    'one letter': { text: 'k' },
    'a product number': { text: 'VVS-0455' },
    'a word that none has': { text: 'findesikke' },
    'common word, kind, a year ago': { ...common, ...old, hook },
    'common word, failed': { ...common, state: 'failed' },
    'common word, done': { ...common, state: 'done' },
    'common word, user, a year ago': { ...common, ...old, named },
    'rare word, waiting': { ...rare, state: 'waiting' },
    'user, kind, failed': { named, hook, state: 'failed' },
  };
}

interface Timed {
  readonly name: string;
  readonly list: readonly number[];
  readonly counts: readonly number[];
}

/** Milliseconds, the first answer left out: what it reads from the file is the next one's too. */
async function time(rounds: number, act: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now();
    await act();
    times.push(performance.now() - began);
  }
  return times.slice(1);
}

/** How fast the store answers what the pages ask, with much in it. */
export async function history({ plan, say, fillHistory }: Context): Promise<Findings> {
  const { rounds, ...size } = plan.history;
  const { database, tenantId, now } = await fillHistory();
  say('history');
  const store = await openSqliteStore(database);
  const timed = await timeAll(store, tenantId, now, rounds);
  await store.close();
  const slowest = Math.max(...timed.map(({ list, counts }) => p95(list) + p95(counts)));
  return {
    tables: [
      {
        title: `Answers of the store with ${number(size.changes)} changes of ${number(size.objects)} objects, ${rounds} each, ms`,
        head: ['asked for', 'list p50', 'p95', 'counts p50', 'p95'],
        rows: timed.map(({ name, list, counts }) => [
          name,
          ...[median(list), p95(list), median(counts), p95(counts)].map((value) => number(value, 2)),
        ]),
        notes: plan.quick ? ['--quick stays far below a million: no bar is judged.'] : [],
      },
    ],
    judged: plan.quick ? [] : [judge('history', slowest)],
    raw: timed,
  };
}

async function timeAll(store: Pick<Store, 'history'>, tenantId: number, now: number, rounds: number): Promise<Timed[]> {
  const timed: Timed[] = [];
  const { history: kept } = store;
  for (const [name, filter] of Object.entries(filters(now))) {
    const days = { since: danishDay(filter.since ?? now - 30 * day), until: danishDay(filter.until ?? now) };
    timed.push({
      name,
      list: await time(rounds, () => kept.listChanges(tenantId, filter, { limit: shown })),
      counts: await time(rounds, () => kept.countChanges(tenantId, filter, days)),
    });
  }
  const object = { modcode: 'invoice', hook: 'event_invoice_line_change', objectId: '1' };
  timed.push({
    name: 'one object with 1,000 changes',
    list: await time(rounds, () => kept.listObjectChanges(tenantId, object, { limit: shown })),
    counts: await time(rounds, () => kept.findObject(tenantId, object)),
  });
  return timed;
}
