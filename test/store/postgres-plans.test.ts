import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/server/store/ports/store.ts';
import { claim, connect, event, noon, roomForAll, sortSome } from './battery/world.ts';
import { askCluster, makePostgresDatabase } from './open-postgres.ts';

/** Pages of the tables and their indexes that were looked at, by connections that have ended. */
async function pagesOf(schema: string): Promise<number> {
  const mine = 'SELECT 1 FROM pg_stat_activity WHERE starts_with(application_name, $1)';
  while (((await askCluster(mine, [schema])).rowCount ?? 0) > 0);
  const { rows } = await askCluster(
    `SELECT sum(coalesce(heap_blks_hit, 0) + coalesce(heap_blks_read, 0) + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))::int AS pages
     FROM pg_statio_all_tables WHERE schemaname = $1`,
    [schema],
  );
  return (rows as { pages: number }[])[0]?.pages ?? 0;
}

/** How many are looked at for each event of an act, when so many events wait. Nothing was ever analyzed. */
async function costOf(waiting: number, act: (store: Store, tenant: number) => Promise<number>): Promise<number> {
  const database = await makePostgresDatabase();
  onTestFinished(() => database.end());
  const filling = await database.open();
  const tenant = await connect(filling);
  for (let from = 0; from < waiting; from += 500)
    await filling.inbox.append(
      Array.from({ length: 500 }, (_, at) => event(tenant, { id: (from + at) % (waiting / 2), n: from + at })),
    );
  while ((await sortSome(filling, 500)).length > 0);
  await filling.close();
  const before = await pagesOf(database.schema);
  const store = await database.open();
  const events = await act(store, tenant);
  await store.close();
  return ((await pagesOf(database.schema)) - before) / events;
}

const acts: Readonly<Record<string, (store: Store, tenant: number) => Promise<number>>> = {
  async 'a step'(store, tenant) {
    let ended = 0;
    for (let turn = 1; turn <= 6; turn += 1) {
      const room = { ...roomForAll, step: 40, perTarget: 40 };
      const claimed = await claim(store, `a/${turn}`, { room });
      await store.inbox.append(Array.from({ length: 40 }, (_, n) => event(tenant, { id: n, turn })));
      await sortSome(store, 40);
      const finishes = claimed.map((one) => ({ claimed: one, ending: { kind: 'handled' } as const }));
      await store.inbox.advance({ now: noon, finishes });
      ended += finishes.length;
    }
    return ended;
  },
  async 'a removal'(store) {
    const claimed = await claim(store, 'a/1', { room: { ...roomForAll, step: 200, perTarget: 200 } });
    await store.inbox.advance({
      now: noon,
      finishes: claimed.map((one) => ({ claimed: one, ending: { kind: 'handled' } })),
    });
    const ids = claimed.map(({ event: { id } }) => id);
    let done = 0;
    for (let after: number | undefined = 0; after !== undefined;) {
      const step = await store.operator.remove({ ids }, { after });
      done += step.done;
      after = step.next;
    }
    return done;
  },
};

test.each(Object.entries(acts))('%s costs an event no more when ten times as many wait', async (_name, act) => {
  const [few, many] = [await costOf(500, act), await costOf(5000, act)];
  // An index is a page deeper, and there are some more pages to a batch.
  expect([Math.round(few), Math.round(many), many < 1.2 * few]).toEqual([Math.round(few), Math.round(many), true]);
});
