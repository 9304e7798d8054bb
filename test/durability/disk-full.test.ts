import type { Database } from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { defineEvent } from '../../src/server/events/define-event.ts';
import { isRefusal } from '../support/send-events.ts';
import { hookUrl, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';

/** The connections that the server under test opened: a limit on pages belongs to its connection, and cannot be set from another. */
const opened = vi.hoisted((): Database[] => []);
vi.mock(import('../../src/server/store/sqlite/open-database.ts'), async (original) => {
  const module = await original();
  return {
    ...module,
    openDatabase: (path: string) => {
      const database = module.openDatabase(path);
      opened.push(database);
      return database;
    },
  };
});

const most = 4_294_967_294;
const text = 'Kørsel – zone 2, målerskab, '.repeat(100);

interface Tally {
  readonly acknowledged: number[];
  readonly refused: number[];
  readonly strange: string[];
}

/** Sends events with these ids, eight at a time, half of them multipart. */
async function send(url: string, ids: readonly number[]): Promise<Tally> {
  const tally: Tally = { acknowledged: [], refused: [], strange: [] };
  const left = [...ids];
  const one = async (id: number): Promise<void> => {
    const object = JSON.stringify({ id, text });
    const form = new FormData();
    form.set('object', object);
    const answer = await fetch(url, { method: 'POST', body: id % 2 === 0 ? form : new URLSearchParams({ object }) });
    const body = await answer.text();
    if (answer.status === 200 && body === '{"status":true,"error":""}') tally.acknowledged.push(id);
    else if (answer.status === 503 && isRefusal(body)) tally.refused.push(id);
    else tally.strange.push(`${answer.status} ${body}`);
  };
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await one(id);
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return tally;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

test('a full disk: every event is refused with the structure, none is lost, and it goes on by itself when there is room', async () => {
  const handled: number[] = [];
  const modcode = 'invoice';
  const hook = 'event_invoice_line_change';
  const handle = ({ object }: { object: Readonly<Record<string, unknown>> }): Promise<undefined> => {
    handled.push(Number(object['id']));
    return Promise.resolve(undefined);
  };
  const { server, request } = await startStory({
    app: { events: [defineEvent({ modcode, hook, title: hook, handle })], pages: [] },
    settings: { LOG_LEVEL: 'error' },
  });
  const url = hookUrl(request, `${modcode}/${hook}`);
  const database = opened.at(-1);
  if (database === undefined) throw new Error('The server opened no database through openDatabase.');
  const room = (pages: number): void => {
    const set = database.pragma(`max_page_count = ${pages}`, { simple: true });
    if (set !== pages) throw new Error(`SQLite limits the pages to ${String(set)}, not ${pages}.`);
  };
  onTestFinished(() => {
    opened.length = 0;
  });

  const before = await send(url, range(0, 100));
  expect(before).toMatchObject({ refused: [], strange: [] });

  // Room for some more events, and then for none, while events are coming and others are handled.
  room(Number(database.pragma('page_count', { simple: true })) + 40);
  const filling = await send(url, range(100, 400));
  const full = await send(url, range(400, 500));
  expect(filling.refused.length).toBeGreaterThan(0);
  expect([...filling.strange, ...full.strange]).toEqual([]);
  expect(full.acknowledged).toEqual([]);
  expect(full.refused).toHaveLength(100);
  const ready = await fetch(`${server.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);

  room(most);
  const after = await send(url, range(500, 600));
  expect(after).toMatchObject({ refused: [], strange: [] });
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);

  const acknowledged = [before, filling, full, after].flatMap((tally) => tally.acknowledged).sort((a, b) => a - b);
  const stored = database.prepare<[], string>('SELECT fields FROM events ORDER BY id').pluck().all();
  const ids = stored.map((fields) => {
    const { object } = JSON.parse(fields) as { object: string };
    return (JSON.parse(object) as { id: number }).id;
  });
  expect(ids.sort((a, b) => a - b)).toEqual(acknowledged);
  await until(() => handled.length >= acknowledged.length, 'every acknowledged event is handled');
  expect([...new Set(handled)].sort((a, b) => a - b)).toEqual(acknowledged);
  process.stdout.write(
    `disk full: acknowledged ${acknowledged.length}, stored ${stored.length}, refused ${filling.refused.length + full.refused.length}, ` +
      `handled ${new Set(handled).size} (${handled.length} times), ready while full ${ready.status}\n`,
  );
});
