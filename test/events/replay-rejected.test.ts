import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildRun, json, searched } from '../cli/run-appconnect.ts';
import { startReceiver } from '../forwards/start-receiver.ts';
import { hookUrl, startStory, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { postEvent, readStored } from './post-event.ts';

const form = 'application/x-www-form-urlencoded';
const name = { modcode: 'invoice', hook: 'event_invoice_line_change' };
const path = `${name.modcode}/${name.hook}`;
const receivedAt = Date.parse('2026-11-01T08:00:00Z');

/** Keeps a POST as an older reader refused it. */
async function reject({ services }: TestServer, body: string): Promise<number> {
  const rejection = { ...name, tenantId: 1, receivedAt, contentType: form, body: Buffer.from(body), fault: 'Before.' };
  return services.gatherer.add(rejection, body.length);
}

test('what can be read now becomes an event of its own: sorted, forwarded and shown once; the rest stays, with the newest reason', async () => {
  const receiver = await startReceiver();
  const allow = { FORWARD_PRIVATE_HOSTS: receiver.host };
  const { server } = await startStory({ settings: allow });
  const { store, forwards } = server.services;
  const run = buildRun(server, allow);
  await searched(server);
  await forwards.add({ tenantId: 1, url: receiver.url });
  const good = await reject(server, 'object={"id":7001,"text":"K%C3%B8rsel"}');
  const bad = await reject(server, 'object=<xml/>');

  expect(json(await run('events', 'replay', '--tenant', '1', '--json'))).toEqual({
    selected: 2,
    replayed: 0,
    read: 1,
    unread: 1,
    skipped: 0,
    dryRun: false,
  });
  const { changes } = await until(async () => {
    const list = await store.history.listChanges(1, {}, { limit: 10 });
    return list.changes.length > 0 && list;
  });
  expect(changes).toMatchObject([{ objectId: '7001', receivedAt }]);
  const id = changes[0]?.eventId ?? 0;
  expect(id).toBeGreaterThan(bad);
  await until(() => receiver.received.length > 0);
  expect(receiver.received[0]?.headers['webhook-id']).toBe(await store.nameOf(id));
  expect(receiver.received[0]?.object).toEqual({ id: 7001, text: 'Kørsel' });
  expect(await store.operator.findEvent(good)).toBeUndefined();
  expect(await store.operator.findEvent(bad)).toMatchObject({
    state: 'rejected',
    fault: 'The variable "object" is not JSON.',
    body: 'object=<xml/>',
  });

  // Nothing is left to read, and nothing comes twice.
  const again = await run('events', 'replay', '--state', 'rejected');
  expect(again.out).toBe('0 of 1 selected events replayed, 1 still cannot be read.\n');
  const byForward = await run('events', 'replay', `evt_${bad}`, '--forward', '1');
  expect(byForward.out).toBe('0 of 1 selected events replayed, 1 left alone.\n');
  expect(await store.operator.countEvents({})).toBe(2);
  expect(receiver.received).toHaveLength(1);
});

test('a body that was kept packed is unpacked once, and what was too large for its limit is read under a larger one', async () => {
  const { server, request } = await startStory({ work: false, settings: { MAX_EVENT_BYTES: '100000' } });
  const url = hookUrl(request, path);
  const send = async (object: object, encoding: string): Promise<void> => {
    const body = gzipSync(`object=${JSON.stringify(object)}`);
    await fetch(url, { method: 'POST', body, headers: { 'content-type': form, 'content-encoding': encoding } });
  };
  await send({ id: 1, text: 'x'.repeat(200_000) }, 'gzip');
  await send({ id: 2 }, 'zstd');
  // Unpacked before it was refused: what is kept is no longer gzip.
  await fetch(url, {
    method: 'POST',
    body: gzipSync('other=1'),
    headers: { 'content-type': form, 'content-encoding': 'gzip' },
  });
  await postEvent(url, 'x'.repeat(100_001), form);
  expect(readStored(server)).toHaveLength(4);

  const run = buildRun(server, { MAX_EVENT_BYTES: '4194304' });
  const ran = await run('events', 'replay', 'evt_1', 'evt_2', 'evt_3', 'evt_4');
  expect(ran.out).toBe('0 of 4 selected events replayed, 1 read, under new names, 3 still cannot be read.\n');
  expect(readStored(server).map(({ fields, fault }) => fault ?? fields?.['object']?.length)).toEqual([
    'The Content-Encoding "zstd" is not understood: send gzip, deflate, br or none.',
    'The variable "object" is missing.',
    'The event is larger than 100000 bytes.',
    200_018,
  ]);
});
