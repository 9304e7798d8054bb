import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { workerLimits } from '../../src/server/inbox/worker-state.ts';
import { migrations } from '../../src/server/store/sqlite/migrations.ts';
import { unsorted } from '../../src/server/store/sqlite/migrations/unsorted.ts';
import { openStoreAt } from '../history/open-history.ts';
import { postEvent } from '../events/post-event.ts';
import { openInbox, sortAll, stopClock } from '../support/start-inbox.ts';
import { connect, hookUrl, makeFolder, startServer, startTestSandbox } from '../support/start-server.ts';
import { until } from '../support/until.ts';

const form = 'application/x-www-form-urlencoded';
const path = 'invoice/event_invoice_line_change';

test('what one tenant has left unsorted does not make another wait, however much it is', async () => {
  let unsorted: number | undefined;
  const inbox = await openInbox({
    handle: async (_event, { tenant }) => {
      if (tenant.contract !== 'noisy')
        unsorted ??= await inbox.services.store.operator.countEvents({ tenantId: noisy, state: 'unsorted' });
      return undefined;
    },
  });
  const noisy = await inbox.addTenant('noisy');
  const others = await Promise.all(['a', 'b', 'c'].map((contract) => inbox.addTenant(contract)));
  await inbox.services.store.inbox.append(
    Array.from({ length: 3000 }, (_, id) => ({
      modcode: 'invoice',
      hook: 'event_invoice_line_change',
      tenantId: noisy,
      receivedAt: 1,
      fields: { object: JSON.stringify({ id }) },
    })),
  );
  for (const tenant of others) await inbox.send(tenant, { id: 1 });
  inbox.work();
  await until(() => unsorted !== undefined);
  expect(unsorted).toBeGreaterThan(2000);
});

test('a large event of one tenant takes no more than its turn', async () => {
  const inbox = await openInbox();
  const [large, small] = [await inbox.addTenant('large'), await inbox.addTenant('small')];
  for (let id = 0; id < 3; id += 1) await inbox.send(large, { id, text: 'x'.repeat(2 ** 19) });
  for (let id = 0; id < 20; id += 1) await inbox.send(small, { id });
  const { inbox: store } = inbox.services.store;
  const turns = (await store.listUnsorted(100)).map(({ tenantId }) => tenantId);
  // The step has room for a megabyte: a turn of each, and what is left.
  expect(turns.slice(0, 17)).toEqual([large, ...Array<number>(16).fill(small)]);
  expect(turns.filter((tenant) => tenant === large)).toHaveLength(2);
  expect(await store.countUnsorted(large)).toBe(3);
});

test('each tenant has its turn before one has a second, and the next step begins where the last one ended', async () => {
  const inbox = await openInbox();
  const tenants = await Promise.all(['1', '2', '3', '4'].map((contract) => inbox.addTenant(contract)));
  for (let n = 0; n < 30; n += 1) for (const tenant of tenants) await inbox.send(tenant, { id: n });
  const { inbox: store } = inbox.services.store;
  const asked = async (): Promise<number[]> => [
    ...new Set((await store.listUnsorted(48)).map(({ tenantId }) => tenantId)),
  ];
  expect([await asked(), await asked()]).toEqual([
    [1, 2, 3],
    [4, 1, 2],
  ]);
});

test('the count of what is unsorted is exact: across arrivals side by side, steps and restarts', async () => {
  const folder = makeFolder();
  const inbox = await openInbox({ folder });
  const tenants = [await inbox.addTenant('1'), await inbox.addTenant('2')];
  const counts = async ({ services }: typeof inbox) =>
    Promise.all(
      tenants.map(async (tenantId) => [
        await services.store.inbox.countUnsorted(tenantId),
        await services.store.operator.countEvents({ tenantId, state: 'unsorted' }),
      ]),
    );
  const send = (n: number) =>
    Promise.all(tenants.flatMap((tenant) => [inbox.send(tenant, { n }), inbox.send(tenant, { n })]));
  for (let n = 0; n < 10; n += 1) await send(n);
  expect(await counts(inbox)).toEqual([
    [20, 20],
    [20, 20],
  ]);
  const { inbox: store } = inbox.services.store;
  const some = (await store.listUnsorted(16 + 7)).map((event) => ({
    ...event,
    objectId: '',
    lane: 'x',
    hash: new Uint8Array(),
    handler: true,
    rejected: false,
  }));
  await store.advance({ now: 0, sorted: some });
  await send(10);
  expect(await counts(await openInbox({ folder }))).toEqual([
    [6, 6],
    [15, 15],
  ]);
  // Listed before another process had sorted them: left alone.
  await store.advance({ now: 0, sorted: some });
  expect(await counts(inbox)).toEqual([
    [6, 6],
    [15, 15],
  ]);
  await sortAll(store);
  expect(await counts(inbox)).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test('a tenant with too many unsorted events is told 503 and when to come again, in the structure; the others are not', async () => {
  const clock = stopClock();
  const limits = { ...workerLimits, unsorted: 3 };
  const settings = { DATABASE_URL: `file:${makeFolder()}/a.db` };
  const options = { work: false, settings, world: { now: clock.now, limits } };
  const [one, other] = [await startTestSandbox(), await startTestSandbox()];
  const server = await startServer(options);
  const [url, others] = [hookUrl(await connect(server, one), path), hookUrl(await connect(server, other), path)];
  const send = async (to: string) => {
    clock.move(1000);
    return (await postEvent(to, 'object={"id":1}', form)).status;
  };
  for (let n = 0; n < 3; n += 1) expect(await send(url)).toBe(200);
  expect([await send(url), await send(others)]).toEqual([503, 200]);
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ object: '{"id":1}' }) });
  expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
    503,
    '30',
    '{"status":false,"error":"Too many events of this Microbizz are waiting to be handled. Send it again later."}',
  ]);
  expect(server.log.filter((line) => line.includes('Too many events of this Microbizz'))).toHaveLength(1);
  await server.close();

  const again = await startServer(options);
  const here = (address: string): string => again.url + new URL(address).pathname;
  expect([await send(here(url)), await send(here(others))]).toEqual([503, 200]);
  await sortAll(again.services.store.inbox);
  expect(await send(here(url))).toBe(200);
});

test('what an older version left unsorted is sorted after the upgrade, in its order', async () => {
  const file = `${makeFolder()}/a.db`;
  const old = new Database(file);
  const version = migrations.indexOf(unsorted);
  for (const sql of migrations.slice(0, version)) old.exec(sql);
  old.pragma(`user_version = ${version}`);
  for (const tenant of [1, 2, 1, 1, 2, 1])
    old.exec(
      `INSERT INTO events (tenant_id, modcode, hook, received_at, fields) VALUES (${tenant}, 'm', 'h', 5, '{}')`,
    );
  old.exec('UPDATE sorting SET after_id = 2');
  old.close();
  const { inbox } = await openStoreAt(file);
  expect([await inbox.countUnsorted(1), await inbox.countUnsorted(2)]).toEqual([3, 1]);
  expect((await inbox.listUnsorted(9)).map(({ id }) => id)).toEqual([3, 4, 6, 5]);
});
