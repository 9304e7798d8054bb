import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { buildRun, json, processOn, searched } from './run-appconnect.ts';

async function startReceiver(): Promise<{ url: string; host: string; received: { id: string; type: string }[] }> {
  const received: { id: string; type: string }[] = [];
  const receiver = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ id: String(request.headers['webhook-id']), type: (JSON.parse(body) as { type: string }).type });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    receiver.close();
  });
  const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  return { url: `http://${host}/hook`, host, received };
}

test('an operator looks, replays and removes while the server runs', async () => {
  const { sandbox, server } = await startStory();
  const run = buildRun(server);
  await searched(server);
  await sandbox.changeInvoiceLine(50101, { count: 2 });
  await sandbox.sendEvent('invoice', 'event_invoice_line_change', { object: 'not JSON' });
  await until(async () => (await server.services.store.operator.countEvents({ state: 'handled' })) === 1);

  expect(json(await run('tenants', '--json'))).toMatchObject([
    { id: 1, contract: sandbox.contract, received: 1, handled: 1 },
  ]);
  expect((await run('tenants')).out).toContain(sandbox.contract);

  const { nameOf } = server.services.store;
  expect(json(await run('events', 'list', '--json'))).toMatchObject([
    { id: await nameOf(2), state: 'rejected', fault: 'The variable "object" is not JSON.' },
    { id: await nameOf(1), state: 'handled', objectId: '50101' },
  ]);
  expect((await run('events', 'list', '--state', 'handled')).out).toMatch(/evt_[0-9a-f]{10}_1 .*50101 +handled/);
  expect(json(await run('events', 'show', 'evt_2'))).toMatchObject({
    state: 'rejected',
    body: expect.stringContaining('not JSON') as string,
  });

  expect(
    json(await run('events', 'replay', '--hook', 'invoice/event_invoice_line_change', '--dry-run', '--json')),
  ).toEqual({ selected: 2, replayed: 0, read: 0, unread: 0, skipped: 0, dryRun: true });
  expect(json(await run('events', 'replay', await nameOf(1), 'evt_2', '--json'))).toEqual({
    selected: 2,
    replayed: 1,
    read: 0,
    unread: 1,
    skipped: 0,
    dryRun: false,
  });
  await until(async () =>
    (await server.services.store.operator.counters()).some(({ name, value }) => name === 'handled' && value === 2),
  );

  expect(json(await run('events', 'remove', '--state', 'rejected', '--json'))).toMatchObject({ removed: 1 });
  expect(await server.services.store.operator.countEvents({})).toBe(1);
  await sandbox.changeInvoiceLine(50101, { count: 3 });
  expect(await server.services.store.operator.countEvents({})).toBe(2);
});

test('a wrong command says what to do, and changes nothing', async () => {
  const { server, sandbox } = await startStory();
  const run = buildRun(server);
  await searched(server);
  await sandbox.changeInvoiceLine(50101, { count: 2 });
  const process = processOn(server.services.config.DATABASE_URL);
  expect(await process('events', 'remove')).toEqual(await run('events', 'remove'));
  for (const [words, says] of [
    [['events', 'remove'], 'Name the events, or select them'],
    [['events', 'show', 'evt_99'], 'There is no event evt_99'],
    [['events', 'show', 'evt_0123456789_1'], 'There is no event evt_0123456789_1'],
    [['events', 'remove', 'evt_0123456789_1'], 'There is no event evt_0123456789_1'],
    [['events', 'show', 'evt_no_1'], 'it is written'],
    [['events', 'list', '--state', 'lost'], 'It is one of rejected, unsorted'],
    [['events', 'replay', 'evt_1', '--forward', '9'], 'There is no forward 9'],
    [['forwards', 'pause', '9'], 'There is no forward 9'],
    [['forwards', 'add', '1', 'https://127.0.0.1/x'], 'cannot be a destination'],
    [['forwards', 'add', '7', 'https://example.com/x'], 'There is no tenant 7'],
  ] as const) {
    const ran = await run(...words);
    expect([words, ran.code]).toEqual([words, 1]);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toContain('    at ');
  }
  expect(await server.services.store.operator.countEvents({})).toBe(1);
});

test('a forward is added, tested, paused, resumed, replayed to and removed', async () => {
  const receiver = await startReceiver();
  const allow = { FORWARD_PRIVATE_HOSTS: receiver.host };
  const { sandbox, server } = await startStory({ settings: allow });
  const run = buildRun(server, allow);
  await searched(server);

  const added = json(
    await run('forwards', 'add', '1', receiver.url, '--hooks', 'invoice/event_invoice_line_change', '--json'),
  );
  expect(added).toMatchObject({
    id: 1,
    tenantId: 1,
    url: receiver.url,
    secret: expect.stringMatching(/^whsec_/) as string,
  });
  const twice = await run('forwards', 'add', '1', receiver.url);
  expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('has a forward to it already')]);
  const secret = `whsec_${Buffer.alloc(32, 'b').toString('base64')}`;
  const rotate = processOn(server.services.config.DATABASE_URL, allow, `${secret}\n`);
  expect(json(await rotate('forwards', 'rotate', '1', '--secret', '-', '--json'))).toEqual({ id: 1, secret });
  expect(JSON.stringify(json(await run('forwards', 'list', '--json')))).not.toContain('whsec_');
  expect((await run('forwards', 'test', '1')).out).toContain('The test arrived');
  expect(receiver.received).toMatchObject([{ type: 'appconnect.test' }]);

  await sandbox.changeInvoiceLine(50101, { count: 2 });
  await until(() => receiver.received.length === 2);
  json(await run('forwards', 'pause', '1', '--json'));
  await sandbox.changeInvoiceLine(50101, { count: 3 });
  await until(async () => (await server.services.store.operator.countEvents({ forwardId: 1, state: 'held' })) === 1);
  expect((await run('forwards', 'list')).out).toContain('An operator paused it.');
  json(await run('forwards', 'resume', '1', '--json'));
  await until(() => receiver.received.length === 3);

  expect(json(await run('events', 'replay', 'evt_1', '--forward', '1', '--json'))).toMatchObject({ replayed: 1 });
  await until(() => receiver.received.length === 4);
  expect(receiver.received.map(({ id }) => id).slice(1)).toEqual(
    await Promise.all([1, 2, 1].map(server.services.store.nameOf)),
  );

  json(await run('forwards', 'remove', '1', '--json'));
  expect((await run('forwards', 'list')).out).toBe('There are no forwards.\n');
});
