import { expect, test } from 'vitest';
import { sendRaw } from '../http/send-raw.ts';
import { hookUrl, openConnection, startServer, startStory } from '../support/start-server.ts';
import { postEvent, readStored } from './post-event.ts';

const maxEvent = 4 * 2 ** 20;
const form = 'application/x-www-form-urlencoded';
const path = 'invoice/event_invoice_line_change';
const good = 'object={"id":1}';
const yes = '{"status":true,"error":""}';
const structure = /^\{"status":false,"error":"[A-Z][^"\\]*(?:\\"[^"\\]*)*\."\}$/;

test.each([
  ['no object', 'other=1', form, 200, 'The variable "object" is missing.'],
  ['an object that is not JSON', 'object=<xml/>', form, 200, 'The variable "object" is not JSON.'],
  ['an empty object', 'object=', form, 200, 'The variable "object" is not JSON.'],
  ['an empty body', '', form, 200, 'The variable "object" is missing.'],
  ['JSON that is none', '{"object":', 'application/json', 200, 'The body is not JSON'],
  ['JSON that is a list', '[1]', 'application/json', 200, 'must be an object'],
  ['JSON that is null', 'null', 'application/json', 200, 'must be an object'],
  ['multipart without boundary', '--b--', 'multipart/form-data', 200, 'names no boundary'],
  ['multipart with another boundary', '--x--', 'multipart/form-data; boundary=b', 200, 'does not occur'],
  [
    'multipart cut off in the headers',
    '--b\r\nContent-Disposition: form-data; name="object"',
    'multipart/form-data; boundary=b',
    200,
    'The variable "object" is missing.',
  ],
  [
    'a part without a name',
    '--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--',
    'multipart/form-data; boundary=b',
    200,
    'The variable "object" is missing.',
  ],
  ['text', good, 'text/plain', 415, 'must be urlencoded'],
  ['no content type', good, undefined, 415, 'must be urlencoded'],
  ['a content type that is none', good, 'form', 415, 'must be urlencoded'],
  ['a content type with a slash too many', good, 'a/b/c', 415, 'must be urlencoded'],
])('refuses %s, and keeps what came', async (_what, body, type, status, sentence) => {
  const { server, request } = await startStory({ work: false });
  const answer = await postEvent(hookUrl(request, path), body, type);
  expect(answer.status).toBe(status);
  expect(answer.type).toBe('application/json; charset=utf-8');
  expect(answer.text).toMatch(structure);
  const { error } = JSON.parse(answer.text) as { error: string };
  expect(error).toContain(sentence);
  const stored = readStored(server);
  expect(stored).toHaveLength(1);
  expect(stored[0]).toMatchObject({ fields: undefined, contentType: type ?? '', fault: error });
  expect(stored[0]?.body?.toString() ?? '').toBe(body);
});

test('413 over the limit, also without a Content-Length; not at it', async () => {
  const { server, request } = await startStory({ work: false });
  const url = hookUrl(request, path);
  const filler = (size: number) => `${good}&more=${'x'.repeat(size - good.length - 6)}`;
  expect((await postEvent(url, filler(maxEvent), form)).text).toBe(yes);
  const over = await postEvent(url, filler(maxEvent + 1), form);
  expect(over).toMatchObject({
    status: 413,
    text: '{"status":false,"error":"The event is larger than 4194304 bytes."}',
  });
  expect(over.type).toBe('application/json; charset=utf-8');

  const { pathname, host } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${form}\r\n`;
  const chunk = `80000\r\n${'x'.repeat(0x80000)}\r\n`;
  const chunked = await sendRaw(server.url, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(9)}0\r\n\r\n`);
  expect(chunked).toMatchObject({ status: 413, body: over.text });
  expect(readStored(server).map(({ fault }) => fault)).toEqual([
    undefined,
    'The event is larger than 4194304 bytes.',
    'The event is larger than 4194304 bytes.',
  ]);
});

test('404 for forged keys, keys of other purposes and hooks that are not ours', async () => {
  const { server, request } = await startStory({ work: false });
  const url = hookUrl(request, path);
  const key = url.split('/')[4] ?? '';
  const other = hookUrl(request, 'todo/event_product_use_change').split('/')[4] ?? '';
  const page = hookUrl(request, 'user/menu').split('/')[4] ?? '';
  const addresses = [
    url.replace(key, 'x'.repeat(44)),
    url.replace(key, `${key.slice(0, -1)}${key.at(-1) === 'A' ? 'Q' : 'A'}`),
    url.replace(key, key.slice(0, 22)),
    url.replace(key, 'x'.repeat(101)),
    url.replace(key, other),
    url.replace(key, page),
    url.replace(key, request.negotiateurl.split('/')[4] ?? ''),
    url.replace(path, 'invoice/event_edi_change'),
    url.replace(path, 'user/menu'),
    url.replace(path, '__proto__/constructor'),
    hookUrl(request, 'user/menu').replace('/interfaces/', '/events/'),
    `${url}/more`,
    `${server.url}/events/${key}`,
    `${server.url}/events/`,
  ];
  for (const address of addresses) {
    const answer = await postEvent(address, good, form);
    expect({ address, status: answer.status }).toEqual({ address, status: 404 });
    expect(answer.text).toMatch(structure);
    expect(answer.type).toBe('application/json; charset=utf-8');
  }
  expect(readStored(server)).toEqual([]);
});

