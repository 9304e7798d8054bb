import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { startRecording } from '../support/connect-spawned.ts';
import { makeFolder } from '../support/start-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const structure = { status: true, error: '' };

test('a thread of the database that ends takes the process with it, orderly: what was acknowledged is there, and handled after the next start', async () => {
  const { server, urls, database } = await startRecording(makeFolder());
  onTestFinished(() => server.stop('SIGKILL').then(() => undefined));
  const [url = ''] = urls.values();
  let acknowledged = 0;
  const post = async (object: object): Promise<boolean> => {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ object: JSON.stringify(object) }),
      });
      const text = (await answer.json()) as { status: boolean; error: string };
      if (answer.status === 200) expect(text).toEqual(structure);
      if (answer.status !== 200) expect(text).toMatchObject({ status: false });
      acknowledged += answer.status === 200 ? 1 : 0;
      return answer.status === 200;
    } catch {
      return false;
    }
  };
  let at = 0;
  // Until nothing answers any more.
  const senders = Array.from({ length: 20 }, async () => {
    for (let alive = true; alive && at < 20_000; at += 1) alive = await post({ id: 1 + (at % 50), sequence: at });
  });
  await waitUntil(() => acknowledged > 200, 'events are taken');
  await post({ id: 0, poison: 'end-writer' });
  expect(await server.ended).toEqual({ code: 1, signal: null });
  await Promise.all(senders);
  const [line = ''] = server
    .output()
    .split('\n')
    .filter((each) => each.includes('stopping because of an error'));
  expect(JSON.parse(line)).toMatchObject({ level: 60, err: { message: 'The thread of the database has ended.' } });

  const opened = new Database(database, { readonly: true });
  onTestFinished(() => void opened.close());
  const count = (sql: string): number => opened.prepare<[], number>(`SELECT count(*) FROM ${sql}`).pluck().get() ?? 0;
  expect(count('events')).toBeGreaterThanOrEqual(acknowledged);
  const handled = count("handlings WHERE state = 'handled'");
  server.start();
  await server.answering();
  // What was being handled is a suspect and waits, the one that ends the thread among it; and with it what is behind it in its lane.
  const open = (): number =>
    count('unsorted') +
    count("handlings WHERE state = 'ready' AND crashes = 0") +
    count(
      "handlings q WHERE state = 'queued' AND NOT EXISTS (SELECT 1 FROM handlings s WHERE s.lane = q.lane AND s.state = 'ready')",
    );
  expect(await post({ id: 999, sequence: 1 })).toBe(true);
  await waitUntil(() => open() === 0, 'the rest is handled');
  expect(count("handlings WHERE state = 'handled'")).toBeGreaterThan(handled);
  expect(count("handlings WHERE state = 'dead'")).toBe(0);
});
