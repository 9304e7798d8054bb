import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/server/store/ports/store.ts';
import { runOn } from '../cli/run-appconnect.ts';
import { connect as connectServer, hookUrl, startServer, startTestSandbox } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { askStore, plain, workOff } from './ask-store.ts';
import { act } from './battery/act.ts';
import { history as generated } from './battery/actions.ts';
import { check } from './battery/check.ts';
import { beginHistory, bringToEnd } from './battery/histories.ts';
import { addForward, connect, describeAll, event, handleAll, noon, receive, sortAll } from './battery/world.ts';
import { makeFilled, makeTarget, move } from './move-here.ts';
import { makeSqliteDatabases } from './open-store.ts';

const stateOf = (file: string): string =>
  `${statSync(file).mtimeMs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;

test('what is moved answers every question as before, and its work goes on in the same order', async () => {
  const { file, source } = await makeFilled();
  const before = stateOf(file);
  const target = await makeTarget();
  const { tables, same } = await move(file, target.url);
  expect(same).toBe(true);
  expect(tables.filter(({ source: { rows } }) => rows === 0).map(({ table }) => table)).toEqual([]);
  expect(stateOf(file)).toBe(before);
  const [old, moved] = [await source.open(), await target.open()];
  expect(await askStore(moved)).toEqual(await askStore(old));
  for (const store of [old, moved]) {
    await sortAll(store);
    await describeAll(store);
  }
  expect(await askStore(moved)).toEqual(await askStore(old));
  expect(await workOff(moved)).toEqual(await workOff(old));
  expect(await askStore(moved)).toEqual(await askStore(old));
});

test('new ids are above all that were given, and what is new takes its place behind what is moved', async () => {
  const { file, source } = await makeFilled();
  const target = await makeTarget();
  await move(file, target.url);
  const [old, moved] = [await source.open(), await target.open()];
  const goOn = async (store: Store) => {
    const tenant = await connect(store, 'new');
    const forward = await addForward(store, tenant);
    const [id = 0] = await receive(store, event(tenant, { id: 1 }));
    await handleAll(store, noon);
    await describeAll(store);
    await store.connections.noteVerified('away', noon);
    await sortAll(store);
    const last = plain(await store.operator.listEvents({}, { limit: 3 }));
    return { tenant, forward: forward.id, id, last };
  };
  const [here, there] = [await goOn(old), await goOn(moved)];
  expect(there).toEqual(here);
  expect(await moved.nameOf(there.id)).not.toBe(await old.nameOf(here.id));
});

test('with generated histories it is what a model in memory says, and comes to its end', async () => {
  const { make, end } = makeSqliteDatabases();
  onTestFinished(end);
  const property = fc.asyncProperty(generated, async (actions) => {
    const database = await make();
    const opened: Store[] = [];
    const open = async (key?: string): Promise<Store> => {
      const store = await database.open(key);
      opened.push(store);
      return store;
    };
    const run = await beginHistory({ ...database, open });
    for (const action of actions) await act(run, action);
    for (const store of opened) await store.close();
    const target = await makeTarget();
    expect(await move(database.file, target.url)).toMatchObject({ same: true });
    for (const at of [0, 1] as const) run.handles[at] = { ...run.handles[at], store: await target.open() };
    await check(run, run.handles[0].store);
    await bringToEnd(run, [{ text: 'ord1' }, { state: 'failed' }, { named: { userid: '5', usercode: '' } }]);
    await database.end();
  });
  await fc.assert(property, { numRuns: Number(process.env['BATTERY_HISTORIES'] ?? 3) });
});

test('an address that Microbizz was given is still accepted, and pages show what came before', async () => {
  const sandbox = await startTestSandbox();
  const old = await startServer({ solution: sandbox.url });
  const request = await connectServer(old, sandbox);
  await sandbox.changeInvoiceLine(50101, { count: 12 });
  await until(async () => (await old.services.store.operator.countEvents({ state: 'handled' })) > 0, 'a handled event');
  await old.close();
  const target = await makeTarget();
  const file = old.services.config.DATABASE_URL;
  expect(await runOn(file)('migrate-store', `file:${file}`, target.url)).toMatchObject({ code: 0 });

  const server = await startServer({ solution: sandbox.url, settings: { DATABASE_URL: target.url } });
  const address = hookUrl(request, 'invoice/event_invoice_line_change').replace(old.url, server.url);
  const body = new URLSearchParams({ object: JSON.stringify({ id: 50101, count: 13 }) });
  const answer = await fetch(address, { method: 'POST', body });
  expect([answer.status, await answer.text()]).toEqual([200, '{"status":true,"error":""}']);
  const { history: shown, operator } = server.services.store;
  const name = { modcode: 'invoice', hook: 'event_invoice_line_change', objectId: '50101' };
  await until(async () => (await shown.findObject(1, name))?.changes === 2, 'both changes of the invoice line');
  expect(await operator.countEvents({ state: 'dead' })).toBe(0);
});
