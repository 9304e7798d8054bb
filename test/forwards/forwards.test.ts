import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { openInbox, databaseFile } from '../support/start-inbox.ts';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { openForwards, quick } from './open-forwards.ts';
import { startReceiver, type Received } from './start-receiver.ts';

const changesOf = (received: readonly Received[], id: number): number[] =>
  received.filter(({ object }) => object.id === id).map(({ object }) => object.change);

test('one object keeps its order through failures, and the other objects go on', async () => {
  let failures = 6;
  const taken: Received[] = [];
  const receiver = await startReceiver((one, response) => {
    const fails = one.object.id === 1 && failures > 0;
    if (fails) failures -= 1;
    else taken.push(one);
    response.writeHead(fails ? 500 : 200).end();
  });
  const inbox = await openForwards([receiver], { world: { limits: quick } });
  await inbox.add(receiver);
  for (const change of [1, 2, 3, 4, 5]) for (const id of [1, 2, 3]) await inbox.send(inbox.tenant, { id, change });
  inbox.work();
  await until(() => taken.length === 15);
  for (const id of [1, 2, 3]) expect(changesOf(taken, id)).toEqual([1, 2, 3, 4, 5]);
  expect(changesOf(receiver.received, 1)).toEqual([...Array.from({ length: 7 }, () => 1), 2, 3, 4, 5]);
});

test('a dead destination delays no other, and is given one connection at a time once it fails', async () => {
  const open = { now: 0, most: 0 };
  const dead = await startReceiver((_received, response) => {
    if (dead.received.length === 1) {
      response.writeHead(500).end();
      return;
    }
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    response.on('close', () => (open.now -= 1));
  });
  const alive = await startReceiver();
  const inbox = await openForwards([dead, alive], { world: { limits: quick, forwardTime: 1500 } });
  const { id } = await inbox.add(dead);
  await inbox.add(alive);
  await inbox.send(inbox.tenant, { id: 0, change: 0 });
  inbox.work();
  await until(async () => (await inbox.services.forwards.find(id))?.failingSince);
  await until(() => open.now === 1);
  for (let object = 1; object <= 200; object += 1) await inbox.send(inbox.tenant, { id: object, change: 1 });
  await until(() => alive.received.length === 201);
  await until(() => dead.received.length > 2);
  expect(open.most).toBe(1);
  expect((await inbox.find(200, id))?.state).toBe('ready');
});

test('messages on their way to one destination: one at first, more with each fast success, at most 16', async () => {
  const waiting: (() => void)[] = [];
  const widths: number[] = [];
  const receiver = await startReceiver((_received, response) => waiting.push(() => response.end()));
  const inbox = await openForwards([receiver], { world: { limits: quick } });
  await inbox.add(receiver);
  for (let object = 0; object < 80; object += 1) await inbox.send(inbox.tenant, { id: object });
  inbox.work();
  for (const width of [1, 2, 4, 8, 16, 16, 16]) {
    await until(() => waiting.length === width);
    widths.push(waiting.length);
    for (const end of waiting.splice(0)) end();
  }
  expect(widths).toEqual([1, 2, 4, 8, 16, 16, 16]);
  await until(() => {
    for (const end of waiting.splice(0)) end();
    return receiver.received.length === 80;
  });
});

test('slow destinations leave the handlers their room, and get one message at a time', async () => {
  const waiting: (() => void)[] = [];
  const start = () => startReceiver((_received, response) => waiting.push(() => response.end()));
  const receivers = await Promise.all([start(), start(), start()]);
  const count = (): number => receivers.reduce((sum, { received }) => sum + received.length, 0);
  const handled: string[] = [];
  const inbox = await openForwards(receivers, {
    world: { limits: { ...quick, forwards: 2 } },
    handle: (event) => {
      handled.push(event.id);
      return Promise.resolve(undefined);
    },
  });
  for (const receiver of receivers) await inbox.add(receiver);
  for (let object = 0; object < 20; object += 1) await inbox.send(inbox.tenant, { id: object });
  inbox.work();
  await until(() => handled.length === 20 && count() === 2);
  await until(() => {
    waiting.shift()?.();
    return count() === 60 && waiting.length === 0;
  });
});

