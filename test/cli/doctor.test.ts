import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { examine } from '../../src/tools/cli/examine.ts';
import type { Finding } from '../../src/tools/cli/finding.ts';
import { readConfig, type Config } from '../../src/server/config.ts';
import { makeFolder, startStory, testSettings } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { buildRun, json, searched } from './run-appconnect.ts';

const productUse =
  'todo/event_product_use_change: no command that lists its changes is known, so missed changes stay missed.';

test('a server in order has nothing wrong, and says what cannot be searched for', async () => {
  const { server } = await startStory({ work: false });
  const run = buildRun(server);
  const { code, out } = await run('doctor');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^good {3}The settings can be read\.\ngood {3}The key is there\.\ngood {3}The database can be written\./,
  );
  expect(out).toMatch(/\ngood {3}127\.0\.0\.1:\d+\/2391 answers\.\n/);
  expect(out).toContain(`note   ${productUse}\n       → `);
});

test('whatever is wrong is told, each with what to do', async () => {
  const settings = { FORWARD_PRIVATE_HOSTS: '127.0.0.1:9' };
  const { sandbox, server } = await startStory({ settings });
  const { forwards, store, config } = server.services;
  await searched(server);
  await sandbox.changeInvoiceLine(50101, { count: 2 });
  await until(async () => (await store.operator.countEvents({ state: 'handled' })) > 0);
  const { id } = await forwards.add({ tenantId: 1, url: 'http://127.0.0.1:9/secret-path' });
  await forwards.pause(id);
  const database = new Database(config.DATABASE_URL);
  database.exec("UPDATE handlings SET state = 'dead', fault = 'no' WHERE event_id = 1");
  database.exec("UPDATE gap_runs SET fault = 'Microbizz was asleep' WHERE tenant_id = 1");
  database.close();
  sandbox.faults.api = 'envelope-error';

  const ran = await buildRun(server, settings)('doctor', '--json');
  expect([ran.code, ran.err]).toEqual([1, '']);
  const findings = (JSON.parse(ran.out) as Finding[]).filter(({ state }) => state === 'wrong');
  expect(findings).toEqual([
    {
      state: 'wrong',
      says: expect.stringMatching(/^127\.0\.0\.1:\d+\/2391 refuses this app( since \S+Z)?\.$/) as string,
      cure: expect.stringMatching(/^Connect again, .*: http:\/\/127\.0\.0\.1:1\/connect\?reconnect=[\w-]+$/) as string,
    },
    {
      state: 'wrong',
      says: expect.stringMatching(
        /the search for missed invoice\/event_invoice_line_change was last .* complete: Microbizz was asleep$/,
      ) as string,
      cure: '"gaps run --tenant 1" tries it again.',
    },
    {
      state: 'wrong',
      says: 'Forward 1 to 127.0.0.1:9 is paused: An operator paused it.',
      cure: 'Its events wait. "forwards test 1", then "forwards resume 1", or "forwards remove 1".',
    },
    {
      state: 'wrong',
      says: '1 event is dead: every attempt failed.',
      cure: '"events list --state dead" says why; then "events replay --state dead", or "events remove …".',
    },
  ]);
});

test('wrong settings, and a missing database are told before anything is made', async () => {
  const folder = makeFolder();
  const settings = testSettings(1, folder, {});
  const services = (): never => {
    throw new Error('nothing may be opened');
  };
  async function find(more: Record<string, string>): Promise<Finding[]> {
    const findings: Finding[] = [];
    const config = (): Config => readConfig({ ...settings, ...more });
    for await (const finding of examine({ config, services, settingsFile: () => undefined })) findings.push(finding);
    return findings;
  }
  expect(await find({ PORT: 'x', MICROBIZZ_SECRETKEY: '' })).toMatchObject([
    { state: 'wrong', says: expect.stringMatching(/PORT must be .*\n.*MICROBIZZ_SECRETKEY is required/) as string },
  ]);
  expect(await find({})).toMatchObject([
    { state: 'good' },
    { state: 'note', says: `There is no database ${join(folder, 'appconnect.db')} yet.` },
  ]);

  expect(readdirSync(folder)).toEqual([]);
});

test('an operator searches for what no event has told of', async () => {
  // The server itself does not search here: it would find it first.
  const { sandbox, server } = await startStory({ work: false });
  const run = buildRun(server);
  const [tenant] = await server.services.connections.listTenants();
  if (tenant === undefined) throw new Error('not connected');
  const invoiceline = { id: 50101, count: 9 };
  await server.services.apis.of(tenant, { disableCallbacks: true }).run('CreateUpdateInvoiceLineByID', { invoiceline });
  expect(await server.services.store.operator.countEvents({})).toBe(0);

  const run1 = { tenantId: 1, modcode: 'invoice', hook: 'event_invoice_line_change', found: 1 };
  expect(json(await run('gaps', 'run', '--tenant', sandbox.contract, '--json'))).toMatchObject([run1]);
  expect(json(await run('events', 'show', '1'))).toMatchObject({ objectId: '', state: 'unsorted' });
  expect((await run('gaps', 'list')).out).toMatch(/\n1 +invoice\/event_invoice_line_change +\d{4}-.* 1\n/);

  sandbox.faults.api = 'http-500';
  const failed = await run('gaps', 'run');
  expect([failed.code, failed.err]).toEqual([1, '1 of 1 runs are not complete.\n']);
  expect(failed.out).toContain('HTTP status 500');
});
