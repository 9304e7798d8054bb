import { describe, onTestFinished, test } from 'vitest';
import { arrivals } from './battery/arrivals.ts';
import { claims } from './battery/claims.ts';
import { connections } from './battery/connections.ts';
import { describing } from './battery/describing.ts';
import { endings } from './battery/endings.ts';
import { forwards } from './battery/forwards.ts';
import { gaps } from './battery/gaps.ts';
import { history } from './battery/history.ts';
import { checkHistories } from './battery/histories.ts';
import { leases } from './battery/leases.ts';
import { rooms } from './battery/rooms.ts';
import { operator } from './battery/operator.ts';
import { sorting } from './battery/sorting.ts';
import { whole } from './battery/whole.ts';
import type { Chapter } from './battery/world.ts';
import type { MakeDatabase } from './open-store.ts';

const chapters: Readonly<Record<string, Chapter>> = {
  arrivals,
  sorting,
  claims,
  rooms,
  endings,
  leases,
  operator,
  forwards,
  gaps,
  describing,
  history,
  connections,
  whole,
};

/** What the ports promise, asked of one adapter, and so many generated histories. Nothing in it knows which. */
export function battery(adapter: string, make: MakeDatabase, histories = 20): void {
  describe.each(Object.entries(chapters))(`${adapter}: %s`, (_name, chapter) => {
    test.each(Object.entries(chapter))('%s', async (_promise, check) => {
      const database = await make();
      onTestFinished(() => database.end());
      await check({ database, store: await database.open() });
    });
  });
  test(`${adapter}: any acts in any order leave what a model in memory says`, async () => {
    await checkHistories(make, histories);
  }, 3_600_000);
}
