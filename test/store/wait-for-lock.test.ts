import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openStoreAt } from '../history/open-history.ts';
import { hook, openInbox } from '../support/start-inbox.ts';
import { hookUrl, makeFolder, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Another program that holds the write lock until it is told to let go. */
async function holdLock(file: string): Promise<() => void> {
  const program = `
    const database = new (require('better-sqlite3'))(${JSON.stringify(file)});
    database.exec('BEGIN IMMEDIATE');
    process.stdout.write('held');
    process.stdin.once('data', () => process.exit());`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return () => child.stdin.write('x');
}

const path = 'invoice/event_invoice_line_change';
const send = async (url: string, id: number): Promise<{ id: number; status: number; text: string; ms: number }> => {
  const began = performance.now();
  const object = JSON.stringify({ id });
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ object }) });
  return { id, status: answer.status, text: await answer.text(), ms: performance.now() - began };
};

test('a write lock held by another program: live answers all the while, events wait or get 503, none is lost', async () => {
  const { server, request } = await startStory({ settings: { LOG_LEVEL: 'error' } });
  const { config, store } = server.services;
  const url = hookUrl(request, path);
  const letGo = await holdLock(config.DATABASE_URL);
  const order: string[] = [];
  const sent = Array.from({ length: 40 }, (_, id) => send(url, id + 1));
  for (const one of sent) void one.then(({ status }) => order.push(`event ${status}`));
  const live: number[] = [];
  // The first events are refused while the lock is held; live has answered all the while before that.
  const askLive = async (): Promise<boolean> => {
    const began = performance.now();
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    live.push(performance.now() - began);
    order.push('live');
    return order.some((each) => each.startsWith('event'));
  };
  await waitUntil(askLive, 'an answer to an event', { interval: 20 });
  expect(order.filter((each) => each === 'live').length).toBeGreaterThan(20);
  const refused = await Promise.all(sent);
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
  expect(JSON.parse(refused[0]?.text ?? '')).toMatchObject({ status: false });
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);

  const later = Array.from({ length: 40 }, (_, id) => send(url, id + 101));
  letGo();
  const taken = await Promise.all(later);
  expect(new Set(taken.map(({ status }) => status))).toEqual(new Set([200]));
  await until(async () => (await store.operator.countEvents({ state: 'handled' })) === 40);
  const events = await store.operator.listEvents({}, { limit: 100 });
  expect(events.map(({ objectId }) => Number(objectId)).sort((a, b) => a - b)).toEqual(taken.map(({ id }) => id));
  await until(async () => (await fetch(`${server.url}/health/ready`)).status === 200);
  process.stdout.write(
    `lock held: ${live.length} answers of /health/live, the slowest after ${Math.max(...live).toFixed(0)} ms; refused after ${Math.max(...refused.map(({ ms }) => ms)).toFixed(0)} ms\n`,
  );
});

test('what waits for the lock goes on in its order', async () => {
  const folder = makeFolder();
  const inbox = await openInbox({ folder });
  const tenant = await inbox.addTenant('1');
  const letGo = await holdLock(join(folder, 'appconnect.db'));
  const sent: Promise<number>[] = [];
  for (let id = 0; id < 30; id += 1) {
    sent.push(inbox.send(tenant, { id }));
    await new Promise(setImmediate);
  }
  letGo();
  const ids = await Promise.all(sent);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(new Set(ids).size).toBe(30);
});

test('a store that is closed while acts wait for the lock does them first', async () => {
  const folder = makeFolder();
  const inbox = await openInbox({ folder });
  const tenant = await inbox.addTenant('1');
  const file = join(folder, 'appconnect.db');
  const store = await openStoreAt(file);
  const letGo = await holdLock(file);
  const arrival = (id: number) => ({ ...hook, tenantId: tenant, receivedAt: 5, fields: { object: `{"id":${id}}` } });
  const acts = [1, 2, 3].map((id) => store.inbox.append([arrival(id)]));
  let isClosed = false;
  const closed = store.close().then(() => {
    isClosed = true;
  });
  await inbox.services.store.operator.countEvents({});
  expect(isClosed).toBe(false);
  letGo();
  expect((await Promise.all(acts)).flat()).toHaveLength(3);
  await closed;
  expect(await inbox.services.store.operator.countEvents({})).toBe(3);
});

test('the write-ahead log that a long reader let grow is cut again, with and without further writes', async () => {
  const folder = makeFolder();
  const inbox = await openInbox({ folder });
  const tenant = await inbox.addTenant('1');
  const file = join(folder, 'appconnect.db');
  const size = (): number => statSync(`${file}-wal`).size;
  const text = 'x'.repeat(500_000);
  const grow = async (): Promise<void> => {
    const reader = new Database(file, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    for (let id = 0; id < 50; id += 1) await inbox.send(tenant, { id, text });
    expect(size()).toBeGreaterThan(20_000_000);
    reader.close();
  };
  await grow();
  await inbox.services.store.tidyLog();
  expect(size()).toBe(0);
  await grow();
  for (let id = 0; id < 50; id += 1) await inbox.send(tenant, { id, text });
  expect(size()).toBeLessThan(17_000_000);
});
