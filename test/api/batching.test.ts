import { expect, test } from 'vitest';
import type { ApiError } from '../../src/microbizz/api/api-error.ts';
import { sendJson } from '../support/fake-endpoint.ts';
import { answerEach, commandsOf, startApi } from './start-api.ts';

const customer = (id: number) => ({ status: 1, customers: [{ id }] });

test('50 commands of one tick are one request, and a failed one among them fails alone', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, ({ customerid }) =>
    customerid === 13 ? { status: 0, msg: 'No such luck' } : customer(Number(customerid)),
  );
  const ids = Array.from({ length: 50 }, (_, at) => at + 1);
  const settled = await Promise.allSettled(ids.map((customerid) => api.run('GetCustomerByID', { customerid })));
  expect(endpoint.envelopes).toHaveLength(1);
  expect(commandsOf(endpoint.envelopes[0]).map(({ customerid }) => customerid)).toEqual(ids);
  expect(settled.filter(({ status }) => status === 'rejected')).toEqual([
    {
      status: 'rejected',
      reason: expect.objectContaining({
        kind: 'command',
        command: 'GetCustomerByID',
        msg: 'No such luck',
        message: 'Microbizz refused GetCustomerByID: "No such luck"',
      }) as unknown,
    },
  ]);
  settled.forEach((one, at) => {
    if (one.status === 'fulfilled') expect(one.value.customers).toEqual([{ id: at + 1 }]);
  });
});

test('what is started by promises that go on in the same tick travels along; 51 are two requests', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => customer(1));
  const one = async (customerid: number) => {
    await Promise.resolve();
    return api.run('GetCustomerByID', { customerid });
  };
  await Promise.all(Array.from({ length: 51 }, (_, at) => one(at)));
  expect(endpoint.envelopes.map(({ commands }) => commands.length).sort()).toEqual([1, 50]);
});

test('an envelope says who sends it, and what its commands asked for', async () => {
  const { of, endpoint } = await startApi();
  answerEach(endpoint, ({ uniqueid, _private }) => ({ status: 1, answer: uniqueid, _private }));
  const { answer, _private } = await of({ disableCallbacks: true }).run(
    'Echo',
    { text: 'æøå €' },
    { uniqueid: 'u-1', _private: { a: 1 }, haltonerror: true },
  );
  expect({ answer, _private }).toEqual({ answer: 'u-1', _private: { a: 1 } });
  expect(endpoint.envelopes).toEqual([
    {
      contract: '2391',
      accesstoken: 'token-one',
      remoteagent: expect.stringMatching(/^appconnect-server\/\d+\.\d+\.\d+$/) as unknown,
      haltonerror: 1,
      disable_callbacks: true,
      commands: [{ text: 'æøå €', command: 'Echo', uniqueid: 'u-1', _private: { a: 1 } }],
    },
  ]);
});

test('other options, another signal, and writes beside reads travel apart', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => ({ status: 1 }));
  await Promise.all([
    api.run('Echo', { text: 'a' }),
    api.run('Echo', { text: 'b' }, { uniqueid: 'b' }),
    api.run('AddInvoiceLine', { invoiceline: {} }),
    api.run('AddInvoiceLine', { invoiceline: {} }, { uniqueid: 'c' }),
    api.run('Echo', { text: 'd' }, { timeout: 1000 }),
    api.run('Echo', { text: 'e' }, { disableCallbacks: true }),
    api.run('Echo', { text: 'f' }, { signal: new AbortController().signal }),
  ]);
  expect(endpoint.envelopes.map(({ commands }) => commands.length).sort()).toEqual([1, 1, 1, 1, 3]);
});

