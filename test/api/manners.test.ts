import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sendJson } from '../support/fake-endpoint.ts';
import { until } from '../support/until.ts';
import { answerEach, buildTenant, startApi } from './start-api.ts';

const done = { status: 1, results: [{ status: 1 }] };

test('four requests of a tenant at the same time, not five', async () => {
  const { api, endpoint } = await startApi();
  const held: ServerResponse[] = [];
  let most = 0;
  endpoint.answer = (response) => {
    held.push(response);
    most = Math.max(most, held.length);
  };
  const settings = Array.from({ length: 9 }, (_, at) => api.run('Echo', {}, { timeout: 20_000 + at }));
  let answered = 0;
  while (answered < 9) {
    await until(() => held.length === Math.min(4, 9 - answered));
    const response = held.shift();
    if (response) sendJson(response, done);
    answered += 1;
  }
  await Promise.all(settings);
  expect(most).toBe(4);
});

test('what reads, and what has a uniqueid, is tried again; what writes without one is not', async () => {
  const { api, endpoint } = await startApi();
  let breaks = 0;
  const commands: unknown[] = [];
  const breakTwice = () => {
    breaks = 0;
    endpoint.answer = (response, { commands: [first] }) => {
      commands.push(first?.command);
      breaks += 1;
      if (breaks <= 2) response.destroy();
      else sendJson(response, done);
    };
  };
  breakTwice();
  await api.run('GetMaingroups');
  breakTwice();
  await api.run('AddInvoiceLine', { invoiceline: {} }, { uniqueid: 'one' });
  breakTwice();
  await expect(api.run('AddInvoiceLine', { invoiceline: {} })).rejects.toMatchObject({ kind: 'transport' });
  expect(commands).toEqual([
    ...['GetMaingroups', 'GetMaingroups', 'GetMaingroups'],
    ...['AddInvoiceLine', 'AddInvoiceLine', 'AddInvoiceLine'],
    'AddInvoiceLine',
  ]);
});