test('paused, its lanes are held while events queue up; resumed, they go out in order', async () => {
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver], { world: { limits: quick } });
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  await forwards.pause(id, 'page');
  inbox.work();
  for (const change of [1, 2, 3]) await inbox.send(inbox.tenant, { id: 1, change });
  await until(async () => (await inbox.find(3, id))?.state === 'queued');
  expect((await inbox.find(1, id))?.state).toBe('held');
  expect(await forwards.list(inbox.tenant)).toMatchObject([{ id, paused: 'page' }]);
  await forwards.pause(id);
  expect((await forwards.find(id))?.paused).toBe('page');
  expect(receiver.received).toHaveLength(0);
  await forwards.resume(id);
  await until(() => receiver.received.length === 3);
  expect(changesOf(receiver.received, 1)).toEqual([1, 2, 3]);
});

test('pausing takes waiting heads aside and lets what is under way end; a resumed head is a first attempt', async () => {
  const waiting: (() => void)[] = [];
  const receiver = await startReceiver(({ object }, response) => {
    if (object.id === 2) waiting.push(() => response.end());
    else response.writeHead(500).end();
  });
  const slow = { ...quick, backOff: [60_000, 60_000] };
  const inbox = await openForwards([receiver], { world: { limits: slow } });
  const { forwards } = inbox.services;
  const { id } = await inbox.add(receiver);
  for (const object of [1, 2]) for (const change of [1, 2]) await inbox.send(inbox.tenant, { id: object, change });
  inbox.work();
  await until(async () => waiting.length === 1 && (await inbox.find(1, id))?.fault);
  await forwards.pause(id);
  expect((await inbox.find(1, id))?.state).toBe('held');
  waiting[0]?.();
  await until(async () => (await inbox.find(3, id))?.state === 'handled');
  expect((await inbox.find(4, id))?.state).toBe('held');
  await forwards.resume(id);
  await until(() => receiver.received.filter(({ object }) => object.id === 1).length === 2);
  // It counts when it has ended.
  await until(async () => (await inbox.find(1, id))?.attempt === 1);
  await until(() => waiting.length === 2);
  waiting[1]?.();
});

test('a resume that was interrupted is ended at the next start', async () => {
  const receiver = await startReceiver();
  const folder = makeFolder();
  const inbox = await openForwards([receiver], { folder, world: { limits: quick } });
  const { forwards, store } = inbox.services;
  const { id } = await inbox.add(receiver);
  await forwards.pause(id);
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  await until(async () => (await inbox.find(1, id))?.state === 'held');
  // Only the first half of it, as when the process ends there.
  await store.forwards.resume(id);
  expect((await inbox.find(1, id))?.state).toBe('held');
  (await openInbox({ folder, settings: { FORWARD_PRIVATE_HOSTS: receiver.host } })).work();
  await until(() => receiver.received.length === 1);
});

test('removed, what waits for it goes, and what was sent stays on record', async () => {
  const receiver = await startReceiver();
  const inbox = await openForwards([receiver], { world: { limits: quick } });
  const { forwards, store } = inbox.services;
  const { id } = await inbox.add(receiver);
  await inbox.send(inbox.tenant, { id: 1, change: 1 });
  inbox.work();
  await until(async () => (await inbox.find(1, id))?.state === 'handled');
  await forwards.pause(id);
  for (let change = 2; change <= 450; change += 1) await inbox.send(inbox.tenant, { id: change % 3, change });
  await until(async () => (await inbox.find(450, id))?.state);
  await forwards.remove(id);
  expect(await forwards.find(id)).toBeUndefined();
  expect(await forwards.list()).toEqual([]);
  for (const event of [2, 3, 4, 200, 450]) expect(await inbox.find(event, id)).toBeUndefined();
  expect(await inbox.find(1, id)).toMatchObject({ state: 'handled' });
  expect(await store.operator.oldestUnhandled()).toBeUndefined();
  await expect(forwards.remove(id)).rejects.toThrow(`There is no forward ${id}.`);
  await expect(forwards.pause(id)).rejects.toThrow(`There is no forward ${id}.`);
  await expect(forwards.resume(id)).rejects.toThrow(`There is no forward ${id}.`);
  await expect(forwards.rotate(id)).rejects.toThrow(`There is no forward ${id}.`);
  const next = await inbox.add(receiver);
  expect(next.id).not.toBe(id);
});

