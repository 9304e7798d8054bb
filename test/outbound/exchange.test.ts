import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { exchange, type Exchanged, type ExchangeOptions } from '../../src/microbizz/outbound/exchange.ts';
import { openAgent, systemLookup } from '../../src/microbizz/outbound/open-agent.ts';

type Answering = (request: IncomingMessage, response: ServerResponse) => unknown;

async function exchangeWith(answer: Answering, options: Partial<ExchangeOptions> = {}): Promise<Exchanged> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispatcher = await openAgent(systemLookup);
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return exchange(url, { method: 'GET', headers: {}, dispatcher, timeout: 20_000, limit: 1000, ...options });
}

test('a whole answer: status, headers, and the text without a byte order mark', async () => {
  const exchanged = await exchangeWith((request, response) => {
    request.pipe(response.writeHead(201, { 'x-asked': request.method }));
  }, { method: 'POST', body: '\uFEFFsmørrebrød' }); // prettier-ignore
  expect(exchanged).toMatchObject({ answer: { status: 201, headers: { 'x-asked': 'POST' }, text: 'smørrebrød' } });
  expect(exchanged.failure).toBeUndefined();
});

test('a redirect is an answer, and is not followed', async () => {
  const asked: unknown[] = [];
  const exchanged = await exchangeWith(({ url }, response) => {
    asked.push(url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(exchanged.answer?.status).toBe(302);
  expect(asked).toEqual(['/']);
});

test('an answer of the limit is whole; of a longer one no more is read than to the limit, though it never ends', async () => {
  const fits = await exchangeWith((_request, response) => response.end('x'.repeat(1000)));
  expect({ length: fits.answer?.text.length, failure: fits.failure }).toEqual({ length: 1000, failure: undefined });
  const long = await exchangeWith((_request, response) => response.write('x'.repeat(1001)));
  expect({ length: long.answer?.text.length, kind: long.failure?.kind }).toEqual({ length: 1001, kind: 'large' });
});

test.each<[string, number, Answering, object]>([
  ['before the answer', 50, () => undefined, {}],
  ['within the answer', 1000, (_request, response) => response.write('begun'), { answer: { text: 'begun' } }],
])('the deadline and the signal hold %s, and what came is kept', async (_when, timeout, answer, came) => {
  expect(await exchangeWith(answer, { timeout })).toMatchObject({ ...came, failure: { kind: 'slow' } });
  const given = new AbortController();
  const aborted = exchangeWith(
    (request, response) => {
      answer(request, response);
      setImmediate(setImmediate, () => {
        given.abort();
      });
    },
    { signal: given.signal },
  );
  expect(await aborted).toMatchObject({ failure: { kind: 'aborted' } });
});

test('a connection that breaks, and nobody who listens', async () => {
  const half = await exchangeWith((_request, response) => {
    response.writeHead(200, { 'content-length': 500 });
    response.write('half', () => response.destroy());
  });
  expect(half.failure?.kind).toBe('unreachable');
  const dispatcher = await openAgent(systemLookup);
  const options = { method: 'GET', headers: {}, dispatcher, timeout: 20_000, limit: 1 } as const;
  const gone = await exchange('http://127.0.0.1:1/', options);
  expect(gone).toMatchObject({ answer: undefined, failure: { kind: 'unreachable', error: { errors: [{ code: 'ECONNREFUSED' }] } } }); // prettier-ignore
});
