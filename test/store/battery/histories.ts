import fc from 'fast-check';
import { expect } from 'vitest';
import type { ChangeFilter } from '../../../src/server/store/ports/history.ts';
import type { MakeDatabase } from '../open-store.ts';
import { act } from './act.ts';
import { history, type Action } from './actions.ts';
import { check, checkAttempts, checkHistory } from './check.ts';
import { isOpen, newModel } from './model.ts';
import type { Run } from './run.ts';
import { connect, day, edi, invoice, noon, todo } from './world.ts';

const filter: fc.Arbitrary<ChangeFilter> = fc.record(
  {
    hook: fc.constantFrom(invoice, edi, todo),
    since: fc.constantFrom(noon - day, noon, noon + day),
    until: fc.constantFrom(noon, noon + 1, noon + 2 * day),
    text: fc.constantFrom('ord1', '2 ord0', '6', 'ord9'),
    state: fc.constantFrom('done', 'waiting', 'failed'),
    named: fc.constant({ userid: '5', usercode: '' }),
  },
  { requiredKeys: [] },
);

/**
 * Any acts in any order by two processes on one database, against a model in memory. Prints its seed: BATTERY_SEED gives the same histories
 * again, BATTERY_HISTORIES more of them.
 */
export async function checkHistories(make: MakeDatabase, histories: number): Promise<void> {
  const numRuns = Number(process.env['BATTERY_HISTORIES'] ?? histories);
  const seed = Number(process.env['BATTERY_SEED'] ?? Date.now() % 2 ** 31);
  let acts = 0;
  const property = fc.asyncProperty(history, fc.array(filter, { maxLength: 6 }), async (actions, filters) => {
    acts += actions.length;
    const database = await make();
    try {
      await checkOne(await beginHistory(database), actions, filters);
    } finally {
      await database.end();
    }
  });
  await fc.assert(property, { numRuns, seed });
  process.stdout.write(`${numRuns} generated histories with ${acts} acts, seed ${seed}\n`);
}

/** Two processes on one database, with two tenants. */
export async function beginHistory(database: Run['database']): Promise<Run> {
  const [store, other] = [await database.open(), await database.open()];
  const handles: Run['handles'] = [
    { store, holder: 'p1' },
    { store: other, holder: 'p2' },
  ];
  const tenants = [await connect(store, '1'), await connect(store, '2')];
  return { database, handles, tenants, model: newModel(), now: noon, lives: 2, claims: 0, held: [], ended: [] };
}

async function checkOne(run: Run, actions: readonly Action[], filters: readonly ChangeFilter[]): Promise<void> {
  for (const [at, action] of actions.entries()) {
    await act(run, action);
    await check(run, run.handles[at % 2 === 0 ? 0 : 1].store);
  }
  await bringToEnd(run, filters);
}

/** Nothing is stuck: with nobody failing, all that is open is handled. */
export async function bringToEnd(run: Run, filters: readonly ChangeFilter[]): Promise<void> {
  const [{ store: one }, { store: two }] = run.handles;
  const unsorted = (): boolean => [...run.model.events.values()].some(({ sorted }) => !sorted);
  while (unsorted()) await act(run, { do: 'sort', by: 0, limit: 5 });
  for (let at = 0; at < run.model.events.size; at += 1) await act(run, { do: 'describe', by: at % 2, limit: 9 });
  expect(await Promise.all(run.tenants.map((tenant) => one.history.countUndescribed(tenant)))).toEqual(
    run.tenants.map(() => ({ count: 0, atMost: false })),
  );
  await checkHistory(run, two, filters);
  await checkAttempts(run, one);
  for (let which = 0; which < run.model.forwards.size; which += 1) {
    await act(run, { do: 'resumeForward', by: 0, which });
    await act(run, { do: 'settleForward', by: 1, which });
  }
  run.now += 30 * day;
  for (;;) {
    while (run.held.length > 0) await act(run, { do: 'finish', by: 0, which: 0, kind: 'handled', pause: 0 });
    if (![...run.model.handlings.values()].some(isOpen)) break;
    await act(run, { do: 'claim', by: 1, perTarget: 99, suspects: 9, alone: true });
    expect(run.held.length, 'nothing is stuck').toBeGreaterThan(0);
  }
  await check(run, one);
  await checkHistory(run, one, filters);
  await checkAttempts(run, two);
}