test('a batch that mixes both is not tried again', async () => {
  const { api, endpoint } = await startApi();
  endpoint.answer = (response) => response.destroy();
  const calls = [{ command: 'Echo' }, { command: 'AddInvoiceLine', input: { invoiceline: {} } }];
  expect((await api.batch(calls)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(endpoint.envelopes).toHaveLength(1);
});

test('an endpoint that fails time after time is left alone for a while, and told of when it is back', async () => {
  const back: number[] = [];
  const { api, endpoint } = await startApi({
    limits: { attempts: 1, breakAfter: 3, breakFor: 50 },
    onReachable: (id) => back.push(id),
  });
  endpoint.answer = (response) => response.writeHead(500).end('<html>');
  for (let at = 0; at < 5; at += 1) await expect(api.run('Echo')).rejects.toMatchObject({ kind: 'transport' });
  expect(endpoint.envelopes).toHaveLength(3);
  await expect(api.run('Echo')).rejects.toThrow('left alone');
  expect(back).toEqual([]);
  answerEach(endpoint, () => ({ status: 1, answer: 'hej' }));
  const { answer } = await until(async () => api.run('Echo').catch(() => undefined));
  expect(answer).toBe('hej');
  await api.run('Echo');
  expect(back).toEqual([1]);
});

test.each([
  ['not JSON', (response: ServerResponse) => response.end('<html>'), 'it is not JSON'],
  ['HTTP 500', (response: ServerResponse) => response.writeHead(500).end(), 'HTTP status 500'],
  ['a redirect', (response: ServerResponse) => response.writeHead(302, { location: '/' }).end(), 'HTTP status 302'],
  ['JSON that is no answer', (response: ServerResponse) => response.end('{"status":2}'), 'not what its API documents'],
  ['no result at all', (response: ServerResponse) => response.end('{"status":1,"results":[]}'), 'not what its API'],
  ['too much', (response: ServerResponse) => response.end(`"${'æ'.repeat(1024 * 1024)}"`), 'more than 1 MiB'],
])('%s is a fault of transport', async (_what, answer, words) => {
  const { api, endpoint } = await startApi({ limits: { attempts: 1, answer: 1024 * 1024 } });
  endpoint.answer = answer;
  await expect(api.run('Echo')).rejects.toMatchObject({
    kind: 'transport',
    message: expect.stringContaining(words) as unknown,
  });
});

test('a time limit and a signal end a call, and the next one goes on', async () => {
  const { api, endpoint } = await startApi();
  endpoint.answer = () => undefined;
  await expect(api.run('Echo', {}, { timeout: 30 })).rejects.toThrow('did not answer within 0.03 seconds');
  const controller = new AbortController();
  const running = api.run('Echo', {}, { signal: controller.signal });
  await until(() => endpoint.envelopes.length === 2);
  controller.abort();
  await expect(running).rejects.toMatchObject({ kind: 'transport', message: 'The call was given up before an answer' });
  await expect(api.run('Echo', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'transport' });
  expect(endpoint.envelopes).toHaveLength(2);
  answerEach(endpoint, () => ({ status: 1, answer: 'on' }));
  expect((await api.run('Echo')).answer).toBe('on');
});

test('an envelope with status 0 is refused whatever stands beside it, and no message repeats a token', async () => {
  const { api, endpoint } = await startApi();
  endpoint.answer = (response, { commands: [first] }) => {
    if (first?.text === 'appconnect') sendJson(response, done);
    else sendJson(response, { status: 0, msg: 'Bad token-one', results: [{ status: 1 }] });
  };
  await expect(api.run('GetMaingroups')).rejects.toMatchObject({ kind: 'envelope', msg: 'Bad [hidden]' });
  endpoint.answer = (response) => {
    sendJson(response, { status: 1, results: [{ status: 0, msg: 'No session s3cret for token-one' }] });
  };
  await expect(api.run('ValidateSessionToken', { sessiontoken: 's3cret' })).rejects.toMatchObject({
    kind: 'command',
    message: 'Microbizz refused ValidateSessionToken: "No session [hidden] for [hidden]"',
  });
});

test('raw shows the whole envelope and answer, with the tokens hidden', async () => {
  const { apis, tenant, endpoint } = await startApi();
  endpoint.answer = (response) => {
    sendJson(response, { status: 0, msg: 'token-one is not known', hint: 's3cret' });
  };
  const raw = await apis.raw(tenant, 'ValidateSessionToken', { sessiontoken: 's3cret' }, { uniqueid: 'u' });
  expect(raw).toMatchObject({
    envelope: {
      contract: '2391',
      accesstoken: '[hidden]',
      commands: [{ command: 'ValidateSessionToken', sessiontoken: '[hidden]', uniqueid: 'u' }],
    },
    status: 200,
    answer: { status: 0, msg: '[hidden] is not known', hint: '[hidden]' },
  });
});

test('raw hides a token that PHP escapes, and is not spoilt by one that is a digit', async () => {
  const { apis, endpoint } = await startApi();
  const tenant = buildTenant(endpoint.url, 'ab/cd');
  endpoint.answer = (response) => response.end('{"status":0,"msg":"ab\\/cd?","ab\\/cd":["ab\\/cd"]}');
  const raw = await apis.raw(tenant, 'ValidateSessionToken', { sessiontoken: '1' });
  expect(raw.envelope).toMatchObject({ accesstoken: '[hidden]', commands: [{ sessiontoken: '[hidden]' }] });
  expect(raw.answer).toEqual({ status: 0, msg: '[hidden]?', '[hidden]': ['[hidden]'] });
  endpoint.answer = (response) => response.end('<b>ab/cd</b>');
  expect((await apis.raw(tenant, 'Echo')).answer).toBe('<b>[hidden]</b>');
});

const abort = (controller: AbortController) => () => {
  controller.abort();
};

test('a call that waits behind slow ones, or for its next attempt, ends when it is given up', async () => {
  const { api, endpoint } = await startApi({ limits: { inFlight: 1, firstPause: 60_000 } });
  endpoint.answer = () => undefined;
  const slow = api.run('AddInvoiceLine', { invoiceline: {} }).catch(() => 'closed');
  await until(() => endpoint.envelopes.length === 1);
  const behind = new AbortController();
  const waiting = api.run('Echo', {}, { signal: behind.signal });
  setImmediate(setImmediate, abort(behind));
  await expect(waiting).rejects.toMatchObject({
    kind: 'transport',
    message: expect.stringContaining('before it was sent') as unknown,
  });
  expect(endpoint.envelopes).toHaveLength(1);

  const other = await startApi({ limits: { firstPause: 60_000 } });
  const between = new AbortController();
  other.endpoint.answer = (response) => {
    response.once('close', () => setImmediate(setImmediate, abort(between)));
    response.destroy();
  };
  const again = other.api.run('Echo', {}, { signal: between.signal });
  await expect(again).rejects.toMatchObject({ kind: 'transport' });
  void slow;
});
