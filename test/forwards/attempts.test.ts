import { expect, test } from 'vitest';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';
import { databaseFile, stopClock } from '../support/start-inbox.ts';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { openForwards, quick } from './open-forwards.ts';
import { startReceiver } from './start-receiver.ts';

test('each attempt is on record with status, time and fault, newest first', async () => {
  const clock = stopClock();
  const answers = [500, 429, 204];
  const receiver = await startReceiver((_received, response) => {
    clock.move(250);
    response.writeHead(answers.shift() ?? 200).end();
  });
  const inbox = await openForwards([receiver], { world: { now: clock.now } });
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  await inbox.send(inbox.tenant, { id: 1 });
  const began = clock.now();
  inbox.work();
  for (const attempts of [1, 2]) {
    await until(async () => (await forwards.attempts(id, 10)).length === attempts);
    clock.move(60_000);
  }
  await until(async () => (await inbox.find(1, id))?.state === 'handled');
  const fault = (status: number) => `${receiver.host} answered ${status}.`;
  expect(await forwards.attempts(id, 10)).toEqual([
    { eventId: 1, at: began + 120_750, attempt: 3, status: 204, ms: 250 },
    { eventId: 1, at: began + 60_500, attempt: 2, status: 429, ms: 250, fault: fault(429) },
    { eventId: 1, at: began + 250, attempt: 1, status: 500, ms: 250, fault: fault(500) },
  ]);
  expect(await forwards.attempts(id, 1)).toHaveLength(1);
  expect(await forwards.attempts(id + 1, 10)).toEqual([]);
});

test('an attempt that was given up, one without an answer and one that pauses its forward are on record too', async () => {
  const receiver = await startReceiver((one, response) => {
    if (one.object.id === 1) response.destroy();
    else if (one.object.id === 2) response.writeHead(410).end();
  });
  const inbox = await openForwards([receiver], { world: { limits: { ...quick, time: 200, backOff: [] } } });
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  inbox.work();
  const record = async () => (await forwards.attempts(id, 10)).map(({ status, fault }) => ({ status, fault }));
  const host = receiver.host;
  await inbox.send(inbox.tenant, { id: 1 });
  await until(async () => (await record()).length === 1);
  expect(await record()).toEqual([
    { status: undefined, fault: expect.stringContaining(`${host} could not be reached`) as string },
  ]);
  await inbox.send(inbox.tenant, { id: 3 });
  await until(async () => (await record()).length === 2);
  expect((await record())[0]?.fault).toBe('It did not end within 0.2 seconds.');
  await inbox.send(inbox.tenant, { id: 2 });
  await until(async () => (await record()).length === 3);
  expect((await record())[0]).toEqual({ status: 410, fault: `${host} answered 410.` });
});

test('the record of an event goes with the event, and a forward’s with the forward', async () => {
  const folder = makeFolder();
  const receivers = [await startReceiver(), await startReceiver()];
  const inbox = await openForwards(receivers, { folder });
  const { forwards, store } = inbox.services;
  const [first, second] = await Promise.all(receivers.map((receiver) => inbox.add(receiver)));
  for (const id of [1, 2]) await inbox.send(inbox.tenant, { id });
  inbox.work();
  const eventsOf = async (id = 0) => (await forwards.attempts(id, 10)).map(({ eventId }) => eventId).toSorted();
  await until(async () => (await eventsOf(first?.id)).length === 2 && (await eventsOf(second?.id)).length === 2);
  expect(await store.operator.remove({ ids: [1] }, { after: 0 })).toMatchObject({ done: 1 });
  expect([await eventsOf(first?.id), await eventsOf(second?.id)]).toEqual([[2], [2]]);
  await forwards.remove(first?.id ?? 0);
  expect([await eventsOf(first?.id), await eventsOf(second?.id)]).toEqual([[], [2]]);
});

test('a thousand attempts go with their forward', async () => {
  const folder = makeFolder();
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver], { folder });
  const { id } = await inbox.add(receiver);
  const database = openDatabase(databaseFile(folder));
  const insert = database.prepare('INSERT INTO attempts (forward_id, event_id, at, attempt) VALUES (?, ?, 0, 1)');
  database.transaction(() => {
    for (let event = 1; event <= 1000; event += 1) insert.run(id, event);
  })();
  await inbox.services.forwards.remove(id);
  expect(database.prepare('SELECT count(*) AS count FROM attempts').get()).toEqual({ count: 0 });
  database.close();
});

test('an event of the forward’s tenant is sent again on request, another tenant’s is not', async () => {
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver], { world: { limits: quick } });
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  const other = await inbox.addTenant('2000');
  await inbox.send(inbox.tenant, { id: 1 });
  const foreign = await inbox.send(other, { id: 2 });
  inbox.work();
  await until(async () => (await forwards.attempts(id, 10)).length === 1);
  await forwards.replay(id, 1);
  await until(async () => (await forwards.attempts(id, 10)).length === 2);
  expect(receiver.received.map(({ object }) => object.id)).toEqual([1, 1]);
  await expect(forwards.replay(id, foreign)).rejects.toThrow(`There is no evt_${foreign} to send again.`);
  await expect(forwards.replay(id, 99)).rejects.toThrow('There is no evt_99 to send again.');
  await expect(forwards.replay(99, 1)).rejects.toThrow('There is no forward 99.');
});

test('a test shows how the answer begins: 2,000 characters, and none that could fool a reader', async () => {
  let body = 'linje 1\r\n\tlinje 2 – æøå \u0000\u001b[31m\u202eDROWSSAP\u200b';
  const receiver = await startReceiver((_received, response) => response.writeHead(202).end(body));
  const inbox = await openForwards([receiver]);
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  expect(await forwards.test(id)).toMatchObject({ status: 202, body: 'linje 1\n\tlinje 2 – æøå [31mDROWSSAP' });
  body = 'ø'.repeat(100_000);
  expect(await forwards.test(id)).toMatchObject({ status: 202, body: 'ø'.repeat(2000) });
});
