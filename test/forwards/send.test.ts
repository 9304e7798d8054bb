import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { stopClock } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';
import { openForwards, quick } from './open-forwards.ts';
import { answerWith, startReceiver, type Received } from './start-receiver.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** By the library's own hand; undefined when it does not accept the signature. */
function verify({ body, headers }: Received, secret: string): unknown {
  try {
    return new Webhook(secret).verify(body, headers);
  } catch {
    return undefined;
  }
}

test('a receiver gets the event as Standard Webhooks say, and the signature is good', async () => {
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver]);
  const forward = await inbox.add(receiver);
  const secret = forward.secrets[0]?.secret.reveal() ?? '';
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  const { gatherer, now } = inbox.services;
  const name = { modcode: 'invoice', hook: 'event_invoice_line_change', tenantId: inbox.tenant, receivedAt: now() };
  await gatherer.add({ ...name, fields: { object: '{"id":7,"text":"smørrebrød"}', contract: '1042' } }, 10);
  await gatherer.add({ ...name, fields: { object: '{"id":7,"text":"kaffe"}' } }, 10);
  await gatherer.add({ ...name, fields: { object: 'no JSON' } }, 10);
  inbox.work();
  await until(() => receiver.received.length === 3);
  const names = await Promise.all([1, 2, 3].map(inbox.services.store.nameOf));
  const told = (id: number): Received =>
    receiver.received.find((one) => one.headers['webhook-id'] === names[id - 1]) as Received;
  const data = { contract: '1042', host: 'a.microbizz.dk', modcode: 'invoice', hook: 'event_invoice_line_change' };
  const timestamp = new Date(name.receivedAt).toISOString();
  const type = 'invoice.event_invoice_line_change';
  expect(verify(told(1), secret)).toEqual({
    type,
    timestamp,
    data: { ...data, object: { id: 7, text: 'smørrebrød' }, fields: { contract: '1042' } },
  });
  expect(verify(told(2), secret)).toEqual({
    type,
    timestamp,
    data: { ...data, object: { id: 7, text: 'kaffe' }, previous: { id: 7, text: 'smørrebrød' } },
  });
  expect(verify(told(3), secret)).toEqual({ type, timestamp, data: { ...data, object: 'no JSON' } });
  expect(told(1).headers['content-type']).toBe('application/json');
  expect(told(1).headers).not.toHaveProperty('cookie');
  expect(verify(told(1), 'whsec_dGhpcyBpcyBub3QgdGhlIHNlY3JldCBhdCBhbGw=')).toBeUndefined();
  await until(async () => (await inbox.find(1, forward.id))?.state === 'handled');
  await until(async () =>
    (await inbox.services.store.operator.counters()).some(
      ({ name: counter, value }) => counter === 'forwarded' && value === 3,
    ),
  );
});

test('every attempt has the id of the event and a time of its own', async () => {
  const clock = stopClock(Date.now());
  let broken = true;
  const receiver = await startReceiver((_received, response) => response.writeHead(broken ? 500 : 200).end());
  const inbox = await openForwards([receiver], { world: { now: clock.now } });
  const { id, secrets } = await inbox.add(receiver);
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  await until(async () => (await inbox.find(1, id))?.fault);
  broken = false;
  clock.move(5000);
  await until(async () => (await inbox.find(1, id))?.state === 'handled');
  const [first, second] = receiver.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(Number(second?.headers['webhook-timestamp'])).toBe(Number(first?.headers['webhook-timestamp']) + 5);
  expect(second?.body).toBe(first?.body);
  expect(second && verify(second, secrets[0]?.secret.reveal() ?? '')).toMatchObject({ data: { object: { id: 1 } } });
});

test.each([
  [404, 'answered 404.'],
  [500, 'answered 500.'],
  [302, 'answered 302, a redirect, which is not followed.'],
])('%i is a failure that says so, and nothing of URL or answer', async (status, fault) => {
  const receiver = await startReceiver((_received, response) => response.writeHead(status).end('token=sesame'));
  const inbox = await openForwards([receiver], { world: { now: stopClock().now } });
  const { id } = await inbox.add({ ...receiver, url: `${receiver.url}/hidden?key=sesame` });
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  const failed = await until(() => inbox.log.find(({ msg }) => msg === 'attempt failed'));
  expect(failed).toMatchObject({
    tenant: inbox.tenant,
    hook: 'invoice/event_invoice_line_change',
    event: 1,
    forward: id,
    attempt: 1,
    fault: `${receiver.host} ${fault}`,
  });
  expect(JSON.stringify(inbox.log)).not.toContain('sesame');
});