test('haltonerror leaves the rest unrun and says so', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, ({ text }) => (text === '2' ? { status: 0, msg: 'Stop' } : { status: 1, answer: text }));
  const calls = ['1', '2', '3', '4'].map((text) => ({ command: 'Echo', input: { text } }));
  const halted = await api.batch(calls, { haltonerror: true });
  expect(halted.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'unrun', 'unrun']);
  const unhalted = await api.batch(calls);
  expect(unhalted.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(endpoint.envelopes).toHaveLength(2);
  const runs = await Promise.allSettled(
    ['1', '2', '3'].map((text) => api.run('Echo', { text }, { haltonerror: true })),
  );
  expect(runs.map((run) => (run.status === 'rejected' ? (run.reason as ApiError).message : run.status))).toEqual([
    'fulfilled',
    'Microbizz refused Echo: "Stop"',
    'Echo was not run: a command before it in the same envelope failed',
  ]);
});

test('what follows a failed command is unrun even where Microbizz fills up the results', async () => {
  const { api, endpoint } = await startApi();
  endpoint.answer = (response) => {
    sendJson(response, { status: 1, results: [{ status: 0, msg: 'Stop' }, { status: 1 }] });
  };
  const results = await api.batch([{ command: 'Echo' }, { command: 'Echo' }], { haltonerror: true });
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'unrun']);
});

test('a batch of more than 50 goes in order, envelope after envelope, and stops between them', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, ({ text }) => (text === '60' ? { status: 0, msg: 'Stop' } : { status: 1 }));
  const calls = Array.from({ length: 130 }, (_, at) => ({ command: 'Echo', input: { text: String(at) } }));
  const results = await api.batch(calls, { haltonerror: true });
  expect(endpoint.envelopes).toHaveLength(2);
  expect(results.map(({ status }) => status).lastIndexOf('fulfilled')).toBe(59);
  expect(results.filter(({ status }) => status === 'unrun')).toHaveLength(69);
});

test('a result that is none costs its own command; PHP’s object for a list with gaps is read by its positions', async () => {
  const { api, endpoint } = await startApi();
  const kinds = async () => {
    const settled = await Promise.allSettled(['a', 'b', 'c'].map((text) => api.run('Echo', { text })));
    return settled.map((one) => (one.status === 'rejected' ? (one.reason as ApiError).kind : one.value.answer));
  };
  const [a, c] = ['a', 'c'].map((answer) => ({ status: '1', answer }));
  for (const results of [[a, 'what', c], { 0: a, 2: c }]) {
    endpoint.answer = (response) => {
      sendJson(response, { status: '1', results });
    };
    expect(await kinds()).toEqual(['a', 'envelope', 'c']);
  }
});

test.each([
  ['too few', [{ status: 1, answer: 'b' }]],
  ['too many', [{ status: 1 }, { status: 1 }, { status: 1 }]],
  ['counted from 1', { 1: { status: 1 }, 2: { status: 1 } }],
])('results that are %s are nobody’s: it cannot be told whose is whose', async (_what, results) => {
  const { api, endpoint } = await startApi();
  endpoint.answer = (response) => {
    sendJson(response, { status: 1, results });
  };
  const settled = await api.batch([{ command: 'Echo' }, { command: 'Echo' }]);
  expect(settled.map((one) => one.status === 'rejected' && one.reason.kind)).toEqual(['envelope', 'envelope']);
  const halted = await api.batch([{ command: 'Echo' }, { command: 'Echo' }], { haltonerror: true });
  expect(halted.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('each command of a batch has a uniqueid and _private of its own', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => ({ status: 1 }));
  const calls = [
    { command: 'Echo', uniqueid: 'a', _private: 1 },
    { command: 'Echo', _private: { b: 2 } },
    { command: 'Echo' },
  ];
  await api.batch(calls, { _private: 'rest' });
  expect(commandsOf(endpoint.envelopes[0])).toEqual([calls[0], calls[1], { command: 'Echo', _private: 'rest' }]);
});

test('large commands are cut into envelopes of some MB', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => ({ status: 1 }));
  const filedata = new Uint8Array(600_000);
  const add = (at: number) => api.run('AddFileToCustomer', { customerid: at, filename: 'a.pdf', filedata });
  await Promise.all([1, 2, 3, 4, 5].map(add));
  expect(endpoint.envelopes.map(({ commands }) => commands.length).sort()).toEqual([1, 2, 2]);
});