test('a forward gets the hooks that it asked for, and only its own tenant', async () => {
  const lines = { modcode: 'invoice', hook: 'event_invoice_line_change', title: 'Lines' };
  const uses = { modcode: 'todo', hook: 'event_product_use_change', title: 'Uses' };
  const all = await startReceiver();
  const some = await startReceiver();
  const inbox = await openForwards([all, some], { hooks: [lines, uses], world: { limits: quick } });
  const other = await inbox.addTenant('2000');
  await inbox.add(all);
  await inbox.add(some, { hooks: ['todo/event_product_use_change'] });
  await inbox.send(other, { id: 1 }, uses);
  await inbox.send(inbox.tenant, { id: 2 }, lines);
  await inbox.send(inbox.tenant, { id: 3 }, uses);
  inbox.work();
  await until(() => all.received.length === 2 && some.received.length === 1);
  expect(some.received.map(({ object }) => object.id)).toEqual([3]);
  expect(all.received.map(({ object }) => object.id).sort()).toEqual([2, 3]);
});

test('what cannot be a forward is refused with a sentence', async () => {
  const inbox = await openForwards([], { world: { lookup: () => Promise.resolve(['10.0.0.1']) } });
  const add = (wanted: object): Promise<unknown> =>
    inbox.services.forwards.add({ tenantId: inbox.tenant, url: 'https://8.8.8.8/', ...wanted });
  await expect(add({ url: 'http://example.dk/' })).rejects.toThrow('The URL cannot be a destination: it is not https.');
  await expect(add({ url: 'https://example.dk/' })).rejects.toThrow(
    'example.dk is not on the public internet (private)',
  );
  await expect(add({ url: 'https://127.1/' })).rejects.toThrow('127.0.0.1 is not on the public internet (loopback)');
  await expect(add({ tenantId: 99 })).rejects.toThrow('There is no tenant 99.');
  await expect(add({ hooks: ['invoice/event_nothing'] })).rejects.toThrow('The app has no hook invoice/event_nothing');
  for (const bytes of [23, 65])
    await expect(add({ secret: `whsec_${Buffer.alloc(bytes).toString('base64')}` })).rejects.toThrow('24 to 64 bytes');
  for (const secret of ['', 'whsec_', Buffer.alloc(32).toString('base64'), `whsec_${'!'.repeat(44)}`])
    await expect(add({ secret })).rejects.toThrow('24 to 64 bytes');
  expect(await inbox.services.forwards.list()).toEqual([]);
});

test('a host that FORWARD_PRIVATE_HOSTS named once gets nothing when it is named no more', async () => {
  const folder = makeFolder();
  const receiver = await startReceiver();
  const before = await openForwards([receiver], { folder });
  await before.add(receiver);
  const inbox = await openInbox({ folder });
  await before.send(before.tenant, { id: 1 });
  inbox.work();
  const failed = await until(() => inbox.log.find(({ msg }) => msg === 'attempt failed'));
  expect(failed['fault']).toBe('Not sent: it is not https.');
  expect(receiver.connections()).toBe(0);
});

test('secrets are in no log, no printed forward, and no file', async () => {
  const folder = makeFolder();
  const receiver = await startReceiver((_received, response) => response.writeHead(500).end());
  const inbox = await openForwards([receiver], { folder, world: { limits: quick } });
  const { forwards } = inbox.services;
  const { id, secrets } = await inbox.add(receiver);
  const first = secrets[0]?.secret.reveal() ?? '';
  const second = (await forwards.rotate(id)).reveal();
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  await until(() => inbox.log.some(({ msg }) => msg === 'attempt failed'));
  const forward = await forwards.find(id);
  expect(forward?.secrets.map(({ secret }) => secret.reveal())).toEqual([second, first]);
  const file = databaseFile(folder);
  const written = [file, `${file}-wal`].map((name) => readFileSync(name, 'latin1')).join('');
  expect(written).toContain(receiver.url);
  const printed = [
    JSON.stringify(inbox.log),
    JSON.stringify(forward),
    inspect(forward, { depth: 9 }),
    String(forward?.secrets[0]?.secret),
  ];
  for (const text of [...printed, written])
    for (const secret of [first, second]) expect(text).not.toContain(secret.slice('whsec_'.length));
});