test('a destination that is not there is a failure', async () => {
  const inbox = await openForwards([], {
    settings: { FORWARD_PRIVATE_HOSTS: '127.0.0.1:1' },
    world: { now: stopClock().now },
  });
  await inbox.services.forwards.add({ tenantId: inbox.tenant, url: 'http://127.0.0.1:1/' });
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  const failed = await until(() => inbox.log.find(({ msg }) => msg === 'attempt failed'));
  expect(failed['fault']).toBe('127.0.0.1:1 could not be reached (ECONNREFUSED).');
});

test('Retry-After is honoured in seconds and as a date', async () => {
  const clock = stopClock(Date.parse('2027-01-04T10:00:00Z'));
  const waits: Record<number, [number, string]> = {
    1: [503, '90'],
    2: [429, 'Mon, 04 Jan 2027 10:02:00 GMT'],
    3: [500, 'Mon, 04 Jan 2027 09:00:00 GMT'],
    4: [500, '-5'],
  };
  const receiver = await startReceiver(({ object }, response) => {
    const [status, header] = waits[object.id] ?? [200, ''];
    response.writeHead(status, { 'retry-after': header }).end();
  });
  const inbox = await openForwards([receiver], { world: { now: clock.now } });
  const { id } = await inbox.add(receiver);
  for (const object of [1, 2, 3, 4]) await inbox.send(inbox.tenant, { id: object });
  inbox.work();
  const due = async (event: number): Promise<number> => {
    await until(async () => (await inbox.find(event, id))?.fault);
    return ((await inbox.find(event, id))?.dueAt ?? 0) - clock.now();
  };
  expect(await due(1)).toBe(90_000);
  expect(await due(2)).toBe(120_000);
  expect(await due(3)).toBe(5000);
  expect(await due(4)).toBe(5000);
});

test('410 pauses the forward; its events stay, held, and go out in order when it is resumed', async () => {
  let status = 410;
  const receiver = await startReceiver((_received, response) => response.writeHead(status).end());
  const inbox = await openForwards([receiver]);
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  await inbox.send(inbox.tenant, { id: 1, change: 1 });
  inbox.work();
  await until(async () => (await inbox.find(1, id))?.state === 'held' && (await inbox.find(1, id))?.fault);
  expect(await forwards.find(id)).toMatchObject({ paused: 'gone' });
  expect(inbox.log.find(({ msg }) => msg === 'forward paused')).toMatchObject({ tenant: inbox.tenant, forward: id });
  await inbox.send(inbox.tenant, { id: 1, change: 2 });
  await inbox.send(inbox.tenant, { id: 2, change: 1 });
  await until(async () => (await inbox.find(3, id))?.state === 'held');
  expect((await inbox.find(2, id))?.state).toBe('queued');
  expect(receiver.received).toHaveLength(1);
  status = 200;
  await forwards.resume(id);
  await until(
    async () => (await inbox.find(2, id))?.state === 'handled' && (await inbox.find(3, id))?.state === 'handled',
  );
  expect(
    receiver.received
      .slice(1)
      .filter(({ object }) => object.id === 1)
      .map(({ object }) => object.change),
  ).toEqual([1, 2]);
  expect(await forwards.find(id)).toMatchObject({ paused: undefined, failingSince: undefined });
});

test('three days without a success pause it; a success in between begins them anew', async () => {
  const clock = stopClock();
  let status = 500;
  const receiver = await startReceiver((_received, response) => response.writeHead(status).end());
  const inbox = await openForwards([receiver], { world: { now: clock.now } });
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  inbox.work();
  /** Sends an event for an object of its own, and waits for its attempt. */
  let events = 0;
  const attempt = async (state: string): Promise<void> => {
    events += 1;
    const event = await inbox.send(inbox.tenant, { id: events });
    await until(async () => {
      const handling = await inbox.find(event, id);
      return handling?.state === state && (state !== 'ready' || handling.fault !== undefined);
    });
  };
  await attempt('ready');
  expect((await forwards.find(id))?.failingSince).toBe(clock.now());
  clock.move(3 * day - 1);
  status = 200;
  await attempt('handled');
  await until(async () => (await forwards.find(id))?.failingSince === undefined);
  status = 500;
  await attempt('ready');
  const since = clock.now();
  clock.move(2 * day);
  await attempt('ready');
  expect(await forwards.find(id)).toMatchObject({ paused: undefined, failingSince: since });
  clock.move(day);
  await attempt('held');
  expect((await forwards.find(id))?.paused).toBe('failing');
  const before = receiver.received.length;
  await inbox.send(inbox.tenant, { id: 'late' });
  await until(async () => (await inbox.find(events + 1, id))?.state === 'held');
  expect(receiver.received).toHaveLength(before);
});