test('404 for a key that is known to be good, under the path of another hook', async () => {
  const { server, request } = await startStory({ work: false });
  const [line, use] = [hookUrl(request, path), hookUrl(request, 'todo/event_product_use_change')];
  for (const url of [line, use]) expect((await postEvent(url, good, form)).text).toBe(yes);
  for (const url of [
    line.replace(path, 'todo/event_product_use_change'),
    use.replace('todo/event_product_use_change', path),
  ])
    for (let time = 0; time < 2; time += 1) {
      const answer = await postEvent(url, good, form);
      expect(answer).toMatchObject({ status: 404, text: expect.stringMatching(structure) as string });
    }
  expect((await postEvent(line, good, form)).text).toBe(yes);
  expect(readStored(server)).toHaveLength(3);
});

test('a key of a hook that this app does not define, though well signed, is refused', async () => {
  const { server, request } = await startStory({ work: false });
  const { keyring } = server.services;
  const installation = (hookUrl(request, path).split('/')[4] ?? '').slice(0, 22);
  const key = keyring.mint(installation, 'events customer/event_customer_change');
  const answer = await postEvent(`${server.url}/events/${key}/customer/event_customer_change`, good, form);
  expect(answer).toMatchObject({ status: 404 });
});

test('404 before negotiate, and for an installation that is not there', async () => {
  const server = await startServer({ work: false });
  const request = await openConnection(server);
  const early = await postEvent(hookUrl(request, path), good, form);
  expect(early.status).toBe(404);
  expect(early.text).toMatch(structure);
  const { keyring } = server.services;
  const key = keyring.mint(keyring.newInstallationId(), `events ${path}`);
  expect((await postEvent(`${server.url}/events/${key}/${path}`, good, form)).status).toBe(404);
});

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'])('%s is no event', async (method) => {
  const { server, request } = await startStory({ work: false });
  const answer = await fetch(hookUrl(request, path), {
    method,
    ...(method === 'QUERY' ? { body: good, headers: { 'content-type': form } } : {}),
  });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('POST');
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  if (method !== 'HEAD') expect(await answer.text()).toMatch(structure);
  expect(readStored(server)).toEqual([]);
});

test('a URL or a request that is none gets the structure too', async () => {
  const server = await startServer({ work: false });
  const hostile = [
    'POST /events/%zz/invoice/x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
    'POST /events/x HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n',
    `POST /events/x HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    'nonsense\r\n\r\n',
  ];
  for (const request of hostile) {
    const answer = await sendRaw(server.url, request);
    expect(answer.body).toMatch(structure);
    expect([400, 431]).toContain(answer.status);
    expect(answer.head.toLowerCase()).toContain('content-type: application/json');
  }
});

test('429 for a flood of forged keys; good ones are never slowed down', async () => {
  const { server, request } = await startStory({ work: false });
  const forged = `${server.url}/events/${'x'.repeat(44)}/${path}`;
  const statuses: number[] = [];
  for (let at = 0; at < 61; at += 1) statuses.push((await postEvent(forged, good, form)).status);
  expect(statuses.filter((status) => status === 404)).toHaveLength(60);
  const limited = await postEvent(forged, good, form);
  expect(limited.status).toBe(429);
  expect(limited.text).toMatch(structure);
  for (let at = 0; at < 100; at += 1) expect((await postEvent(hookUrl(request, path), good, form)).text).toBe(yes);
});

test('503 when the store cannot take it, and nothing claimed', async () => {
  const { server, request } = await startStory({ work: false });
  const url = hookUrl(request, path);
  const broken = server.services.store.inbox;
  broken.append = () => Promise.reject(new Error('disk full'));
  const unavailable = await postEvent(url, good, form);
  expect(unavailable.status).toBe(503);
  expect(unavailable.text).toBe('{"status":false,"error":"The event could not be stored. Send it again later."}');
  // What is refused anyhow stays refused for its own reason, though it cannot be kept.
  expect(await postEvent(url, 'other=1', form)).toMatchObject({ status: 200 });
  expect(readStored(server)).toEqual([]);
});

test('503 when the database is closed, also where the look-up fails', async () => {
  const { server, request } = await startStory({ work: false });
  await server.services.store.close();
  const answer = await postEvent(hookUrl(request, path), good, form);
  expect(answer.status).toBe(503);
  expect(answer.text).toMatch(structure);
  expect(answer.type).toBe('application/json; charset=utf-8');
});
