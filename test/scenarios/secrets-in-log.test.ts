import { expect, test } from 'vitest';
import { postEvent } from '../events/post-event.ts';
import { sendRaw } from '../http/send-raw.ts';
import { postNegotiate, proofOf } from '../negotiate/post-negotiate.ts';
import { connect, hookUrl, keys, openConnection, startStory, type ConnectRequest } from '../support/start-server.ts';
import { until } from '../support/until.ts';

const form = 'application/x-www-form-urlencoded';
const appKey = 'an app key that no line of the log may show';

const urlKeys = ({ negotiateurl, returnurl, hooks }: ConnectRequest) =>
  [negotiateurl, returnurl, ...hooks.map(({ url }) => url)].map((url) => url.split('/')[4] ?? '');

/** How bytes look when somebody logs a Buffer: a packet that could not be read, a body. */
const asBytes = (text: string) => [...Buffer.from(text)].join(',');

test('at level trace, the whole story leaves no secret in the log', async () => {
  const { sandbox, server, request } = await startStory({ settings: { LOG_LEVEL: 'trace', APP_KEY: appKey } });
  const secrets = [keys.secretkey, appKey, ...urlKeys(request)];
  const menu = hookUrl(request, 'user/menu');
  const events = hookUrl(request, 'invoice/event_invoice_line_change');
  const [key = ''] = urlKeys(request);

  // Connecting again: refused, answered, repeated, and never proven.
  const other = await openConnection(server, sandbox.url);
  const challenge = 'a-challenge-that-is-secret';
  const fields = { endpoint: sandbox.endpoint, contract: '2391', accesstoken: 'an-accesstoken-of-nobody', challenge };
  const foreign = { ...fields, endpoint: 'https://me:the-password-in-a-url@evil.example/' };
  for (const each of [foreign, { ...fields, contract: '' }, fields, fields])
    await postNegotiate(other.negotiateurl, each);
  expect(await (await fetch(other.returnurl)).text()).toContain('Not connected');
  secrets.push(challenge, proofOf(challenge), fields.accesstoken, 'the-password-in-a-url', ...urlKeys(other));
  for (const fault of ['twice', 'foreign-endpoint', 'dead-token', 'long-challenge'] as const) {
    sandbox.faults.negotiate = fault;
    const again = await openConnection(server, sandbox.url);
    await sandbox.accept(again);
    await fetch(again.returnurl);
    secrets.push(...urlKeys(again));
  }
  sandbox.faults.negotiate = 'none';
  secrets.push(...urlKeys(await connect(server, sandbox)));

  // Events, good and bad.
  await sandbox.changeInvoiceLine(50101);
  await postEvent(events, 'object=<', form);
  await postEvent(events, 'object={}', 'text/plain');
  await postEvent(events, 'object={}', 'nonsense');
  await postEvent(events, 'x'.repeat(1024 * 1024 + 1), form);
  await postEvent(events.replace('/events/', '/interfaces/'), '', form);
  await postEvent(menu.replace('/interfaces/', '/events/'), 'object={}', form);
  const append = server.services.store.inbox.append.bind(server.services.store.inbox);
  server.services.store.inbox.append = () => Promise.reject(new Error('disk full'));
  expect((await postEvent(events, 'object={}', form)).status).toBe(503);
  server.services.store.inbox.append = append;

  // Pages, good and bad.
  const session = sandbox.openSession(11);
  secrets.push(session, 'a-session-of-nobody');
  expect((await fetch(`${menu}?sessiontoken=${session}`)).status).toBe(200);
  await fetch(`${menu}?sessiontoken=a-session-of-nobody`);
  await fetch(`${menu}?sessiontoken=a-session-of-nobody&sessiontoken=${session}`);
  await fetch(`${menu.slice(0, -4)}other?sessiontoken=${session}`);
  await fetch(`${menu.replace('/user/', `/${session}/`)}?sessiontoken=${session}`);
  for (const fault of ['down', 'html', 'envelope-error', 'command-error', 'huge', 'redirect', 'http-500'] as const) {
    sandbox.faults.api = fault;
    const [page] = await Promise.all([fetch(`${menu}?sessiontoken=${session}`), fetch(other.returnurl)]);
    expect([403, 502]).toContain(page.status);
  }

  // What is no address, and what is no HTTP.
  await fetch(`${server.url}/nothing/${key}?sessiontoken=${session}`);
  await fetch(`${server.url}/connect?solution=https://${session}@evil.example`);
  const lines = [
    `GET /interfaces/${key}/%zz/menu?sessiontoken=${session} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `POST /events/${key}/%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
    `POST /events/${key}/a/b HTTP/1.1\r\nHost: x\r\nContent-Length: ${key}\r\n\r\n`,
    `GET /return/${key} HTTP/1.1\r\nHost: x\r\nX-Long: ${key.repeat(500)}\r\n\r\n`,
    `${key} ${session}\r\n\r\n`,
  ];
  for (const line of lines) expect((await sendRaw(server.url, line)).status).toBeGreaterThanOrEqual(400);
  await fetch(`${server.url}/events/${key}${key}/a/b`, { method: 'PUT' });
  const handled = await until(async () => (await server.services.store.inbox.listUnsorted(1)).length === 0);
  expect(handled).toBe(true);
  await server.close();

  for (const { accesstoken } of sandbox.connections) secrets.push(accesstoken);
  // The first half of a key is the id of its installation.
  const ids = secrets.filter((secret) => /^[\w-]{44}$/.test(secret)).map((each) => each.slice(0, 22));
  const log = server.log.join('');
  for (const secret of [...secrets, ...ids]) {
    for (const form of [secret, encodeURIComponent(secret), asBytes(secret)]) {
      const at = log.indexOf(form);
      expect(at === -1 ? '' : log.slice(Math.max(0, at - 200), at + 100)).toBe('');
    }
  }
  // It would be easy to log nothing.
  for (const line of [
    'negotiation refused',
    'event rejected',
    'event not stored',
    'page refused',
    'page failed',
    'answered',
    'broken request',
  ]) {
    expect(log).toContain(line);
  }
});
