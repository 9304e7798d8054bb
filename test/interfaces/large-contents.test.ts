import { get, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { bindHistory, type ReadEvents } from '../../src/server/interfaces/tenant-history.ts';
import { compareEvents, readContent, writeContent } from '../../src/server/history/show-event.ts';
import { invoice, openHistory } from '../history/open-history.ts';
import { startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { visit } from './visit-page.ts';

function countedReader(): { events: ReadEvents; compared: () => number } {
  let compared = 0;
  return {
    compared: () => compared,
    events: {
      compare: (...given) => Promise.resolve(((compared += 1), compareEvents(...given))),
      read: (...given) => Promise.resolve(readContent(...given)),
      write: (...given) => Promise.resolve(writeContent(...given)),
    },
  };
}

const large = (id: number, n: number) => ({ id, n, text: 'x'.repeat(900_000) });

test('a page compares so many bytes of objects, and no more', async () => {
  const { store, send, settle } = await openHistory();
  for (let n = 0; n < 6; n += 1) await send(large(7, n));
  for (let n = 0; n < 6; n += 1) await settle();
  const { events, compared } = countedReader();
  const history = bindHistory(store.history, events, 1);
  const { changes } = await history.listObjectChanges({ ...invoice, objectId: '7' }, { limit: 20 });
  expect(changes.map(({ difference }) => difference?.fields.map(({ path }) => path))).toEqual([
    ['n'],
    ['n'],
    ...Array.from({ length: 4 }, () => undefined),
  ]);
  expect(compared()).toBe(2);
});

test('an export is read in parts of bytes, and all of it comes', async () => {
  const { store, send, settle } = await openHistory();
  for (let id = 1; id < 6; id += 1) await send(id < 4 ? { id } : large(id, 1));
  for (let n = 0; n < 6; n += 1) await settle();
  const history = bindHistory(store.history, countedReader().events, 1);
  const parts: number[][] = [];
  for (let before: number | undefined = 100; before !== undefined;) {
    const { changes, next } = await history.exportChanges({}, { limit: 50, before });
    parts.push(changes.map(({ object }) => (JSON.parse(object) as { id: number }).id));
    before = next;
  }
  expect(parts).toEqual([[5], [4], [3, 2, 1]]);
});

test('two downloads of a tenant at a time: a third is refused in plain words, and taken when one has ended', async () => {
  const { sandbox, server } = await startStory();
  const history = server.services.history;
  for (let id = 1; id <= 30; id += 1)
    await sandbox.sendEvent('invoice', 'event_invoice_line_change', { object: large(id, 1) });
  await until(async () => (await history.listChanges(1, {}, { limit: 50 })).changes.length === 30);
  const page = sandbox.interfaceUrl('user', 'menu', 12);
  const link = /href="([^"]*\/json\?[^"]*)"/.exec((await visit(page)).text)?.[1] ?? '';
  const url = new URL(link.replaceAll('&amp;', '&'), page).href;
  const unread = await Promise.all([begin(url), begin(url)]);
  const refused = await visit(url);
  expect(refused.status).toBe(429);
  expect(refused.text).toContain('Two files are being downloaded already');
  for (const answer of unread) answer.destroy();
  const taken = await until(async () => {
    const answer = await visit(url);
    return answer.status === 200 && answer;
  });
  expect((JSON.parse(taken.text) as object[]).length).toBe(30);
});

/** Asks, and reads nothing. */
async function begin(url: string): Promise<IncomingMessage> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, resolve).once('error', reject);
  });
  onTestFinished(() => {
    answer.destroy();
  });
  expect(answer.statusCode).toBe(200);
  return answer.on('error', () => undefined);
}
