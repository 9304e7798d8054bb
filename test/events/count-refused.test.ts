import { expect, test, vi } from 'vitest';
import { buildRefusedCount } from '../../src/events/count-refused.ts';
import { hookUrl, startStory } from '../support/start-server.ts';

const path = 'invoice/event_invoice_line_change';

test('events with a good form and a key of another server are warned about, without the key', async () => {
  const [one, other] = [
    await startStory(),
    await startStory({ settings: { APP_KEY: 'another key that is long enough for it' } }),
  ];
  const { pathname } = new URL(hookUrl(other.request, path));
  for (let time = 0; time < 3; time += 1) {
    const answer = await fetch(one.server.url + pathname, {
      method: 'POST',
      body: new URLSearchParams({ object: '{"id":1}' }),
    });
    expect(answer.status).toBe(404);
  }
  await fetch(`${one.server.url}/events/short/${path}`, { method: 'POST' });
  const lines = one.server.log.filter((line) => line.includes('their keys are not known here'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, refused: 1 });
  expect(lines[0]).not.toContain(pathname.split('/')[2]);
});

test('one line at once, then one a minute with how many there were, and none when there were none', () => {
  vi.useFakeTimers();
  const said: unknown[] = [];
  const keys = buildRefusedCount({ warn: (fields) => said.push(fields) }, 'refused');
  for (let n = 0; n < 5; n += 1) keys.count();
  expect(said).toEqual([{ refused: 1 }]);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([{ refused: 1 }, { refused: 4 }]);
  vi.advanceTimersByTime(600_000);
  keys.count();
  keys.close();
  vi.advanceTimersByTime(600_000);
  vi.useRealTimers();
  expect(said).toEqual([{ refused: 1 }, { refused: 4 }, { refused: 1 }]);
});