test('of a huge answer little is read, and its status counts', async () => {
  const chunk = Buffer.alloc(16 * 1024);
  let written = 0;
  let closed = false;
  const receiver = await startReceiver((_received, response) => {
    const write = (): void => {
      while (!closed && response.write(chunk)) written += chunk.length;
      if (!closed) response.once('drain', write);
    };
    response.on('close', () => (closed = true));
    write();
  });
  const inbox = await openForwards([receiver]);
  const { id } = await inbox.add(receiver);
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  await until(async () => (await inbox.find(1, id))?.state === 'handled');
  await until(() => closed);
  // What the kernel holds between the two is more than what is read.
  expect(written).toBeLessThan(16 * 1024 * 1024);
});

test('an answer that does not come is a failure; one that does not end is judged by its status', async () => {
  const receiver = await startReceiver(({ object }, response) => {
    if (object.id === 2) response.writeHead(200).write('{');
  });
  const inbox = await openForwards([receiver], { world: { now: stopClock().now, forwardTime: 200 } });
  const { id } = await inbox.add(receiver);
  await inbox.send(inbox.tenant, { id: 1 });
  await inbox.send(inbox.tenant, { id: 2 });
  inbox.work();
  expect(await until(async () => (await inbox.find(1, id))?.fault)).toBe(
    `${receiver.host} did not answer within 0.2 seconds.`,
  );
  await until(async () => (await inbox.find(2, id))?.state === 'handled');
});

test('while secrets overlap both verify, the newest first; afterwards the new one alone', async () => {
  const clock = stopClock(Date.now() - 250_000);
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver], { world: { now: clock.now } });
  const { forwards } = inbox.services;
  const old = `whsec_${Buffer.alloc(24, 'a').toString('base64')}`;
  const { id } = await inbox.add(receiver, { secret: old });
  const fresh = (await forwards.rotate(id, { overlap: 200_000 })).reveal();
  inbox.work();
  const next = async (): Promise<Received> => {
    const seen = receiver.received.length;
    await inbox.send(inbox.tenant, { id: seen });
    return until(() => receiver.received[seen]);
  };
  clock.move(199_999);
  const during = await next();
  expect([old, fresh].map((secret) => verify(during, secret) !== undefined)).toEqual([true, true]);
  const [first, ...others] = during.headers['webhook-signature']?.split(' ') ?? [];
  expect(others).toHaveLength(1);
  const alone = { ...during, headers: { ...during.headers, 'webhook-signature': first ?? '' } };
  expect([old, fresh].map((secret) => verify(alone, secret) !== undefined)).toEqual([false, true]);
  clock.move(1);
  const after = await next();
  expect([old, fresh].map((secret) => verify(after, secret) !== undefined)).toEqual([false, true]);
  const newest = (await forwards.rotate(id, { overlap: 0 })).reveal();
  const last = await next();
  expect([fresh, newest].map((secret) => verify(last, secret) !== undefined)).toEqual([false, true]);
});

test('the test message is signed, is not stored, and goes out also while the forward is paused', async () => {
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver], { world: { limits: quick } });
  const { forwards } = inbox.services;
  const { id, secrets } = await inbox.add(receiver);
  await forwards.pause(id);
  expect(await forwards.test(id)).toEqual({ status: 200, ms: expect.any(Number) as number, body: '' });
  expect(await forwards.attempts(id, 10)).toEqual([]);
  const [sent] = receiver.received;
  expect(sent && verify(sent, secrets[0]?.secret.reveal() ?? '')).toMatchObject({
    type: 'appconnect.test',
    data: { contract: '1042', host: 'a.microbizz.dk' },
  });
  expect(sent?.headers['webhook-id']).toMatch(/^test_/);
  await expect(forwards.test(99)).rejects.toThrow('There is no forward 99.');
});

test('the test message reports a refusal', async () => {
  const receiver = await startReceiver(answerWith(401));
  const inbox = await openForwards([receiver]);
  const { id } = await inbox.add(receiver);
  expect(await inbox.services.forwards.test(id)).toMatchObject({
    status: 401,
    fault: `${receiver.host} answered 401.`,
  });
});
