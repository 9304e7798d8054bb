import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { buildRefusalLog } from '../../src/server/http/count-refusals.ts';
import { connectTo } from '../negotiate/connect-by-hand.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';
import {
  hookUrl,
  openConnection,
  startServer,
  startStory,
  type ConnectRequest,
  type TestServer,
} from '../support/start-server.ts';

const path = 'invoice/event_invoice_line_change';
const forged = 'A'.repeat(44);
const body = new URLSearchParams({ object: '{"id":1}' });

afterEach(() => {
  vi.useRealTimers();
});

/** What strangers may send, each with the code under which it is counted. */
const strangers: Readonly<
  Record<string, (story: { server: TestServer; request: ConnectRequest }) => Promise<unknown>>
> = {
  'page refused: not-found': ({ server }) => fetch(`${server.url}/nothing`),
  'page refused: unknown-key': ({ server }) => fetch(`${server.url}/interfaces/${forged}/user/menu?sessiontoken=x`),
  'page refused: bad-request': ({ server }) => fetch(`${server.url}/connect?solution=https://evil.example`),
  'negotiation refused: unknown-key': ({ server }) =>
    fetch(`${server.url}/negotiate/${forged}`, { method: 'POST', body }),
  'negotiation refused: bad-request': ({ server, request }) =>
    fetch(server.url + new URL(request.negotiateurl).pathname, { method: 'POST', body }),
  'event refused: unknown-key': ({ server }) => fetch(`${server.url}/events/short/${path}`, { method: 'POST', body }),
  'event refused: HTTP 405': ({ server }) => fetch(`${server.url}/events/${forged}/${path}`),
  'request refused: HTTP 405': ({ server }) => fetch(`${server.url}//events/${forged}`),
  'request refused: unknown-key': ({ server }) => fetch(`${server.url}//events/x`, { method: 'POST', body }),
  'request refused: bad-request': ({ server }) => fetch(`${server.url}/%zz`),
  'broken request: HPE_INVALID_METHOD': ({ server }) => sendRaw(server.url, 'NONSENSE / HTTP/1.1\r\n\r\n'),
};

test.for(Object.entries(strangers))('%s: 100 requests of strangers are one line', async ([name, send]) => {
  const server = await startServer({ settings: { LOG_LEVEL: 'info' } });
  const request = await openConnection(server);
  const from = server.log.length;
  for (let sent = 0; sent < 100; sent += 1) await send({ server, request });
  const [message, kind] = name.split(': ');
  const lines = server.log.slice(from).map((line) => JSON.parse(line) as Record<string, unknown>);
  // Those beyond the limit of refusals are counted as such.
  const others = lines.filter((line) => line['kind'] !== 'too-many');
  expect(others).toMatchObject([{ kind, refused: 1, msg: message }]);
  expect(others[0]?.['example']).toMatch(/./);
  expect(lines.length - others.length).toBeLessThan(2);
  expect(JSON.stringify(lines)).not.toContain(forged);
});

test('events beyond what may be parked are one line', async () => {
  const server = await startServer({ settings: { LOG_LEVEL: 'info' } });
  const fake = await startFakeEndpoint();
  fake.answer = (response) => response.destroy();
  const request = await connectTo(server, fake);
  const statuses: number[] = [];
  for (let sent = 0; sent < 120; sent += 1)
    statuses.push((await fetch(hookUrl(request, path), { method: 'POST', body })).status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(20);
  const lines = server.log.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ msg }) => String(msg).startsWith('event '))).toMatchObject([
    { kind: 'unavailable', refused: 1, msg: 'event refused', example: expect.stringContaining('wait') as string },
  ]);
});

test('what was counted since is said when the server ends', async () => {
  const server = await startServer({ settings: { LOG_LEVEL: 'info' } });
  for (let sent = 0; sent < 5; sent += 1) await fetch(`${server.url}/nothing`);
  const said = () =>
    server.log.filter((line) => line.includes('page refused')).map((line) => JSON.parse(line) as object);
  expect(said()).toMatchObject([{ kind: 'not-found', refused: 1 }]);
  await server.close();
  expect(said()).toMatchObject([{ refused: 1 }, { kind: 'not-found', refused: 4 }]);
});

test('events with a good form and a key of another server are warned about, without the key', async () => {
  const [one, other] = [
    await startStory(),
    await startStory({ settings: { APP_KEY: 'another key that is long enough for it' } }),
  ];
  const { pathname } = new URL(hookUrl(other.request, path));
  for (let time = 0; time < 3; time += 1) {
    const answer = await fetch(one.server.url + pathname, { method: 'POST', body });
    expect(answer.status).toBe(404);
  }
  await fetch(`${one.server.url}/events/short/${path}`, { method: 'POST' });
  const lines = one.server.log.filter((line) => line.includes('their keys are not known here'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, refused: 1 });
  expect(lines[0]).not.toContain(pathname.split('/')[2]);
});

test('one line at once, then one a minute with how many there were of each kind, and none when there were none', () => {
  vi.useFakeTimers();
  const said: unknown[] = [];
  const log = {
    warn: (fields: object, message: string) => said.push({ ...fields, message }),
    info: (fields: object) => said.push(fields),
    error: vi.fn(),
  };
  const refusals = buildRefusalLog(log);
  const one = (message: string) => {
    refusals.count({ code: 'unknown-key', message }, 'refused');
  };
  ['a', 'b', 'c'].forEach(one);
  refusals.count({ statusCode: 405, message: 'other' }, 'refused', { level: 'info' });
  const first = { kind: 'unknown-key', refused: 1, example: 'a', message: 'refused' };
  expect(said.splice(0)).toEqual([first, { kind: 'HTTP 405', refused: 1, example: 'other' }]);
  vi.advanceTimersByTime(60_000);
  expect(said.splice(0)).toEqual([{ ...first, refused: 2, example: 'b' }]);
  vi.advanceTimersByTime(600_000);
  expect(said).toEqual([]);
  ['d', 'e'].forEach(one);
  refusals.close();
  vi.advanceTimersByTime(600_000);
  expect(said).toEqual([
    { ...first, example: 'd' },
    { ...first, example: 'e' },
  ]);
});

test('a stranger’s text is cut, and can forge no line', () => {
  const said: object[] = [];
  const log = { warn: (fields: object) => said.push(fields), info: vi.fn(), error: vi.fn() };
  buildRefusalLog(log).count({ code: 'x', message: `\u202E\u001b[31m\n${'y'.repeat(10_000)}` }, 'refused');
  expect(said).toEqual([{ kind: 'x', refused: 1, example: `  [31m ${'y'.repeat(193)}` }]);
});

async function sendRaw(url: string, head: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(head);
  return text(socket);
}
