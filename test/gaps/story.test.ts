import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { defineEvent } from '../../src/server/events/define-event.ts';
import type { Sandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { nodeEnv } from '../support/node-env.ts';
import { hook } from '../support/start-inbox.ts';
import {
  connect,
  makeFolder,
  startServer,
  startStory,
  startTestSandbox,
  testSettings,
  type TestServer,
} from '../support/start-server.ts';
import { until } from '../support/until.ts';

interface Story {
  readonly sandbox: Sandbox;
  readonly ids: readonly number[];
  /** What handlers were told since the server was stopped: id and count. */
  readonly told: (readonly [number, number])[];
  readonly settings: Readonly<Record<string, string>>;
  start(): Promise<TestServer>;
}

/** A server that knows 500 invoice lines, stopped; and then all of them are changed, every fifth twice. */
async function changeWhileStopped(): Promise<Story> {
  const sandbox = await startTestSandbox();
  const told: (readonly [number, number])[] = [];
  const known = defineEvent({
    ...hook,
    title: 'Test',
    gaps: { command: 'GetInvoiceLinesByLastChange', items: 'invoicelines' },
    handle: ({ object }) => {
      told.push([Number(object['id']), Number(object['count'])]);
      return Promise.resolve(undefined);
    },
  });
  const settings = testSettings(1, makeFolder());
  const { DATABASE_URL = '' } = settings;
  const start = () =>
    startServer({ solution: sandbox.url, settings: { DATABASE_URL }, app: { events: [known], pages: [] } });

  const first = await start();
  await connect(first, sandbox);
  sandbox.faults.pageSize = 60;
  const ids = sandbox.addInvoiceLines(500);
  change(sandbox, ids, 1);
  await first.services.gaps.run();
  await until(() => ids.every((id) => told.some(([one]) => one === id)));
  await until(async () => (await first.services.store.operator.oldestUnhandled()) === undefined);
  await first.close();
  told.length = 0;
  change(sandbox, ids, 2);
  change(
    sandbox,
    ids.filter((id) => id % 5 === 0),
    3,
  );
  return { sandbox, ids, told, settings, start };
}

/** As somebody does it at Microbizz while nobody listens. */
function change({ state }: Sandbox, ids: readonly number[], count: number): void {
  const [changedate = '', changetime = ''] = new Date(state.now())
    .toLocaleString('sv-SE', { timeZone: 'Europe/Copenhagen' })
    .split(' ');
  const wanted = new Set(ids);
  for (const line of state.invoiceLines)
    if (wanted.has(line.id)) Object.assign(line, { count, changedate, changetime });
}

/** The handlers were told the latest of each line once, and it is what is known of it. */
async function expectLatest({ ids, told, sandbox }: Story, { services }: TestServer): Promise<void> {
  await until(() => told.length >= ids.length, 'every line was told');
  await until(async () => (await services.store.operator.oldestUnhandled()) === undefined);
  const expected = ids.map((id) => [id, id % 5 === 0 ? 3 : 2]);
  expect(told.toSorted(([a], [b]) => a - b)).toEqual(expected);
  const [tenant] = await services.connections.listTenants();
  const latest = await services.store.gaps.listLatest(tenant?.id ?? 0, hook, ids.map(String));
  for (const id of ids) {
    const line = sandbox.state.invoiceLines.find((one) => one.id === id);
    expect(JSON.parse(latest.get(String(id))?.['object'] ?? 'null')).toEqual(line);
  }
}

test('500 lines were changed while the server was stopped: after its start each latest content is there, told once', async () => {
  const story = await changeWhileStopped();
  const server = await story.start();
  await expectLatest(story, server);
  expect(await server.services.gaps.run()).toMatchObject([{ found: 0 }]);
  const [run] = await server.services.gaps.run();
  expect(run).not.toHaveProperty('fault');
  expect(story.told).toHaveLength(500);
});

test.each(['after-last', 'empty-at-end'] as const)('a list whose end is told by a key %s is complete', async (way) => {
  const { sandbox, server } = await startStory();
  // The one that a new tenant gets by itself is over.
  await server.services.gaps.run();
  Object.assign(sandbox.faults, { pageSize: 10, resumekey: way });
  sandbox.addInvoiceLines(30);
  const [run] = await server.services.gaps.run();
  expect(run).not.toHaveProperty('fault');
  const [tenant] = await server.services.connections.listTenants();
  expect(await server.services.store.operator.countEvents({ tenantId: tenant?.id ?? 0 })).toBe(30);
});

test('a key that never changes makes no endless run, and none that calls itself complete', async () => {
  const { sandbox, server } = await startStory();
  await server.services.gaps.run();
  Object.assign(sandbox.faults, { pageSize: 10, resumekey: 'repeats' });
  sandbox.addInvoiceLines(30);
  const [before] = await server.services.gaps.runs(1);
  const [run] = await server.services.gaps.run();
  expect(run).toMatchObject({
    fault: 'Microbizz gave a resumekey again that it gave before: the list may not be complete.',
  });
  expect((await server.services.gaps.runs(1))[0]?.since).toBe(before?.since);
});

test('a refused accesstoken is the fault of the run, and the next run after the repair has all', async () => {
  const { sandbox, server } = await startStory();
  await server.services.gaps.run();
  sandbox.refuseTokens();
  sandbox.addInvoiceLines(3);
  const [refused] = await server.services.gaps.run();
  expect(refused?.fault).toMatch(/token/);
  await connect(server, sandbox);
  await until(async () => (await server.services.store.operator.countEvents({})) === 3, 'the run by itself');
  await until(async () => (await server.services.gaps.runs(1))[0]?.fault === undefined, 'the end of the run');
});

test('what changed during an outage is found when Microbizz answers again', async () => {
  const { sandbox, server } = await startStory();
  const { services } = server;
  await services.gaps.run();
  const [tenant] = await services.connections.listTenants();
  if (tenant === undefined) throw new Error('no tenant');
  sandbox.faults.api = 'http-500';
  sandbox.addInvoiceLines(3);
  await expect(services.apis.of(tenant).run('Echo', { text: 'x' })).rejects.toThrow();
  sandbox.faults.api = 'none';
  await services.apis.of(tenant).run('Echo', { text: 'x' });
  await until(async () => (await services.store.operator.countEvents({})) === 3, 'the run by itself');
});

test('two runs of the command line at once, with the server stopped, and then its start: the same', async () => {
  const story = await changeWhileStopped();
  const run = () =>
    promisify(execFile)(process.execPath, ['src/tools/cli/main.ts', 'gaps', 'run', '--json'], {
      env: { ...nodeEnv(), ...story.settings },
    });
  await Promise.all([run(), run()]);
  expect(story.told).toHaveLength(0);
  const server = await story.start();
  await expectLatest(story, server);
  expect(await server.services.gaps.run()).toMatchObject([{ found: 0 }]);
  expect(story.told).toHaveLength(500);
});

test('a close does not wait for a Microbizz that is slow to answer', async () => {
  const { sandbox, server } = await startStory();
  await server.services.gaps.run();
  Object.assign(sandbox.faults, { api: 'slow', slowMs: 25_000 });
  const run = server.services.gaps.run();
  const before = sandbox.requests.length;
  await until(() => sandbox.requests.length > before, 'the question');
  const began = performance.now();
  await server.close();
  expect(performance.now() - began).toBeLessThan(5000);
  const [ended] = await run;
  expect(ended?.fault).toEqual(expect.any(String));
});
